"""Python's standard library for the page: compiled, and only what is needed.

What is needed is read in the sources (see `needs`); `stdlib.json`, written by `build.py record`, adds what a full run
of the page was seen to load besides, such as what Pyodide itself loads at its start.
"""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from volly_browser.tools.site import needs, reading
from volly_browser.tools.site.compiler import STANDARD_LIBRARY, Compiler
from volly_browser.tools.site.needs import Library
from volly_browser.tools.site.reading import Reading

RECORDED = Path(__file__).with_name("stdlib.json")


def compiled(compiler: Compiler) -> dict[str, bytes]:
    """Return the whole library that comes with Pyodide, as .pyc files."""
    return compiler.compile("Standard library: compiling", _sources(compiler), STANDARD_LIBRARY)


def trimmed(compiler: Compiler, shipped: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what the shipped sources (content by file name) need of the library.

    Raises:
        SetupError: an import would fail in the page; see `needs.needed`.
    """
    kept = needs.needed(read(shipped), library(compiler), recorded())
    return {name: content for name, content in compiled(compiler).items() if module_name(name) in kept}


def read(sources: Mapping[str, bytes]) -> dict[str, Reading]:
    """Read the Python files among these; by module name."""
    found = {}
    for path, content in sources.items():
        if path.endswith(".py"):
            name, is_package = reading.module_of(path)
            found[name] = reading.read(content, name, is_package=is_package)
    return found


def library(compiler: Compiler) -> Library:
    """Read the library that comes with Pyodide."""
    found = compiler.read(_sources(compiler))
    modules = {name: Reading.from_json(value) for name, value in found["modules"].items()}
    return Library(modules, frozenset(found["builtin"]), found["aliases"])


def recorded() -> list[str]:
    """The modules that only a run has shown."""
    names: list[str] = json.loads(RECORDED.read_text())
    return names


def module_name(path: str) -> str:
    """Return a file's module name: `json/decoder.pyc` is json.decoder, `json/__init__.pyc` is json."""
    return reading.module_of(path)[0]


def _sources(compiler: Compiler) -> dict[str, bytes]:
    with zipfile.ZipFile(compiler.pyodide / "python_stdlib.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
