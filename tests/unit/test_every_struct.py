"""What holds for every wire struct, whichever there are: round trips, and refusals of hostile bytes."""

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from tests.unit.bounds import at_most_bytes, at_most_seconds
from tests.unit.fuzzing.examples import examples
from tests.unit.fuzzing.mutations import mutated
from tests.unit.fuzzing.structs import every_struct, every_vector, values
from volly_browser.mls.codec import DecodeError, Struct, codec_for

STRUCTS = [pytest.param(struct, id=struct.__name__) for struct in every_struct()]
VECTORS = [pytest.param(vector, element, id=name) for vector, (name, element) in every_vector().items()]

OCTETS = [bytes([octet]) for octet in (*range(10), 0x3F, 0x40, 0x7F, 0x80, 0xBF, 0xC0, 0xFF)]
"""Tags, presences and lengths, known and unknown, and the edges of their forms."""

LARGE = 60_000
"""Bytes of a vector: enough that a decoder whose work grew with the square would take minutes."""


def test_structs_are_found() -> None:
    """Those of a room lie in folders."""
    assert {struct.__module__.split(".")[1] for struct in every_struct()} == {"chat", "mls", "room"}
    assert len(STRUCTS) > 100
    assert {"Credential", "Knock", "Answer", "Frame", "Order", "Payload"} <= {param.id for param in STRUCTS}


def decode(struct: type[Struct], data: bytes) -> None:
    """Decode hostile bytes: they are refused as such, or encode to themselves."""
    try:
        decoded = struct.decode(data)
    except DecodeError:
        return
    assert decoded.encode() == data


@pytest.mark.parametrize("struct", STRUCTS)
def test_what_is_encoded_decodes_to_the_same(struct: type[Struct]) -> None:
    @examples(5)
    @given(values(struct))
    def holds(value: Struct) -> None:
        assert struct.decode(value.encode()) == value

    holds()


@pytest.mark.parametrize("struct", STRUCTS)
def test_hostile_bytes_are_refused_or_mean_what_they_say(struct: type[Struct]) -> None:
    @examples(8)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        pair = [data.draw(values(struct)).encode(), data.draw(st.binary(max_size=60))]
        decode(struct, data.draw(mutated(pair)))

    holds()


@pytest.mark.parametrize("struct", STRUCTS)
def test_every_byte_may_be_another_one(struct: type[Struct]) -> None:
    @examples(2)
    @given(values(struct))
    def holds(value: Struct) -> None:
        encoded = value.encode()[:200]
        for at in range(len(encoded)):
            for octet in OCTETS:
                decode(struct, encoded[:at] + octet + encoded[at + 1 :])

    holds()


@pytest.mark.parametrize("struct", STRUCTS)
def test_claims_of_a_gigabyte_take_no_memory(struct: type[Struct]) -> None:
    @examples(2)
    @given(values(struct))
    def holds(value: Struct) -> None:
        encoded = value.encode()[:300]
        with at_most_bytes(200_000):
            for at in range(len(encoded)):
                decode(struct, encoded[:at] + b"\xbf\xff\xff\xff" + encoded[at + 4 :])

    holds()


@pytest.mark.parametrize(("vector", "element"), VECTORS)
def test_a_vector_of_very_many_small_elements_takes_time_and_memory_in_proportion(
    vector: object, element: object
) -> None:
    smallest = find(values(element), lambda _: True, settings=settings(max_examples=1, phases=[Phase.generate]))
    many = LARGE // (len(codec_for(vector).encode((smallest,))) - 1)
    encoded = codec_for(vector).encode((smallest,) * many)
    with at_most_seconds(1):
        assert len(codec_for(vector).decode(encoded)) == many
    encoded = codec_for(vector).encode((smallest,) * (many // 10))
    with at_most_bytes(many * 100):
        codec_for(vector).decode(encoded)
