"""More people than a room holds: a small one here; `python3 build.py simulate --crowd 300` fills one as it is."""

from dataclasses import replace

import pytest

from tests.simulation.crowd import crowd
from volly_browser.room import labels
from volly_browser.room.door import admission

PLACES = 20


def make_room_small(monkeypatch: pytest.MonkeyPatch, places: int) -> None:
    monkeypatch.setattr(labels, "ROOM_LIMIT", places)
    monkeypatch.setattr(admission, "SEEN_OF_FULL", places * 3 // 4)


def make_rooms_small(monkeypatch: pytest.MonkeyPatch, places: int) -> None:
    monkeypatch.setattr(labels, "ROOM_LIMIT", places)
    monkeypatch.setattr(admission, "SEEN_OF_FULL", places * 3 // 4)


@pytest.mark.parametrize("seed", [1, 2])
def test_more_people_than_a_room_holds_end_in_a_full_room_and_clear_words(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_rooms_small(monkeypatch, PLACES)
    outcome = crowd(30, "classical", seed=seed)
    assert outcome.holds, str(outcome)
    assert outcome.inside == PLACES
    assert outcome.told == 10
    assert outcome.seconds_told < 1.0, "before they have waited"
    assert outcome.next_in == outcome.left == 3


def test_an_outcome_in_which_one_member_suffers_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    make_rooms_small(monkeypatch, 3)
    outcome = crowd(4, "classical", seconds=5.0, leavers=1)
    assert outcome.holds, str(outcome)
    for change in ({"lost": 1}, {"accused": 1}, {"told": 0}, {"inside": 2}, {"next_in": 0}, {"read": 1}):
        assert not replace(outcome, **change).holds
