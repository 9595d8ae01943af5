"""`build.py vectors`: published test vectors, run against Volly.

The runners are those of the tests, in `tests/vectors/runners`: there they can be packed and sent into a page without
anything else of this package.  build.py always runs from a checkout, so that they are there.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from tests.vectors.runners import checking, files
from tests.vectors.runners.checking import Candidate, Report
from tests.vectors.runners.files import NotVectors, Vector
from volly_browser.crypto.engine import Engine
from volly_browser.crypto.loaders import load_native, load_python
from volly_browser.crypto.selection import ANY, choose_engines
from volly_browser.tools.page_engines import IN_THE_PAGE, PageEngines

Check = Callable[[Path, bytes, list[Vector]], Report]

WRONG = 1
NO_VECTORS = 2
"""Exit codes: a case failed, or a file could not be run at all."""

SHOWN = 20
"""Failures of a file that are shown."""


def run(options: argparse.Namespace) -> int:
    """Run all files, one after the other, and print the outcome of each."""
    if options.engine in IN_THE_PAGE:
        with PageEngines() as page:
            return _run(options.files, lambda path, content, _: page.check(options.engine, path.name, content))
    with asyncio.Runner() as runner:
        candidates = runner.run(_candidates(options.engine))
        return _run(options.files, lambda _path, _content, vectors: runner.run(checking.check(candidates, vectors)))


def _run(paths: list[Path], check: Check) -> int:
    codes = {_run_file(path, check) for path in paths}
    return WRONG if WRONG in codes else max(codes)


def _run_file(path: Path, check: Check) -> int:
    try:
        content = path.read_bytes()
        vectors = files.parse(path.name, content)
    except OSError as error:
        return _refuse(f"{path}: It cannot be read: {error.strerror}.", NO_VECTORS)
    except NotVectors as error:
        return _refuse(f"{path}: {error}", NO_VECTORS)
    report = check(path, content, vectors)
    print(f"{path}: {report}", flush=True)
    for failure in report.failures[:SHOWN]:
        _refuse(f"{path}, {failure}", WRONG)
    if len(report.failures) > SHOWN:
        _refuse(f"{path}: {len(report.failures) - SHOWN} more failed.", WRONG)
    return WRONG if report.failures else 0


def _refuse(sentence: str, code: int) -> int:
    print(f"build.py vectors: {sentence}", file=sys.stderr, flush=True)
    return code


async def _candidates(name: str | None) -> list[Candidate]:
    """Return the engine of that name, with `native` for what it lacks in a case; or all engines, best first."""
    native = await load_native()
    if name == "native":
        return [Candidate.alone(native)]
    python = await load_python()
    helped = Candidate(await _forced(python, native), python.name, python.algorithms)
    return [helped] if name == "python" else [Candidate.alone(native), helped]


async def _forced(python: Engine, native: Engine) -> Engine:
    async def load(engine: Engine) -> Engine:
        return engine

    loaders = {engine.name: lambda engine=engine: load(engine) for engine in (python, native)}
    return await choose_engines(loaders, {ANY: python.name})
