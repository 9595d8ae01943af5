"""The presentation language of RFC 9420, section 2.1: wire structs are dataclasses whose fields say how to write them.

    @dataclass(frozen=True, slots=True)
    class ParentNode(Struct):
        encryption_key: Opaque
        parent_hash: Opaque
        unmerged_leaves: Vector[Uint32]

    assert ParentNode.decode(node.encode()) == node

No code packs and unpacks by hand: the annotations are read once per class.  Input is hostile until it is decoded: every
refusal is a `DecodeError`, nothing is allocated for a length that the input does not have, and nothing may follow the
last field.  As lengths must be written in the shortest form, a decoded struct encodes to the bytes it came from.

Fields are annotated with `Uint8` to `Uint64`, `Opaque`, `Text`, `Vector[...]`, `... | None` (optional<T>), other
structs, `Annotated[SomeIntEnum, Integer(1)]`, `Annotated[A | B, Variant(...)]` and `Annotated[A | B, Select(...)]`.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from types import NoneType, SimpleNamespace, UnionType
from typing import Annotated, Any, Self, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from volly_browser.mls.wire_types import (
    MAX_VECTOR_LENGTH,
    Codec,
    DecodeError,
    EncodeError,
    FixedOpaque,
    Integer,
    Nothing,
    Utf8,
    VariableOpaque,
    opaque,
    read_extent,
    read_varint,
    varint,
)

__all__ = [
    "MAX_VECTOR_LENGTH",
    "Codec",
    "DecodeError",
    "EncodeError",
    "FixedOpaque",
    "Integer",
    "KeptStruct",
    "Opaque",
    "Select",
    "Struct",
    "Text",
    "Uint8",
    "Uint16",
    "Uint32",
    "Uint64",
    "Utf8",
    "VariableOpaque",
    "VariableVector",
    "Variant",
    "Vector",
    "codec_for",
    "opaque",
    "read_varint",
    "varint",
]

T = TypeVar("T")

_CODECS: dict[Any, Codec[Any]] = {}


class Struct:
    """Base of the wire structs.  Subclasses are frozen, slotted dataclasses."""

    __slots__ = ()

    def encode(self) -> bytes:
        """Encode to the bytes on the wire.  Raises EncodeError if a value does not fit its field."""
        return codec_for(type(self)).encode(self)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The struct that is all of `data`.  Raises DecodeError."""
        return cast(Self, codec_for(cls).decode(data))


class KeptStruct(Struct):
    """Base of the wire structs that are encoded again and again: an instance keeps its encoding.

    It is left out by comparison and `replace`, as it is no field.
    """

    __slots__ = ("_encoding",)
    _encoding: bytes

    def encode(self) -> bytes:
        """See `Struct`."""
        encoding: bytes | None = getattr(self, "_encoding", None)
        return Struct.encode(self) if encoding is None else encoding


def codec_for(annotation: Any) -> Codec[Any]:  # noqa: ANN401 - an annotation can be anything
    """The codec of a field annotation or of a Struct class, made once."""
    codec = _CODECS.get(annotation)
    if codec is None:
        codec = _CODECS[annotation] = _new_codec(annotation)
    return codec


def _new_codec(annotation: Any) -> Codec[Any]:  # noqa: ANN401
    if annotation is None or annotation is NoneType:
        return Nothing()
    if get_origin(annotation) is Annotated:
        python_type, marker = get_args(annotation)[:2]
        return cast("Codec[Any]", marker.codec(python_type))
    if get_origin(annotation) in (Union, UnionType):
        [present] = [case for case in get_args(annotation) if case is not NoneType]
        return _Optional(codec_for(present))
    return _KeptStructCodec(annotation) if issubclass(annotation, KeptStruct) else _StructCodec(annotation)


class Select:
    """A field whose type depends on fields before it: `choose` is given those and returns an annotation or None."""

    def __init__(self, choose: Callable[[Any], Any]) -> None:
        self._choose = choose

    def codec(self, _: Any) -> Codec[Any]:  # noqa: ANN401
        """The codec, which needs its struct."""
        return _SelectCodec(self._choose)


class Variant:
    """A tag of `tag_size` bytes, then the struct that it selects; the Python class of a value tells its tag.

    `Annotated[BasicCredential | X509Credential, Variant(2, {1: BasicCredential, 2: X509Credential})]`
    """

    def __init__(self, tag_size: int, cases: Mapping[int, Any]) -> None:
        self._tag_size = tag_size
        self._cases = cases

    def codec(self, _: Any) -> Codec[Any]:  # noqa: ANN401
        """The codec of the cases; a case is possibly a variant itself."""
        return _VariantCodec(self._tag_size, {tag: codec_for(case) for tag, case in self._cases.items()})


class VariableVector:
    """`T x<V>` for `Annotated[tuple[T, ...], VariableVector()]`; `limit` is the application's own, in elements."""

    def __init__(self, limit: int = MAX_VECTOR_LENGTH) -> None:
        self._limit = limit

    def codec(self, python_type: Any) -> Codec[Any]:  # noqa: ANN401
        """The codec of a tuple of this element type."""
        return _VectorCodec(codec_for(get_args(python_type)[0]), self._limit)


Uint8 = Annotated[int, Integer(1)]
Uint16 = Annotated[int, Integer(2)]
Uint32 = Annotated[int, Integer(4)]
Uint64 = Annotated[int, Integer(8)]
Opaque = Annotated[bytes, VariableOpaque()]
Text = Annotated[str, Utf8()]
Vector = Annotated[tuple[T, ...], VariableVector()]


class _StructCodec(Codec[Struct]):
    def __init__(self, struct: type[Any]) -> None:
        hints = get_type_hints(struct, include_extras=True)
        codecs = [(field.name, codec_for(hints[field.name])) for field in fields(struct)]
        self._struct = struct
        self._names = [name for name, _ in codecs]
        self._fields = [
            (name, codec.write, codec if isinstance(codec, _SelectCodec) else None) for name, codec in codecs
        ]
        self._reads = [(codec.read, codec if isinstance(codec, _SelectCodec) else None) for _, codec in codecs]

    def write(self, value: Struct, out: bytearray) -> None:
        for name, write, select in self._fields:
            (select.given(value).write if select else write)(getattr(value, name), out)

    def read(self, data: bytes, start: int, end: int) -> tuple[Struct, int]:
        values: list[Any] = []
        try:
            for read, select in self._reads:
                value, start = (select.given(self._earlier(values)).read if select else read)(data, start, end)
                values.append(value)
        except DecodeError as error:
            error.where = error.where or f"{self._struct.__name__}.{self._names[len(values)]}"
            raise
        return self._struct(*values), start

    def _earlier(self, values: list[Any]) -> SimpleNamespace:
        return SimpleNamespace(**dict(zip(self._names, values, strict=False)))

    def accepts(self) -> tuple[type, ...]:
        return (self._struct,)


class _KeptStructCodec(_StructCodec):
    def write(self, value: Struct, out: bytearray) -> None:
        encoding = getattr(value, "_encoding", None)
        if encoding is None:
            start = len(out)
            super().write(value, out)
            self._keep(value, bytes(out[start:]))
        else:
            out += encoding

    def read(self, data: bytes, start: int, end: int) -> tuple[Struct, int]:
        value, stop = super().read(data, start, end)
        self._keep(value, data[start:stop])
        return value, stop

    @staticmethod
    def _keep(value: Struct, encoding: bytes) -> None:
        object.__setattr__(value, "_encoding", encoding)  # the struct is frozen


class _SelectCodec(Codec[Any]):
    def __init__(self, choose: Callable[[Any], Any]) -> None:
        self._choose = choose

    def given(self, earlier: object) -> Codec[Any]:
        return codec_for(self._choose(earlier))

    def write(self, value: Any, out: bytearray) -> None:  # noqa: ANN401
        raise EncodeError("A selected field can only be written as part of its struct.")

    def read(self, data: bytes, start: int, end: int) -> tuple[Any, int]:
        raise EncodeError("A selected field can only be read as part of its struct.")


class _VariantCodec(Codec[Any]):
    def __init__(self, tag_size: int, cases: Mapping[int, Codec[Any]]) -> None:
        self._tag = Integer(tag_size)
        self._cases = cases
        self._tag_of = {accepted: tag for tag, codec in cases.items() for accepted in codec.accepts()}

    def write(self, value: Any, out: bytearray) -> None:  # noqa: ANN401
        tag = self._tag_of.get(type(value))
        if tag is None:
            raise EncodeError(f"A {type(value).__name__} is none of the cases that may stand here.")
        self._tag.write(tag, out)
        self._cases[tag].write(value, out)

    def read(self, data: bytes, start: int, end: int) -> tuple[Any, int]:
        tag, start = self._tag.read(data, start, end)
        if tag not in self._cases:
            raise DecodeError(f"{tag} is not the tag of any known case.")
        return self._cases[tag].read(data, start, end)

    def accepts(self) -> tuple[type, ...]:
        return tuple(self._tag_of)


class _VectorCodec(Codec[tuple[Any, ...]]):
    def __init__(self, element: Codec[Any], limit: int) -> None:
        self._element = element
        self._limit = limit

    def write(self, value: tuple[Any, ...], out: bytearray) -> None:
        content = bytearray()
        for element in value:
            self._element.write(element, content)
        out += varint(len(content))
        out += content

    def read(self, data: bytes, start: int, end: int) -> tuple[tuple[Any, ...], int]:
        start, stop = read_extent(data, start, end)
        elements: list[Any] = []
        while start < stop:
            if len(elements) == self._limit:
                raise DecodeError(f"A vector has more than {self._limit} elements, which are the limit.")
            element, after = self._element.read(data, start, stop)
            if after == start:
                raise EncodeError("A vector cannot have elements of no bytes: their number would be lost.")
            elements.append(element)
            start = after
        return tuple(elements), stop


class _Optional(Codec[Any]):
    """`optional<T>` (section 2.1.1): a presence octet of 0 or 1."""

    def __init__(self, present: Codec[Any]) -> None:
        self._present = present

    def write(self, value: Any, out: bytearray) -> None:  # noqa: ANN401
        if value is None:
            out.append(0)
        else:
            out.append(1)
            self._present.write(value, out)

    def read(self, data: bytes, start: int, end: int) -> tuple[Any, int]:
        if start >= end:
            raise DecodeError("The input ends before the presence octet of an optional value.")
        if data[start] > 1:
            raise DecodeError(f"{data[start]} is neither 0 nor 1, as the presence octet of an optional value must be.")
        return self._present.read(data, start + 1, end) if data[start] else (None, start + 1)
