"""The methods of our dataclasses, compiled when the site was built.

`dataclasses` writes the methods of each class as Python source and compiles it when the class is made: in the page that
is half of the time that all our imports take.  The build lists what it compiles to (`tools/site/page_python.py`), by a
hash of the source; whatever source is not listed is compiled as ever.
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
    """By which the code of a source is listed."""
    return hashlib.sha256(source.encode()).digest()


def install() -> None:
    """Make every dataclass from now on of the listed code.  Raises FileNotFoundError where there is no list."""
    listed: dict[bytes, bytes] = marshal.loads(pkgutil.get_data(__package__, FILE) or b"")

    def look_up(source: str) -> str | CodeType:
        code = listed.get(key_of(source))
        return source if code is None else marshal.loads(code)

    make_of(look_up)


def make_of(code_of: Callable[[str], str | CodeType]) -> None:
    """Make every dataclass from now on of what this gives for the source of its methods."""

    def execute(source: str, *namespaces: dict[str, object]) -> None:
        exec(code_of(source), *namespaces)

    vars(dataclasses)["exec"] = execute  # comes before the builtin of that name
