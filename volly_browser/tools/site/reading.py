"""What a Python source imports, and which codecs it possibly names: found by reading it, not by running it.

This module imports nothing of Volly's: the page's own Python reads the standard library with it, since that syntax is
possibly newer than this machine's Python (see `page_python.py`).
"""

import ast
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

_FACTS = {"sys.platform": "emscripten", "os.name": "posix", "__name__": "the name of a module"}
"""Conditions whose value in a page is known; branches that are never taken there are not read."""

_LIKE_A_CODEC = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,29}")
_IMPORTING = {"__import__", "import_module", "importlib.import_module"}
_CAUGHT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


@dataclass(slots=True)
class Reading:
    """What was found in one source.

    Attributes:
        early: what is imported with the module; after `from`, both the module and what is possibly a module inside it.
        late: the same for imports that wait for an occasion: a call of a function, or the failure of another import.
        certain: those of both that are certainly modules, and necessary.
        codecs: names in calls that take a codec's: `encode`, `decode`, and what has an argument `encoding`.
        texts: all strings that could be the name of a codec, wherever they stand.
        unreadable: lines that compute the name of what they import.
    """

    early: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    certain: set[str] = field(default_factory=set)
    codecs: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    unreadable: set[int] = field(default_factory=set)

    def to_json(self) -> dict[str, list[Any]]:
        """Convert to what `from_json` takes."""
        return {name: sorted(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, value: dict[str, list[Any]]) -> "Reading":
        """Convert back from what `to_json` returns."""
        return cls(**{name: set(found) for name, found in value.items()})


def module_of(path: str) -> tuple[str, bool]:
    """Return a file's module name and whether it is a package: `json/__init__.py` is ("json", True)."""
    parts = PurePosixPath(path).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return ".".join(parts[:-1] if is_package else parts), is_package


def read(source: str | bytes, module: str, *, is_package: bool) -> Reading:
    """Read the source of a module of that name.  Raises SyntaxError."""
    reader = _Reader(module if is_package else module.rpartition(".")[0])
    reader.visit(ast.parse(source))
    return reader.found


class _Reader(ast.NodeVisitor):
    def __init__(self, package: str) -> None:
        self.found = Reading()
        self._package = package
        self._waiting = 0
        self._forgiven = 0

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._waiting += 1
        self.generic_visit(node)
        self._waiting -= 1

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_If(self, node: ast.If) -> None:
        holds = _holds(node.test)
        self._visit_all([] if holds is False else node.body)
        self._visit_all([] if holds is True else node.orelse)

    def visit_Try(self, node: ast.Try) -> None:
        forgiving = any(_catches_import_errors(handler) for handler in node.handlers)
        self._forgiven += forgiving
        self._visit_all(node.body)
        self._forgiven -= forgiving
        self._waiting += forgiving
        self._visit_all(node.handlers)
        self._waiting -= forgiving
        self._visit_all([*node.orelse, *node.finalbody])

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name, certain=True)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        above = self._package.split(".")[: self._package.count(".") + 2 - node.level] if node.level else []
        module = ".".join([*above, *filter(None, [node.module])])
        self._add(module, certain=True)
        for alias in node.names:
            self._add(f"{module}.{alias.name}", certain=False)

    def visit_Call(self, node: ast.Call) -> None:
        if ast.unparse(node.func) in _IMPORTING:
            match node.args:
                case [ast.Constant(str(name))]:
                    self._add(name, certain=True)
                case _:
                    self.found.unreadable.add(node.lineno)
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"encode", "decode"}:
            self._add_codecs(node.args[:1])
        self._add_codecs([keyword.value for keyword in node.keywords if keyword.arg == "encoding"])
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and _LIKE_A_CODEC.fullmatch(node.value):
            self.found.texts.add(node.value)

    def _add_codecs(self, values: list[ast.expr]) -> None:
        self.found.codecs.update(
            value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)
        )

    def _visit_all(self, nodes: list[Any]) -> None:
        for node in nodes:
            self.visit(node)

    def _add(self, name: str, *, certain: bool) -> None:
        (self.found.late if self._waiting else self.found.early).add(name)
        if certain and not self._forgiven:
            self.found.certain.add(name)


def _holds(test: ast.expr) -> bool | None:
    """Whether a condition holds in a page; None if that is not known."""
    if ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
        return False
    match test:
        case ast.Compare(left, [ast.Eq() | ast.NotEq() as compares], [ast.Constant(str(value))]):
            fact = _FACTS.get(ast.unparse(left))
            return None if fact is None else (fact == value) == isinstance(compares, ast.Eq)
    return None


def _catches_import_errors(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind) in _CAUGHT for kind in kinds)
