"""Structs as dataclasses: round trips, and everything that hostile bytes may try."""

import tracemalloc
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.mls.codec import (
    MAX_VECTOR_LENGTH,
    DecodeError,
    EncodeError,
    FixedOpaque,
    Integer,
    Opaque,
    Select,
    Struct,
    Text,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Utf8,
    VariableOpaque,
    Variant,
    Vector,
    codec_for,
    read_varint,
    varint,
)
from volly_browser.mls.messages import MLSMessage


class Colour(IntEnum):
    RED = 1
    BLUE = 2


@dataclass(frozen=True, slots=True)
class Point(Struct):
    x: Uint16
    y: Uint32


@dataclass(frozen=True, slots=True)
class Circle(Struct):
    centre: Point
    radius: Uint8


@dataclass(frozen=True, slots=True)
class Nothing(Struct):
    pass


Shape = Annotated[Point | Circle | Nothing, Variant(1, {1: Point, 2: Circle, 3: Nothing})]


@dataclass(frozen=True, slots=True)
class Drawing(Struct):
    number: Uint64
    title: Text
    colour: Annotated[Colour, Integer(1)]
    guard: Annotated[bytes, FixedOpaque(4)]
    data: Opaque
    shapes: Vector[Shape]
    frame: Circle | None
    red_only: Annotated[
        bytes | None,
        Select(lambda drawing: Opaque if drawing.colour == Colour.RED else None),
    ]


points = st.builds(Point, st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF))
circles = st.builds(Circle, points, st.integers(0, 0xFF))
texts = st.text(st.characters(exclude_categories=["Cs"]))


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    colour = draw(st.sampled_from(Colour))
    return Drawing(
        draw(st.integers(0, 2**64 - 1)),
        draw(texts),
        colour,
        draw(st.binary(min_size=4, max_size=4)),
        draw(st.binary(max_size=100)),
        tuple(draw(st.lists(st.one_of(points, circles, st.just(Nothing()))))),
        draw(st.none() | circles),
        draw(st.binary()) if colour == Colour.RED else None,
    )


A_DRAWING = Drawing(7, "häuser", Colour.RED, b"1234", b"data", (Point(1, 2), Nothing()), None, b"red")


@given(drawings())
def test_what_is_encoded_decodes_to_the_same(drawing: Drawing) -> None:
    assert Drawing.decode(drawing.encode()) == drawing


@given(st.binary(max_size=200))
def test_random_bytes_either_decode_to_what_encodes_to_them_or_are_refused(data: bytes) -> None:
    for struct in (Drawing, MLSMessage):
        try:
            decoded = struct.decode(data)
        except DecodeError:
            continue
        assert decoded.encode() == data


@given(drawings(), st.data())
def test_a_changed_encoding_is_refused_or_means_something_else(drawing: Drawing, data: st.DataObject) -> None:
    encoded = bytearray(drawing.encode())
    encoded[data.draw(st.integers(0, len(encoded) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        decoded = Drawing.decode(bytes(encoded))
    except DecodeError:
        return
    assert decoded != drawing


def test_the_layout_is_that_of_the_rfc() -> None:
    assert A_DRAWING.encode() == (
        bytes.fromhex("0000000000000007") + b"\x07h\xc3\xa4user" + b"\x01" + b"1234" + b"\x04data"
        b"\x08" + b"\x01\x00\x01\x00\x00\x00\x02" + b"\x03" + b"\x00" + b"\x03red"
    )


@pytest.mark.parametrize("length", range(len(A_DRAWING.encode())))
def test_a_truncated_struct_is_refused(length: int) -> None:
    with pytest.raises(DecodeError):
        Drawing.decode(A_DRAWING.encode()[:length])


def test_bytes_after_the_end_are_refused() -> None:
    with pytest.raises(DecodeError, match="1 bytes follow"):
        Drawing.decode(A_DRAWING.encode() + b"\0")


def test_a_refusal_names_the_field_that_it_is_about() -> None:
    with pytest.raises(DecodeError, match=r"Point\.y"):
        Circle.decode(b"\x00\x01\x00")


@pytest.mark.parametrize(
    ("encoded", "problem"),
    [
        (b"", "before the length"),
        (b"\x40", "within the length"),
        (b"\x80\x00\x40", "within the length"),
        (b"\xc0\x00\x00\x00\x00\x00\x00\x00", "invalid prefix"),
        (b"\x40\x3f", "shortest form"),
        (b"\x80\x00\x3f\xff", "shortest form"),
    ],
)
def test_a_malformed_length_is_refused(encoded: bytes, problem: str) -> None:
    with pytest.raises(DecodeError, match=problem):
        read_varint(encoded, 0, len(encoded))


@pytest.mark.parametrize("length", [0, 63, 64, 16383, 16384, MAX_VECTOR_LENGTH])
def test_lengths_at_the_edges_come_back(length: int) -> None:
    encoded = varint(length)
    assert read_varint(encoded, 0, len(encoded)) == (length, len(encoded))


def test_a_length_beyond_30_bits_is_not_written() -> None:
    with pytest.raises(EncodeError, match="30 bits"):
        varint(MAX_VECTOR_LENGTH + 1)


@pytest.mark.parametrize("annotation", [Opaque, Vector[Uint32], Text])
def test_a_claimed_length_of_a_gigabyte_allocates_nothing(annotation: object) -> None:
    codec = codec_for(annotation)
    tracemalloc.start()
    with pytest.raises(DecodeError, match="1073741823 bytes is announced, but only 4 follow"):
        codec.decode(b"\xbf\xff\xff\xff" + b"abcd")
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()


def test_a_vector_does_not_read_beyond_its_own_end() -> None:
    with pytest.raises(DecodeError, match="within an integer"):
        codec_for(Vector[Uint32]).decode(b"\x03\x00\x00\x00\x00")


@pytest.mark.parametrize("octet", [2, 255])
def test_a_presence_octet_is_0_or_1(octet: int) -> None:
    with pytest.raises(DecodeError, match="neither 0 nor 1"):
        codec_for(Uint8 | None).decode(bytes([octet, 5]))


def test_an_unknown_tag_and_an_unknown_enum_value_are_refused() -> None:
    with pytest.raises(DecodeError, match="9 is not the tag"):
        codec_for(Shape).decode(b"\x09\x00")
    with pytest.raises(DecodeError, match="3 is not a known Colour"):
        codec_for(Annotated[Colour, Integer(1)]).decode(b"\x03")


def test_text_that_is_not_utf_8_is_refused_both_ways() -> None:
    with pytest.raises(DecodeError, match="UTF-8"):
        codec_for(Text).decode(b"\x01\xff")
    with pytest.raises(EncodeError, match="surrogate"):
        codec_for(Text).encode("\ud800")


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Uint8, 256),
        (Uint8, -1),
        (Annotated[bytes, FixedOpaque(4)], b"123"),
        (Annotated[bytes, VariableOpaque(3)], b"1234"),
        (Annotated[str, Utf8(3)], "ää"),
        (Shape, "a string"),
    ],
)
def test_a_value_that_does_not_fit_is_not_written(annotation: object, value: object) -> None:
    with pytest.raises(EncodeError):
        codec_for(annotation).encode(value)


def test_an_applications_own_limit_holds_when_reading_too() -> None:
    with pytest.raises(DecodeError, match="at most 3"):
        codec_for(Annotated[bytes, VariableOpaque(3)]).decode(b"\x041234")


def test_a_selected_field_that_does_not_belong_is_not_written() -> None:
    blue_with_data = Drawing(1, "", Colour.BLUE, b"1234", b"", (), None, b"red")
    with pytest.raises(EncodeError, match="does not belong"):
        blue_with_data.encode()


def test_elements_without_bytes_are_refused_instead_of_looping() -> None:
    with pytest.raises(EncodeError, match="no bytes"):
        codec_for(Vector[Nothing]).decode(b"\x01\x00")
