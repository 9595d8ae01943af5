"""The runners in Pyodide, whether in a browser or under Node: what the engines of the page make of vectors."""

import json
from collections.abc import Awaitable, Callable

from tests.vectors.runners import checking, engine_contract, files
from tests.vectors.runners.checking import Candidate, Report
from tests.vectors.runners.common import VECTORS
from volly_browser.crypto import initialize_crypto
from volly_browser.crypto.engine import Engine
from volly_browser.crypto.loaders import engine_loaders

FOLDERS = ("hpke", "mls", "mlkem", "volly", "wycheproof", "xwing")

PYTHON_SHARE = 30
"""Of the cases, the `python` engine runs one in so many: it takes 50 ms for each, and CPython runs them all."""


async def report() -> str:
    """JSON: which engine was chosen for what, what each engine has, every failure, and how many cases passed where."""
    crypto = await initialize_crypto()
    engines = [await load() for load in engine_loaders().values()]
    results = {engine.name: await _check_all(engine) for engine in engines}
    broken = [failure for engine in engines for failure in await _broken_promises(engine)]
    return json.dumps(
        {
            "chosen": {algorithm: engine.name for algorithm, engine in crypto.engines.chosen.items()},
            "algorithms": {engine.name: sorted(engine.algorithms) for engine in engines},
            "failures": broken + [failure for reports in results.values() for failure in _failures(reports)],
            "passed": {
                name: {path: found.passed for path, found in reports.items()} for name, reports in results.items()
            },
            "skipped": {
                name: {path: dict(found.skipped) for path, found in reports.items() if found.skipped}
                for name, reports in results.items()
            },
        }
    )


async def check_file(engine_name: str, name: str, content: bytes) -> str:
    """JSON of the `Report` on a file that `files.parse` accepts."""
    engine = await engine_loaders()[engine_name]()
    found = await checking.check([Candidate.alone(engine)], files.parse(name, content))
    return json.dumps({"passed": found.passed, "skipped": found.skipped, "failures": found.failures})


async def _check_all(engine: Engine) -> dict[str, Report]:
    """Every file of ours, by its path."""
    step = PYTHON_SHARE if engine.name == "python" else 1
    paths = [path for folder in FOLDERS for path in sorted((VECTORS / folder).glob("*"))]
    return {
        str(path.relative_to(VECTORS)): await checking.check(
            [Candidate.alone(engine)], files.parse(path.name, path.read_bytes())[::step]
        )
        for path in paths
    }


def _failures(reports: dict[str, Report]) -> list[str]:
    return [f"{path}, {failure}" for path, found in reports.items() for failure in found.failures]


async def _broken_promises(engine: Engine) -> list[str]:
    return [failure for promise in engine_contract.PROMISES if (failure := await _broken(engine, promise))]


async def _broken(engine: Engine, promise: Callable[[Engine], Awaitable[None]]) -> str | None:
    try:
        await promise(engine)
    except Exception as error:
        return f"{engine.name}, {promise.__name__}: {type(error).__name__}: {error}"
    return None
