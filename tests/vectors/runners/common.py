"""What all runners of vectors share.

A runner takes an engine and one case of its file, and raises if the case does not hold: `Mismatch` for a value that
is not the expected one, or the error of the code under test; `Skipped` if the case asks for what Volly does not
have.  Nothing here needs pytest, so that the same runners work inside a page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from volly_browser.crypto.engine import Engine, Operation, run_one
from volly_browser.errors import VollyError

Case = dict[str, Any]

VECTORS = Path(__file__).parent.parent

SHOWN = 32
"""Bytes of a value that an error shows."""


class Mismatch(Exception):
    """A value is not what the vector says."""


class Skipped(Exception):
    """The case is about something that Volly, or this engine, does not have; the text names it in a few words."""


def expect(actual: object, expected: object, what: str) -> None:
    """Refuse any difference."""
    if actual != expected:
        raise Mismatch(f"{what} is {_show(actual)} instead of {_show(expected)}")


async def expect_refusal(engine: Engine, operation: Operation[Any], error: type[VollyError]) -> None:
    """Refuse anything but this error."""
    try:
        result = await run_one(engine, operation)
    except error:
        return
    raise Mismatch(f"{type(operation).__name__} gave {_show(result)} instead of {error.__name__}")


def unhex(case: Case, *names: str) -> Iterator[bytes]:
    """The decoded values of hex fields."""
    return (bytes.fromhex(case[name]) for name in names)


@contextmanager
def within(field: str) -> Iterator[None]:
    """Say in which field of the case it was that the code under test refused something."""
    try:
        yield
    except (Mismatch, VollyError) as error:
        raise Mismatch(f"{field}: {error}") from error


def _show(value: object) -> str:
    if not isinstance(value, bytes):
        return repr(value)
    return value.hex() if len(value) <= SHOWN else f"{value[:SHOWN].hex()}... ({len(value)} bytes)"
