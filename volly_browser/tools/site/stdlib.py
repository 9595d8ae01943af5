"""Python's standard library for the page: compiled, and only what is needed.

Needed is what the shipped code imports anywhere (also inside functions) together with what that loads in turn, and what
a full run of the page was seen to load besides (`stdlib.json`, written by `build.py record`): modules that the
library itself imports late, such as the codecs and what formats a traceback.
"""

import ast
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from volly_browser.tools.site.compiler import STANDARD_LIBRARY, Compiler

RECORDED = Path(__file__).with_name("stdlib.json")


def compiled(compiler: Compiler) -> dict[str, bytes]:
    """The whole library that comes with Pyodide, as .pyc files."""
    with zipfile.ZipFile(compiler.pyodide / "python_stdlib.zip") as archive:
        sources = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    return compiler.compile("Standard library: compiling", sources, STANDARD_LIBRARY)


def trimmed(compiler: Compiler, shipped: Mapping[str, bytes]) -> dict[str, bytes]:
    """What the shipped sources (content by file name) need of the library."""
    whole = compiled(compiler)
    by_module = {module_name(name): name for name in whole}
    wanted = sorted({name for name in imported(shipped) if name in by_module})
    needed = {*compiler.loaded_by(wanted), *json.loads(RECORDED.read_text())}
    return {by_module[name]: whole[by_module[name]] for name in needed if name in by_module}


def imported(sources: Mapping[str, bytes]) -> Iterator[str]:
    """Every name that these Python files import: modules, and what might be a module inside a package."""
    for name, content in sources.items():
        if name.endswith(".py"):
            yield from _imported(ast.walk(ast.parse(content)))


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_name(path: str) -> str:
    """`json/decoder.pyc` is json.decoder, `json/__init__.pyc` is json."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
