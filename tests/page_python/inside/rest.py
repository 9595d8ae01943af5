"""What the page's Python has not, for the tests alone: the rest of the standard library, pytest, hypothesis.

The page's own code must not see any of it, or the tests would pass where a page fails.  So every import is looked at
when it is executed, whether or not the module is loaded already: if its name is one of these, and the code that asks is
the page's, it fails as it would in the page.  "The code that asks" is the nearest that is not of the standard library
itself: what `json` or `traceback` imports on behalf of the page is refused, too.

Codecs are looked at when they are used, because Python keeps every codec that it has once found.

What cannot be noticed: an attribute of a package whose submodule a test has imported (`concurrent.futures.thread`,
without an import of its own).
"""

import builtins
import codecs
import importlib
import sys
import zipfile
import zipimport
from codecs import CodecInfo
from collections.abc import Callable, Iterator, Mapping, Sequence
from encodings.aliases import aliases
from importlib.machinery import ModuleSpec
from importlib.util import resolve_name
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from tests.page_python.inside import native

PAGE_LIBRARY = "/lib/python314.zip"
PAGE_PACKAGES = "/lib/python3.14/site-packages/"

_import = builtins.__import__
_import_module = importlib.import_module


def provide(library: str, packages: str) -> None:
    """Make the rest of the library and these packages importable, for all but the page's code.

    Args:
        library: an archive of the whole standard library.
        packages: a folder with what pytest needs.
    """
    rest = set(_modules_of(library)) - set(_modules_of(PAGE_LIBRARY))
    _hidden.modules |= {native.NAME, *rest}
    _hidden.roots |= {"tests", *(path.name.partition(".")[0] for path in Path(packages).iterdir())}
    sys.meta_path.append(_Rest(library, rest))
    sys.path.append(packages)
    codecs.register(_codec_if_seen)
    builtins.__import__ = _import_if_seen
    importlib.import_module = _import_module_if_seen


class _Hidden:
    """What only tests see."""

    def __init__(self) -> None:
        self.modules: set[str] = set()
        self.roots: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self.modules or name.partition(".")[0] in self.roots


_hidden = _Hidden()


class _Rest:
    """Finds modules in the archive of the whole library, if the page's library does not have them."""

    def __init__(self, archive: str, names: set[str]) -> None:
        self._archive = archive
        self._names = names

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        if name not in self._names:
            return None
        package = name.rpartition(".")[0].replace(".", "/")
        return zipimport.zipimporter(f"{self._archive}/{package}".rstrip("/")).find_spec(name)


def _import_if_seen(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    """As `__import__`."""
    module = resolve_name("." * level + name, str((globals or {})["__package__"])) if level else name
    _check([module, *(f"{module}.{part}" for part in fromlist or ())], sys._getframe(1))
    return _import(name, globals, locals, fromlist, level)


def _import_module_if_seen(name: str, package: str | None = None) -> ModuleType:
    """As `importlib.import_module`."""
    _check([resolve_name(name, package) if name.startswith(".") else name], sys._getframe(1))
    return _import_module(name, package)


def _check(names: list[str], asking: FrameType) -> None:
    """Fail if one of these is hidden from the code that asks; `encodings` asks for whatever codec is used."""
    for name in names:
        if name in _hidden and (_is_the_page(asking) or asking.f_globals["__name__"] == "encodings"):
            raise ModuleNotFoundError(f"The page has no module named {name!r}", name=name)


def _codec_if_seen(name: str) -> CodecInfo | None:
    """What Python finds for the name of a codec that the page's `encodings` does not have."""
    module = f"encodings.{aliases.get(name, name)}"
    if module not in _hidden:
        return None
    found = _import_module(module).getregentry()
    parts: Any = {part: _unless_the_page(getattr(found, part), name) for part in _PARTS_OF_A_CODEC}
    return CodecInfo(name=found.name, **parts)


_PARTS_OF_A_CODEC = ("encode", "decode", "streamreader", "streamwriter", "incrementalencoder", "incrementaldecoder")


def _unless_the_page(part: Callable[..., object], name: str) -> Callable[..., object]:
    def use(*arguments: object, **options: object) -> object:
        if _is_the_page(sys._getframe(1)):
            raise LookupError(f"unknown encoding: {name}")
        return part(*arguments, **options)

    return use


def _is_the_page(frame: FrameType | None) -> bool:
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(PAGE_PACKAGES):
            return True
        if not file.startswith((PAGE_LIBRARY, "<")) and file != __file__:
            return False
        frame = frame.f_back
    return False


def _modules_of(archive: str) -> Iterator[str]:
    for name in zipfile.ZipFile(archive).namelist():
        if name.endswith(".pyc"):
            yield name.removesuffix(".pyc").removesuffix("/__init__").replace("/", ".")
