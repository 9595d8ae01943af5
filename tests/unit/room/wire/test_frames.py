import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.bounds import at_most_bytes, at_most_seconds
from volly_browser.errors import LocalError
from volly_browser.room import labels
from volly_browser.room.wire.frames import BODY_LIMIT, PARTS_LIMIT, Assembler, Frame, FrameError, Kind, Parcel, split
from volly_browser.transport.contract import FRAME_LIMIT

WELCOME = random.Random(1).randbytes(27_000)


def put_together(frames: list[bytes], assembler: Assembler | None = None) -> list[Parcel]:
    assembler = assembler or Assembler()
    return [parcel for frame in frames if (parcel := assembler.add(frame, "alice"))]


@pytest.mark.parametrize("size", [0, 1, BODY_LIMIT, BODY_LIMIT + 1, 3 * BODY_LIMIT, labels.PARCEL_LIMIT])
def test_a_parcel_arrives_as_it_was_sent(size: int) -> None:
    payload = random.Random(size).randbytes(size)
    frames = split(Kind.DOOR, payload)
    assert all(len(frame) <= FRAME_LIMIT for frame in frames)
    assert put_together(frames) == [Parcel(Kind.DOOR, payload, "alice")]


def test_a_parcel_that_is_too_large_is_not_split() -> None:
    with pytest.raises(LocalError, match="too many to send"):
        split(Kind.DOOR, bytes(labels.PARCEL_LIMIT + 1))


@given(st.permutations(range(7)), st.lists(st.integers(0, 6), max_size=5))
def test_frames_may_come_in_any_order_and_repeatedly(order: list[int], repeated: list[int]) -> None:
    frames = split(Kind.GROUP, WELCOME[:BODY_LIMIT] * 7)
    assembler = Assembler()
    last = order[-1]
    early = [index for index in repeated if index != last]
    assert put_together([frames[index] for index in [*early, *order]], assembler) == put_together(frames)
    assert assembler.size == 0


def test_parcels_of_several_senders_and_kinds_are_kept_apart() -> None:
    assembler = Assembler()
    first, second = split(Kind.DOOR, WELCOME), split(Kind.GROUP, WELCOME)
    assert assembler.add(first[0], "alice") is None
    assert assembler.add(second[1], "alice") is None
    assert assembler.add(first[1], "bob") is None
    assert assembler.add(first[1], "alice") == Parcel(Kind.DOOR, WELCOME, "alice")
    assert assembler.add(second[0], "alice") == Parcel(Kind.GROUP, WELCOME, "alice")


def test_a_changed_byte_anywhere_in_a_body_is_noticed() -> None:
    first, second = split(Kind.DOOR, WELCOME)
    changed = bytearray(second)
    changed[-1] ^= 1
    assembler = Assembler()
    assembler.add(first, "mallory")
    with pytest.raises(FrameError, match="digest"):
        assembler.add(bytes(changed), "mallory")
    assert assembler.size == 0


def test_a_frame_cannot_be_passed_off_as_another_kind() -> None:
    [frame] = split(Kind.GROUP, b"sealed")
    with pytest.raises(FrameError, match="digest"):
        Assembler().add(frame[:1] + bytes([Kind.DOOR]) + frame[2:], "mallory")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"version": 3}, "version 3"),
        ({"kind": 0}, "unknown kind 0"),
        ({"kind": 200}, "unknown kind 200"),
        ({"count": 0}, "number 0 of 0"),
        ({"index": 3}, "number 3 of 1"),
        ({"count": PARTS_LIMIT + 1}, f"of {PARTS_LIMIT + 1}"),
        ({"index": 65535, "count": 65535}, "number 65535"),
    ],
)
def test_a_frame_that_makes_no_sense_is_refused(changes: dict[str, int], says: str) -> None:
    fields = {"version": 2, "kind": 1, "digest": bytes(16), "index": 0, "count": 1, "body": b""} | changes
    with pytest.raises(FrameError, match=says):
        Assembler().add(Frame(**fields).encode(), "mallory")  # type: ignore[arg-type]


def test_frames_of_one_parcel_that_contradict_each_other_are_refused() -> None:
    assembler = Assembler()
    assembler.add(Frame(2, 1, bytes(16), 0, 3, b"a").encode(), "mallory")
    with pytest.raises(FrameError, match="contradict"):
        assembler.add(Frame(2, 1, bytes(16), 1, 2, b"b").encode(), "mallory")


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_or_are_a_frame(data: bytes) -> None:
    try:
        parcel = Assembler().add(data, "mallory")
    except FrameError:
        return
    assert parcel is None or split(parcel.kind, parcel.payload) == [data]


def test_every_truncation_is_refused() -> None:
    [frame] = split(Kind.GROUP, b"sealed bytes")
    for length in range(len(frame)):
        with pytest.raises(FrameError):
            Assembler().add(frame[:length], "mallory")


def test_claims_about_size_reserve_nothing() -> None:
    assembler = Assembler()
    assembler.add(Frame(2, 1, bytes(16), 0, PARTS_LIMIT, b"").encode(), "mallory")
    assert assembler.size < 1000


def test_memory_is_bounded_and_one_sender_does_not_push_out_another() -> None:
    assembler = Assembler(limit=100_000)
    honest = split(Kind.DOOR, WELCOME)
    assembler.add(honest[0], "alice")
    for number in range(1000):
        digest = number.to_bytes(16, "big")
        assembler.add(Frame(2, 1, digest, 0, 2, bytes(10_000)).encode(), "mallory")
    assert assembler.size <= 120_000
    assert assembler.add(honest[1], "alice") == Parcel(Kind.DOOR, WELCOME, "alice")


def test_a_flood_of_tiny_pieces_takes_no_more_memory_than_large_ones() -> None:
    assembler = Assembler(limit=1_000_000)
    flood = [Frame(2, 1, number.to_bytes(16, "big"), 0, 2, b"").encode() for number in range(4000)]
    with at_most_bytes(1_500_000):
        for frame in flood:
            assembler.add(frame, "mallory")


def test_a_flood_of_tiny_pieces_takes_time_in_proportion_only() -> None:
    assembler = Assembler()
    flood = [Frame(2, 1, number.to_bytes(16, "big"), 0, 2, b"").encode() for number in range(20_000)]
    with at_most_seconds(3.0):
        for number, frame in enumerate(flood):
            assembler.add(frame, f"mallory {number % 3}")


def test_memory_is_bounded_whatever_senders_the_server_invents() -> None:
    assembler = Assembler(limit=50_000)
    for number in range(1000):
        assembler.add(Frame(2, 1, bytes(16), 0, 2, bytes(10_000)).encode(), f"mallory {number}")
    assert assembler.size <= 4 * 50_000


def test_what_a_sender_began_can_be_forgotten() -> None:
    assembler = Assembler()
    assembler.add(split(Kind.DOOR, WELCOME)[0], "alice")
    assembler.forget("alice")
    assert assembler.size == 0
