import pytest

from volly_browser.room.group.waiting import BYTES_LIMIT, PARCELS_LIMIT, WaitingParcels
from volly_browser.room.wire.frames import Kind, Parcel


def parcel(number: int = 0, size: int = 1, sender: str = "sender") -> Parcel:
    return Parcel(Kind.GROUP, number.to_bytes(size, "big"), sender)


def test_parcels_come_out_as_they_went_in() -> None:
    waiting = WaitingParcels()
    waiting.add(parcel(1), 1.0)
    waiting.add(parcel(2), 2.0)
    assert waiting.take() == [(parcel(1), 1.0), (parcel(2), 2.0)]
    assert waiting.take() == []


def test_parcels_keep_the_times_they_came_at() -> None:
    waiting, later = WaitingParcels(), WaitingParcels()
    waiting.add(parcel(1), 1.0)
    later.add(parcel(2), 2.0)
    later.add_all(waiting.take())
    assert later.take() == [(parcel(2), 2.0), (parcel(1), 1.0)]


def test_the_oldest_give_way_when_there_are_too_many() -> None:
    waiting = WaitingParcels()
    for number in range(PARCELS_LIMIT + 3):
        waiting.add(parcel(number, 2), 0.0)
    assert (len(waiting), waiting.dropped) == (PARCELS_LIMIT, 3)
    assert waiting.take()[0][0] == parcel(3, 2)


def test_the_oldest_give_way_when_they_are_too_large() -> None:
    waiting = WaitingParcels()
    for _ in range(5):
        waiting.add(parcel(0, BYTES_LIMIT // 2), 0.0)
    assert (len(waiting), waiting.dropped) == (2, 3)


@pytest.mark.parametrize("size", [1, BYTES_LIMIT // 8])
def test_a_sender_that_sends_too_much_pushes_out_only_what_is_its_own(size: int) -> None:
    waiting = WaitingParcels()
    theirs = [parcel(number, 1000, sender) for number in range(4) for sender in ("alice", "bob")]
    for one in theirs:
        waiting.add(one, 0.0)
    for number in range(2 * PARCELS_LIMIT):
        waiting.add(parcel(number % 256, size, "mallory"), 1.0)
    left = [one for one, _ in waiting.take()]
    assert left[: len(theirs)] == theirs
    assert {one.sender for one in left[len(theirs) :]} == {"mallory"}


def test_what_is_too_old_is_given_up() -> None:
    waiting = WaitingParcels()
    waiting.add(parcel(1), 1.0)
    waiting.add(parcel(2), 2.0)
    waiting.drop_before(2.0)
    assert waiting.take() == [(parcel(2), 2.0)]
