"""The ends of what each field of a struct can say on the wire, whether or not a page would say it.

An encoding of a struct is taken apart by its annotations, so that a new field is fed extremes without being named.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from types import NoneType, SimpleNamespace
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from volly_browser.mls.codec import (
    FixedOpaque,
    Integer,
    Select,
    Struct,
    Utf8,
    VariableOpaque,
    VariableVector,
    Variant,
    codec_for,
    opaque,
    varint,
)

LENGTHS = (0, 1, 15, 16, 17, 255, 256, 257, 5000)
"""Bytes of strings: around each bound of a field that is written again."""

POWERS = (31, 32, 43, 44, 53, 62, 63)
"""Powers of two around which something has overflowed."""

MANY = 300
"""Elements of a vector: more than a room has members, and more than any list that is read to its end."""


def extremes(struct: Struct) -> Iterator[bytes]:
    """Encodings of a struct, each with an extreme somewhere inside."""
    return _of(type(struct), struct)


def _of(annotation: Any, value: Any) -> Iterator[bytes]:  # noqa: ANN401 - a field can be anything
    if get_origin(annotation) is Annotated:
        return _of_marked(*get_args(annotation)[:2], value)
    if is_dataclass(annotation):
        return _of_struct(value)
    return _of_optional(annotation, value)


def _of_struct(struct: Any) -> Iterator[bytes]:  # noqa: ANN401
    hints = _hints_of(struct)
    values = {name: getattr(struct, name) for name in hints}
    parts = {name: codec_for(hint).encode(values[name]) for name, hint in hints.items()}
    for name, hint in hints.items():
        for extreme in _of(hint, values[name]):
            yield b"".join((parts | {name: extreme}).values())


def _hints_of(struct: Any) -> dict[str, Any]:  # noqa: ANN401
    """The annotation of each field, for this struct's values."""
    annotations, hints, earlier = get_type_hints(type(struct), include_extras=True), {}, SimpleNamespace()
    for field in fields(struct):
        hint = annotations[field.name]
        marker = get_args(hint)[1] if get_origin(hint) is Annotated else None
        hints[field.name] = marker._choose(earlier) if isinstance(marker, Select) else hint
        setattr(earlier, field.name, getattr(struct, field.name))
    return hints


def _of_optional(annotation: Any, value: Any) -> Iterator[bytes]:  # noqa: ANN401
    yield b"\0"
    yield b"\x01" + bytes(64)
    if value is not None:
        [present] = [case for case in get_args(annotation) if case is not NoneType]
        yield from (b"\x01" + extreme for extreme in _of(present, value))


def _of_marked(python_type: Any, marker: Any, value: Any) -> Iterator[bytes]:  # noqa: ANN401
    match marker:
        case Integer():
            most = (1 << 8 * marker._size) - 1
            numbers = {0, 1, most - 1, most, *(1 << power for power in POWERS), *((1 << power) - 1 for power in POWERS)}
            yield from (number.to_bytes(marker._size, "big") for number in sorted(numbers) if number <= most)
        case VariableOpaque():
            yield from (opaque(byte * length) for length in LENGTHS for byte in (b"\0", b"\xff"))
        case Utf8():
            yield from (opaque(letter.encode() * length) for length in LENGTHS for letter in ("\0", "i", "\u202e"))
            yield opaque("\ud800".encode(errors="surrogatepass"))
        case FixedOpaque():
            yield from (byte * marker._length for byte in (b"\0", b"\xff"))
        case VariableVector():
            yield from _of_vector(get_args(python_type)[0], value)
        case Variant():
            yield from (tag.to_bytes(marker._tag_size, "big") for tag in (0, (1 << 8 * marker._tag_size) - 1))
            tag = codec_for(Annotated[python_type, marker]).encode(value)[: marker._tag_size]
            yield from (tag + extreme for extreme in _of(type(value), value))


def _of_vector(annotation: Any, elements: tuple[Any, ...]) -> Iterator[bytes]:  # noqa: ANN401
    yield varint(0)
    if elements:
        first, *others = (codec_for(annotation).encode(element) for element in elements)
        yield opaque(first * MANY)
        for extreme in _of(annotation, elements[0]):
            yield opaque(b"".join([extreme, *others]))
