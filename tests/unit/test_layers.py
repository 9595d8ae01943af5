"""Imports point downwards only, and only a few modules know that they run in a browser."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from volly_browser.tools.site import sources

PACKAGE = Path(__file__).resolve().parents[2] / "volly_browser"

LAYERS = ("ui", "client", "chat", "room", "transport", "mls", "crypto", "bridge")
"""From the top down; `errors` is below all."""

BELOW_ALL = {"errors", ""}
ON_TOP = {"server", "tools", "terminal", "__main__"}
"""CPython only: may use every layer, and is used by none."""

KNOWS_THE_BROWSER = ("bridge/", "ui/", "transport/livekit.py")
BROWSER_MODULES = {"js", "pyodide", "_pyodide", "pyodide_js", "pyscript", "volly_page"}

CPYTHON_ONLY = (
    *("server/", "tools/", "terminal/", "__main__.py"),
    *("crypto/native.py", "transport/livekit_native.py", "transport/posting_native.py"),
)
CPYTHON_MODULES = {
    *("aiohttp", "cryptography", "livekit", "prompt_toolkit"),
    *("volly_browser.crypto.native", "volly_browser.transport.livekit_native"),
    "volly_browser.transport.posting_native",
}
"""What no page has."""
LOADS_ENGINES = "crypto/loaders.py"
"""Imports the native engine, but only when it is asked for."""

ROOM_LAYERS = ("session", "group", "door", "delivery", "history", "presence", "content", "identity", "wire")
"""The folders inside `room`, from the top down; `room.room` is above them, its other modules are below."""

MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


def imports(source: str, package: Sequence[str]) -> Iterator[str]:
    """Every name that a module in this package imports, absolutely named."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imports_of(path: Path) -> list[str]:
    return list(imports(path.read_text(), ["volly_browser", *path.relative_to(PACKAGE).parent.parts]))


def layer(name: str) -> str:
    """The part of volly_browser that a dotted name lies in; '' for the package itself."""
    parts = name.split(".")
    known = {*LAYERS, *ON_TOP, *BELOW_ALL}
    return parts[1] if len(parts) > 1 and parts[1] in known else ""


def allowed(own: str) -> set[str]:
    """The layers that a layer may import from."""
    if own in ON_TOP:
        return {*LAYERS, *ON_TOP, *BELOW_ALL}
    if own in BELOW_ALL:
        return BELOW_ALL
    return {*LAYERS[LAYERS.index(own) :], *BELOW_ALL}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def upwards(names: Iterable[str], own: str) -> list[str]:
    """Those of the imported names that this layer must not import."""
    return [name for name in names if name.split(".")[0] == "volly_browser" and layer(name) not in allowed(own)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_downwards(path: Path) -> None:
    own = layer(".".join(["volly_browser", *path.relative_to(PACKAGE).with_suffix("").parts]))
    assert upwards(imports_of(path), own) == []


def room_layer(name: str) -> int:
    """How far down in `room` a dotted name lies."""
    part = name.split(".")[2] if name.count(".") > 1 else ""
    return -1 if part == "room" else ROOM_LAYERS.index(part) if part in ROOM_LAYERS else len(ROOM_LAYERS)


def upwards_in_room(names: Iterable[str], own: str) -> list[str]:
    """Those of the imported names that a module of `room` must not import."""
    return [name for name in names if layer(name) == "room" and room_layer(name) < room_layer(own)]


@pytest.mark.parametrize("path", sorted((PACKAGE / "room").rglob("*.py")), ids=name_of)
def test_imports_point_downwards_in_a_room_as_well(path: Path) -> None:
    own = ".".join(["volly_browser", *path.relative_to(PACKAGE).with_suffix("").parts])
    assert upwards_in_room(imports_of(path), own) == []


def test_an_import_upwards_in_a_room_is_noticed() -> None:
    source = "from volly_browser.room.session.protocol import Protocol"
    names = list(imports(source, ["volly_browser", "room", "group"]))
    assert upwards_in_room(names, "volly_browser.room.group.commits")
    assert not upwards_in_room(names, "volly_browser.room.room")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_a_few_modules_know_the_browser(path: Path) -> None:
    found = {name for name in imports_of(path) if name.split(".")[0] in BROWSER_MODULES}
    assert not found or name_of(path).startswith(KNOWS_THE_BROWSER)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_what_the_page_loads_needs_nothing_that_only_cpython_has(path: Path) -> None:
    found = {name for name in imports_of(path) for module in CPYTHON_MODULES if f"{name}.".startswith(f"{module}.")}
    assert not found or name_of(path).startswith((*CPYTHON_ONLY, LOADS_ENGINES))


def test_what_only_cpython_has_is_shipped_to_no_page() -> None:
    assert not [path for path in sources.shipped() if name_of(path).startswith(CPYTHON_ONLY)]


def test_the_server_needs_none_of_the_tools() -> None:
    for path in (PACKAGE / "server").rglob("*.py"):
        assert not [name for name in imports_of(path) if layer(name) == "tools"]


def test_the_terminal_needs_neither_the_server_nor_the_tools() -> None:
    for path in (PACKAGE / "terminal").rglob("*.py"):
        assert not [name for name in imports_of(path) if layer(name) in {"server", "tools"}]


@pytest.mark.parametrize(
    "source",
    [
        "import volly_browser.room.room",
        "from volly_browser.room import Room",
        "from volly_browser import room",
        "from ..room import Room",
        "from .. import room",
        "def late():\n    from volly_browser.server.app import create_app",
    ],
)
def test_an_import_upwards_is_noticed_however_it_is_written(source: str) -> None:
    assert upwards(imports(source, ["volly_browser", "mls"]), "mls")


def test_an_import_downwards_is_not() -> None:
    assert not upwards(imports("from ..crypto import kdf\nfrom .. import errors", ["volly_browser", "mls"]), "mls")
