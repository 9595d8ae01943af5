"""Which modules of the standard library the page needs, by what was read in its sources and in the library's own.

Needed is all that the shipped code imports anywhere, the codecs whose names it has among its strings, and all that
these import and encode with in turn.  Half of the library is imported by it on some occasion only, mostly for what no
page does.  So each such import is decided by hand: it has a line in `LEFT_OUT`, or the page has it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from volly_browser.tools.console import SetupError
from volly_browser.tools.site.reading import Reading

PROVIDED = {"js", "pyodide_js", "pyscript", "volly_page"}
"""What JavaScript gives to the page's Python; `pyscript` in the lab alone."""

SECOND_NAMES = {"collections.abc": "_collections_abc", "os.path": "posixpath"}
"""Modules that others register under a name without a file."""

LEFT_OUT: Mapping[str, Collection[str]] = {
    # Imported only if Python has no C code for it:
    "abc": {"_py_abc"},
    "threading": {"_threading_local"},
    # Command lines, and Python at a prompt:
    "_sitebuiltins": {"pydoc"},
    "ast": {"argparse", "_ast_unparse"},
    "base64": {"getopt"},
    "dis": {"argparse"},
    "inspect": {"argparse"},
    "random": {"argparse", "statistics"},
    "site": {"_pyrepl", "rlcompleter"},
    "tokenize": {"argparse"},
    # Threads, processes, sockets, certificates:
    "_ssl": {"secrets"},
    "concurrent.futures": {"concurrent.futures.interpreter", "concurrent.futures.process", "concurrent.futures.thread"},
    "pyodide.webloop": {"pyodide._nodesock_transport"},
    "ssl": {"calendar"},
    # What is in packages besides modules; other archives than wheels; files by their address:
    "email": {"email.parser"},
    "importlib._bootstrap_external": {"importlib.readers"},
    "importlib.metadata": {"csv", "importlib.metadata._adapters"},
    "pathlib": {"urllib"},
    "tarfile": {"argparse", "gzip"},
    "zipfile": {"argparse", "py_compile"},
    "zipimport": {"importlib.readers"},
    # Pickles; help with what was written wrongly in a program, and with what was never closed:
    "_py_warnings": {"tracemalloc"},
    "logging": {"pickle"},
    "traceback": {"difflib"},
    # Randomness that tests of these libraries choose; keys in files:
    "dilithium_py.drbg.aes256_ctr_drbg": {"Crypto.Cipher"},
    "kyber_py.drbg.aes256_ctr_drbg": {"Crypto.Cipher"},
    # On CPython alone:
    "volly_browser.crypto.loaders": {"volly_browser.crypto.native"},
}
"""Modules that the library imports on some occasion, possibly in vain, and that no page has."""


@dataclass(frozen=True, slots=True)
class Library:
    """The standard library that comes with Pyodide.

    Attributes:
        modules: what was read in each.
        builtin: the modules that need no file.
        aliases: the name of a codec's module in `encodings`, by the codec's other names.
    """

    modules: Mapping[str, Reading]
    builtin: frozenset[str]
    aliases: Mapping[str, str]

    def codecs(self, names: Iterable[str]) -> Iterator[str]:
        """Return the modules of all codecs that have one of these names."""
        for name in names:
            plain = name.lower().replace("-", "_").replace(" ", "_")
            module = f"encodings.{self.aliases.get(plain, plain)}"
            if module in self.modules:
                yield module

    def on_the_way_to(self, name: str) -> list[str]:
        """Return the module of this name and the packages around it, as far as the library has them."""
        parts = SECOND_NAMES.get(name, name).split(".")
        names = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
        return [name for name in names if name in self.modules]

    def has(self, name: str) -> bool:
        """Whether the library has a module of this name."""
        return SECOND_NAMES.get(name, name) in self.modules or name in self.builtin


def needed(shipped: Mapping[str, Reading], library: Library, recorded: Iterable[str] = ()) -> set[str]:
    """Return the library's modules that a page with this code needs.

    Args:
        shipped: what was read in each module of the page, by its name.
        library: the whole library.
        recorded: modules that the page was seen to load.

    Raises:
        SetupError: an import would fail in the page, and no line in `LEFT_OUT` allows that.
    """
    chosen = reached(shipped, library, recorded)
    problems = [*_missing(shipped, library), *_unreadable(shipped), *_undecided(chosen, library)]
    if problems:
        raise SetupError(f"The page would lack modules of Python, see tools/site/needs.py: {'; '.join(problems)}.")
    return chosen


def reached(shipped: Mapping[str, Reading], library: Library, recorded: Iterable[str] = ()) -> set[str]:
    """Return the same modules without looking at `LEFT_OUT`."""
    imported = [name for reading in shipped.values() for name in reading.early | reading.late]
    codecs = [codec for reading in shipped.values() for codec in library.codecs(reading.texts)]
    return _with_what_they_need([*imported, *codecs, *recorded], library)


def left_out_by(module: str, chosen: Collection[str], library: Library) -> set[str]:
    """Return which of the library's modules one imports on some occasion and would not find."""
    ways = (library.on_the_way_to(name) for name in library.modules[module].late)
    lacking = ([name for name in way if name not in chosen] for way in ways)
    return {names[0] for names in lacking if names}


def _with_what_they_need(names: Iterable[str], library: Library) -> set[str]:
    chosen: set[str] = set()
    waiting = list(names)
    while waiting:
        for name in library.on_the_way_to(waiting.pop()):
            if name not in chosen:
                chosen.add(name)
                reading = library.modules[name]
                waiting += [*reading.early, *library.codecs(reading.codecs)]
    return chosen


def _missing(shipped: Mapping[str, Reading], library: Library) -> Iterator[str]:
    for module, reading in shipped.items():
        for name in sorted(reading.certain.difference(shipped, PROVIDED, LEFT_OUT.get(module, ()))):
            if not library.has(name):
                yield f"{module} imports {name}"


def _unreadable(shipped: Mapping[str, Reading]) -> Iterator[str]:
    for module, reading in shipped.items():
        for line in sorted(reading.unreadable):
            yield f"{module} imports on line {line} what only a run can tell"


def _undecided(chosen: Collection[str], library: Library) -> Iterator[str]:
    for module in sorted(chosen):
        for name in sorted(left_out_by(module, chosen, library).difference(LEFT_OUT.get(module, ()))):
            yield f"{module} may import {name}"
