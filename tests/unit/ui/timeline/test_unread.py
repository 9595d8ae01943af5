"""What was not read: how many messages, and before which the line stands."""

import pytest

from tests.unit.bounds import at_most_seconds
from volly_browser.chat.timeline import ENTRIES_LIMIT
from volly_browser.ui.timeline.unread import Unread


class Places(dict[str, int]):
    """Where rows stand."""

    def put(self, *row_ids: str) -> None:
        for row_id in row_ids:
            self[row_id] = len(self)


@pytest.fixture
def places() -> Places:
    places = Places()
    places.put("a", "b", "c", "d")
    return places


@pytest.fixture
def unread(places: Places) -> Unread:
    unread = Unread(places.get)
    unread.read("a", is_watched=False)
    return unread


def test_what_is_seen_as_it_comes_is_read(unread: Unread) -> None:
    unread.read("a", is_watched=True)
    unread.came("b")
    assert (len(unread), unread.first) == (0, "")


def test_what_comes_unseen_is_counted_until_it_is_read(unread: Unread) -> None:
    for row_id in ("b", "c", "d"):
        unread.came(row_id)
    assert (len(unread), unread.first) == (3, "b")
    unread.read("c", is_watched=False)
    assert (len(unread), unread.first) == (1, "b")
    unread.read("a", is_watched=False)
    assert len(unread) == 1, "what was read once is read, also if the user scrolls back"


def test_the_line_goes_when_all_is_read_and_something_was_said(unread: Unread) -> None:
    unread.came("b")
    unread.said_something()
    assert unread.first == "b"
    unread.read("b", is_watched=True)
    assert unread.first == "b"
    unread.said_something()
    assert unread.first == ""


def test_the_line_moves_to_what_comes_unseen_after_all_was_read(unread: Unread) -> None:
    unread.came("b")
    unread.read("b", is_watched=False)
    unread.came("c")
    assert (len(unread), unread.first) == (1, "c")


def test_a_late_message_that_stands_earlier_has_the_line_before_it(unread: Unread) -> None:
    unread.came("d")
    unread.came("c")
    assert unread.first == "c"
    unread.read("d", is_watched=True)
    assert len(unread) == 0


def test_what_is_gone_counts_no_more(unread: Unread, places: Places) -> None:
    for row_id in ("b", "c"):
        unread.came(row_id)
    del places["b"]
    unread.read("a", is_watched=False)
    assert len(unread) == 1
    unread.read("nowhere", is_watched=False)
    assert len(unread) == 1


def test_no_more_is_counted_than_there_can_be(places: Places, unread: Unread) -> None:
    for number in range(ENTRIES_LIMIT + 10):
        places.put(f"{number}")
        unread.came(f"{number}")
    assert len(unread) == ENTRIES_LIMIT


def test_what_disappears_is_not_unread_and_the_line_moves_to_the_next(unread: Unread, places: Places) -> None:
    for row_id in ("b", "c", "d"):
        unread.came(row_id, is_for_us=row_id == "b")
    assert unread.for_us == 1
    del places["b"]
    unread.gone(["b", "elsewhere"])
    assert (len(unread), unread.first, unread.for_us) == (2, "c", 0)
    unread.gone(["d"])
    assert (len(unread), unread.first) == (1, "c")
    del places["c"]
    unread.gone(["c"])
    assert (len(unread), unread.first) == (0, "")


def test_very_many_that_disappear_at_once_or_one_by_one_cost_little(places: Places, unread: Unread) -> None:
    rows = [f"{number}" for number in range(ENTRIES_LIMIT)]
    places.put(*rows)
    with at_most_seconds(2):
        for row_id in rows:
            unread.came(row_id, is_for_us=True)
        for row_id in rows[: ENTRIES_LIMIT // 2]:
            del places[row_id]
            unread.gone([row_id])
        assert unread.first == rows[ENTRIES_LIMIT // 2]
        unread.gone(rows)
    assert (len(unread), unread.first, unread.for_us) == (0, "", 0)
