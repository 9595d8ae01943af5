"""The methods of our dataclasses, compiled when the site was built.

`dataclasses` writes the methods of each class as Python source and compiles it when the class is made, which in the
page is half of the time that all our imports take.  The build lists the compiled code by a hash of its source
(`tools/site/page_python.py`); source that is not listed is compiled as usual.
"""

import dataclasses
import hashlib
import marshal
import pkgutil
from collections.abc import Callable
from types import CodeType

FILE = "dataclass_code.bin"
"""Beside this module in the page's wheel: a marshalled dict of marshalled code by `key_of`."""


def key_of(source: str) -> bytes:
    """Return the key under which the code of a source is listed."""
    return hashlib.sha256(source.encode()).digest()


def install() -> None:
    """Make every dataclass from now on of the listed code.  Raises FileNotFoundError if there is no list."""
    listed: dict[bytes, bytes] = marshal.loads(pkgutil.get_data(__package__, FILE) or b"")

    def look_up(source: str) -> str | CodeType:
        code = listed.get(key_of(source))
        return source if code is None else marshal.loads(code)

    make_of(look_up)


def make_of(code_of: Callable[[str], str | CodeType]) -> None:
    """Make every dataclass from now on of the code that `code_of` returns for the source of its methods."""

    def execute(source: str, *namespaces: dict[str, object]) -> None:
        exec(code_of(source), *namespaces)

    vars(dataclasses)["exec"] = execute  # found before the builtin of that name
