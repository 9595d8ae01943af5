"""docs/limits.md: its constants exist, with these values and tests, and none is left out."""

import ast
import re
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"\| `([\w.]+)` \| ([\d.,]+) \| [^|]+ \| `([\w/]+\.(?:py|mjs))` \| `([\w/]+\.py)::(test_\w+)` \|")
ROWS = [ROW.fullmatch(line) for line in (ROOT / "docs/limits.md").read_text().splitlines() if line.startswith("| `")]
LIMITS = [(found[3], found[1], found[2].replace(",", "")) for found in ROWS if found]
KNOWN = {(source, name) for source, name, _ in LIMITS}
TESTS = sorted({(found[4], found[5]) for found in ROWS if found})
BOUNDED = ("bridge", "chat", "client", "crypto", "mls", "room", "server", "terminal", "transport", "ui")
"""The packages all of whose limits have to be in the table."""

FOR_BROWSERS = ("volly_browser/bridge/fetching.py",)

NAMED_LIKE_BOUNDS = ("_LIMIT", "_AT_ONCE", "_OF_ONE")


SCRIPTS = sorted(path for folder in ("devices", "text") for path in (ROOT / "web" / folder).glob("*.mjs"))
"""All of whose limits have to be in the table, too."""

IN_SCRIPT = re.compile(r"^(?:export )?const (\w+_LIMIT) = ([\d_]+);$", re.MULTILINE)


def value_of(source: str, name: str) -> object:
    """Of a constant, or of a field of a dataclass; a module for browsers alone is read, not imported."""
    if source.endswith(".mjs"):
        return int(dict(IN_SCRIPT.findall((ROOT / source).read_text()))[name])
    first, _, field = name.partition(".")
    if source in FOR_BROWSERS:
        return _written(ROOT / source, first)
    constant = getattr(import_module(source.removesuffix(".py").replace("/", ".")), first)
    if not field:
        return constant
    assert is_dataclass(constant)
    return next(known.default for known in fields(constant) if known.name == field)


def _written(path: Path, name: str) -> object:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and [target.id for target in _targets(node)] == [name]:
            return eval(compile(ast.Expression(node.value), str(path), "eval"))
    return None


def limits_in(path: Path) -> list[tuple[str, str]]:
    """The constants of a module that are called limits."""
    source = path.relative_to(ROOT).as_posix()
    names = [target.id for node in ast.parse(path.read_text()).body for target in _targets(node)]
    return [(source, name) for name in names if f"_{name}".endswith(NAMED_LIKE_BOUNDS)]


def _targets(node: ast.stmt) -> list[ast.Name]:
    match node:
        case ast.Assign(targets=targets):
            return [target for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name() as target):
            return [target]
    return []


def test_every_row_of_the_tables_is_read() -> None:
    assert len(ROWS) > 80
    assert None not in ROWS


@pytest.mark.parametrize(("source", "name", "value"), LIMITS, ids=lambda part: part)
def test_a_bound_is_what_the_page_says(source: str, name: str, value: str) -> None:
    assert value_of(source, name) == ast.literal_eval(value)


@pytest.mark.parametrize(("path", "test"), TESTS, ids=lambda part: part)
def test_what_shows_a_bound_is_there(path: str, test: str) -> None:
    assert re.search(rf"^(?:async )?def {test}\(", (ROOT / path).read_text(), re.MULTILINE)


@pytest.mark.parametrize("package", BOUNDED)
def test_no_bound_is_left_out(package: str) -> None:
    paths = sorted((ROOT / "volly_browser" / package).rglob("*.py"))
    assert [limit for path in paths for limit in limits_in(path) if limit not in KNOWN] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_bound_of_a_script_is_left_out(path: Path) -> None:
    names = re.findall(r"const (\w+_LIMIT)\b", path.read_text())
    assert [name for name in names if (path.relative_to(ROOT).as_posix(), name) not in KNOWN] == []
