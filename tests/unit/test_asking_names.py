"""Functions and properties whose names ask change nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "volly_browser"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "typings" not in path.parts)

ASKS = re.compile(
    r"_?((is|has|have|may|can|must|was|wants|knows|takes|allows|accepts|lacks|fits|holds|needs)(_|$)\w*|\w+_is_due|due)$"
)
CHANGES = {
    *("add", "append", "appendleft", "clear", "difference_update", "discard", "extend", "insert", "move_to_end", "pop"),
    *("popitem", "popleft", "put_nowait", "remove", "setdefault", "update"),
}
"""Methods of containers that change them."""


def changes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """What a function assigns, deletes or changes of an object that outlives the call."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield ast.unparse(node)
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Attribute(), attr=name)) if name in CHANGES:
                yield ast.unparse(node.func)


def askers(source: str) -> Iterator[tuple[str, list[str]]]:
    """Every function whose name asks, and what it changes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and ASKS.match(node.name):
            yield node.name, list(changes(node))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_asks_changes_nothing(path: Path) -> None:
    assert not {name: changed for name, changed in askers(path.read_text()) if changed}


def test_a_change_would_be_found() -> None:
    source = """
class Throttle:
    def is_news(self, key):
        self._told.add(key)
        self._count += 1
        return True

    def allows(self, key):
        return key in self._told
"""
    assert dict(askers(source)) == {"is_news": ["self._told.add", "self._count"], "allows": []}
