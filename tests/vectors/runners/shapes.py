"""What a case must look like before it is run: every field that its format names, each of the right type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tests.vectors.runners.common import Mismatch

Json = Any


class Malformed(Mismatch):
    """A field is missing or has another type than the format says."""


class Shape(Protocol):
    """Something that knows what a JSON value must look like."""

    def check(self, value: Json, where: str) -> None:
        """Raises Malformed, with a sentence that begins with `where`."""
        ...


@dataclass(frozen=True, slots=True)
class Hex:
    """Bytes, in hexadecimal digits."""

    def check(self, value: Json, where: str) -> None:
        """See `Shape`."""
        if not isinstance(value, str) or len(value) % 2 or not set(value) <= set("0123456789abcdefABCDEF"):
            raise Malformed(f"{where} is not bytes in hexadecimal.")


@dataclass(frozen=True, slots=True)
class Number:
    """An unsigned integer of so many bits."""

    bits: int = 32

    def check(self, value: Json, where: str) -> None:
        """See `Shape`."""
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << self.bits:
            raise Malformed(f"{where} is not an unsigned integer of {self.bits} bits.")


@dataclass(frozen=True, slots=True)
class Text:
    """A text; one of `allowed`, if that is not empty."""

    allowed: tuple[str, ...] = ()

    def check(self, value: Json, where: str) -> None:
        """See `Shape`."""
        if not isinstance(value, str):
            raise Malformed(f"{where} is not a text.")
        if self.allowed and value not in self.allowed:
            raise Malformed(f"{where} is {value!r}, which is none of {', '.join(self.allowed)}.")


@dataclass(frozen=True, slots=True)
class OrNull:
    """`optional<type>`: the value itself, or null."""

    shape: Shape

    def check(self, value: Json, where: str) -> None:
        """See `Shape`."""
        if value is not None:
            self.shape.check(value, where)


@dataclass(frozen=True, slots=True)
class Array:
    """A list of values of one shape."""

    shape: Shape

    def check(self, value: Json, where: str) -> None:
        """See `Shape`."""
        if not isinstance(value, list):
            raise Malformed(f"{where} is not a list.")
        for index, item in enumerate(value):
            self.shape.check(item, f"{where}[{index}]")


class Record:
    """An object with at least these fields; `optional` ones can be left out, and others are ignored."""

    def __init__(self, optional: Mapping[str, Shape] | None = None, /, **fields: Shape) -> None:
        self.fields = fields
        self.optional = optional or {}

    def check(self, value: Json, where: str = "") -> None:
        """See `Shape`; the case itself has no name."""
        if not isinstance(value, dict):
            raise Malformed(f"{where or 'The case'} is not an object.")
        prefix = f"{where}." if where else ""
        for name, shape in self.fields.items():
            if name not in value:
                raise Malformed(f"{prefix}{name} is missing.")
            shape.check(value[name], prefix + name)
        for name in self.optional.keys() & value.keys():
            self.optional[name].check(value[name], prefix + name)


HEX = Hex()
TEXT = Text()
UINT16 = Number(16)
UINT32 = Number(32)
UINT64 = Number(64)
