"""Which files the site is made of, and a fingerprint that changes whenever one of them does."""

from collections.abc import Iterator
from pathlib import Path

from volly_browser.tools import cache
from volly_browser.tools.environment import PROJECT

PACKAGE = PROJECT / "volly_browser"
WEB = PROJECT / "web"

NEVER_SHIPPED = (
    *("server", "tools", "terminal", "__main__.py", "bridge/typings"),
    *("crypto/native.py", "transport/livekit_native.py", "transport/posting_native.py"),
)
"""Parts of volly_browser that only CPython needs."""

_BUILDING = ("tools/site", "server/headers.py", "tools/node.py", "tools/requirements/page.txt")


def shipped() -> list[Path]:
    """The Python files of volly_browser that go into the page."""
    left_out = [PACKAGE / name for name in NEVER_SHIPPED]
    return [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if not any(path == part or part in path.parents for part in left_out)
    ]


def fingerprint(*options: str) -> str:
    """A key over all inputs of the build and its options."""
    paths = [*shipped(), *_files(WEB), *_recipe()]
    named = [part for path in paths for part in (str(path.relative_to(PROJECT)), path)]
    return cache.key(*options, *named)


def _recipe() -> Iterator[Path]:
    for name in _BUILDING:
        path = PACKAGE / name
        yield from _files(path) if path.is_dir() else [path]


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not _is_debris(path.relative_to(folder))]


def _is_debris(path: Path) -> bool:
    return any(part.startswith(".") or part in {"__pycache__", "node_modules"} for part in path.parts)
