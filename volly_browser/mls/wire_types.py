"""The simple types of the presentation language (RFC 9420, section 2.1): integers, enums, byte strings, lengths.

A `Codec` writes and reads one type.  `codec` builds structs from them and is what other modules import.
"""

from abc import ABC, abstractmethod
from enum import IntEnum
from typing import Any, Generic, TypeVar

from volly_browser.errors import LocalError, RemoteError

MAX_VECTOR_LENGTH = (1 << 30) - 1
"""Bytes of the longest vector: what 30 bits can say."""

T = TypeVar("T")


class EncodeError(LocalError):
    """A value does not fit the field it was put into."""


class DecodeError(RemoteError):
    """Bytes are not an encoding of the expected struct (RFC 9420, section 2.1)."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.where = ""

    def __str__(self) -> str:
        problem = super().__str__()
        return f"{problem} (in {self.where})" if self.where else problem


class Codec(ABC, Generic[T]):
    """How one type is written."""

    def encode(self, value: T) -> bytes:
        """Encode to the bytes on the wire.  Raises EncodeError if a value does not fit its field."""
        out = bytearray()
        self.write(value, out)
        return bytes(out)

    def decode(self, data: bytes) -> T:
        """The value that is all of `data`.  Raises DecodeError."""
        value, stop = self.read(data, 0, len(data))
        if stop != len(data):
            raise DecodeError(f"{len(data) - stop} bytes follow the end of the message.")
        return value

    @abstractmethod
    def write(self, value: T, out: bytearray) -> None:
        """Append the encoding to `out`.  Raises EncodeError."""

    @abstractmethod
    def read(self, data: bytes, start: int, end: int) -> tuple[T, int]:
        """The value at `start` and the offset after it, never looking at `end` or beyond.  Raises DecodeError."""

    def accepts(self) -> tuple[type, ...]:
        """The Python classes of the values, for a variant to choose its case by; only structs and variants have any."""
        return ()


class Simple(Codec[T]):
    """A codec that is its own marker in `Annotated[python_type, marker]`."""

    def codec(self, python_type: Any) -> Codec[T]:  # noqa: ANN401 - an annotation can be anything
        """The codec of a field with this annotation."""
        return self


_SHORT = [bytes([value]) for value in range(0x40)]
"""The lengths that take one byte."""


def varint(value: int) -> bytes:
    """A length in the shortest of its three forms (section 2.1.2).  Raises EncodeError beyond 30 bits."""
    if value < 0x40:
        return _SHORT[value]
    if value < 0x4000:
        return (0x4000 | value).to_bytes(2, "big")
    if value <= MAX_VECTOR_LENGTH:
        return (0x8000_0000 | value).to_bytes(4, "big")
    raise EncodeError(f"A vector of {value} bytes is too long: its length must fit into 30 bits.")


def opaque(value: bytes) -> bytes:
    """`opaque x<V>`: a value with its length before it.  Raises EncodeError beyond 30 bits."""
    return varint(len(value)) + value


def read_varint(data: bytes, start: int, end: int) -> tuple[int, int]:
    """A length and the offset after it.  Raises DecodeError unless it is in the shortest form (section 2.1.2)."""
    if start >= end:
        raise DecodeError("The input ends before the length of a vector.")
    first = data[start]
    if first < 0x40:
        return first, start + 1
    if first >= 0xC0:
        raise DecodeError("The length of a vector begins with the invalid prefix 11.")
    size = 2 if first < 0x80 else 4
    if end - start < size:
        raise DecodeError("The input ends within the length of a vector.")
    value = int.from_bytes(data[start : start + size], "big") & ((1 << (8 * size - 2)) - 1)
    if value < 1 << (4 * size - 2):
        raise DecodeError("The length of a vector is not in its shortest form.")
    return value, start + size


def read_extent(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the content of the vector at `start` begins and stops; what is announced but not there is refused."""
    if start < end and data[start] < 0x40:
        length, start = data[start], start + 1  # as `read_varint` has it; most are that short
    else:
        length, start = read_varint(data, start, end)
    if length > end - start:
        raise DecodeError(f"A vector of {length} bytes is announced, but only {end - start} follow.")
    return start, start + length


class Integer(Simple[int]):
    """uint8 to uint64; where the Python type is an IntEnum, an enum whose unlisted values are refused."""

    def __init__(self, size: int, enum: type[IntEnum] | None = None) -> None:
        self._size = size
        self._enum = enum
        self._listed = {int(member): member for member in enum or ()}

    def codec(self, python_type: Any) -> Codec[int]:  # noqa: ANN401
        """The codec of an integer or of an enum."""
        is_enum = isinstance(python_type, type) and issubclass(python_type, IntEnum)
        return Integer(self._size, python_type) if is_enum else self

    def write(self, value: int, out: bytearray) -> None:
        """Big-endian."""
        try:
            out += value.to_bytes(self._size, "big")
        except OverflowError:
            raise EncodeError(f"{value} does not fit into {self._size} unsigned bytes.") from None

    def read(self, data: bytes, start: int, end: int) -> tuple[int, int]:
        """Big-endian."""
        stop = start + self._size
        if stop > end:
            raise DecodeError(f"The input ends within an integer of {self._size} bytes.")
        value = int.from_bytes(data[start:stop], "big")
        if self._enum is None:
            return value, stop
        if value not in self._listed:
            raise DecodeError(f"{value} is not a known {self._enum.__name__}.")
        return self._listed[value], stop


class VariableOpaque(Simple[bytes]):
    """`opaque x<V>`: bytes with their length before them; `least` and `limit` are the application's own bounds."""

    def __init__(self, limit: int = MAX_VECTOR_LENGTH, *, least: int = 0) -> None:
        self._least = least
        self._limit = limit

    def write(self, value: bytes, out: bytearray) -> None:
        """Length and bytes."""
        length = len(value)
        if length > self._limit:
            raise EncodeError(f"{length} bytes are too long for a field of at most {self._limit}.")
        if length < self._least:
            raise EncodeError(f"{length} bytes are too short for a field of at least {self._least}.")
        out += varint(length)
        out += value

    def read(self, data: bytes, start: int, end: int) -> tuple[bytes, int]:
        """Length and bytes."""
        start, stop = read_extent(data, start, end)
        if stop - start > self._limit:
            raise DecodeError(f"{stop - start} bytes are too long for a field of at most {self._limit}.")
        if stop - start < self._least:
            raise DecodeError(f"{stop - start} bytes are too short for a field of at least {self._least}.")
        return data[start:stop], stop


class FixedOpaque(Simple[bytes]):
    """`opaque x[length]`."""

    def __init__(self, length: int) -> None:
        self._length = length

    def write(self, value: bytes, out: bytearray) -> None:
        """The bytes alone."""
        if len(value) != self._length:
            raise EncodeError(f"{len(value)} bytes were given for a field of exactly {self._length}.")
        out += value

    def read(self, data: bytes, start: int, end: int) -> tuple[bytes, int]:
        """The bytes alone."""
        stop = start + self._length
        if stop > end:
            raise DecodeError(f"The input ends within a field of {self._length} bytes.")
        return data[start:stop], stop


class Utf8(Simple[str]):
    """A string as `opaque x<V>` in UTF-8, of at most `limit` bytes."""

    def __init__(self, limit: int = MAX_VECTOR_LENGTH) -> None:
        self._opaque = VariableOpaque(limit)

    def write(self, value: str, out: bytearray) -> None:
        """Length and UTF-8."""
        try:
            self._opaque.write(value.encode(), out)
        except UnicodeEncodeError:
            raise EncodeError("The text has a lone surrogate, which UTF-8 cannot write.") from None

    def read(self, data: bytes, start: int, end: int) -> tuple[str, int]:
        """Length and UTF-8."""
        encoded, stop = self._opaque.read(data, start, end)
        try:
            return encoded.decode(), stop
        except UnicodeDecodeError:
            raise DecodeError("A text is not UTF-8.") from None


class Nothing(Simple[None]):
    """`struct{}`: no bytes, the value None."""

    def write(self, value: None, out: bytearray) -> None:
        """Write nothing."""
        if value is not None:
            raise EncodeError("A field was given that does not belong into this message.")

    def read(self, data: bytes, start: int, end: int) -> tuple[None, int]:
        """Read nothing."""
        return None, start
