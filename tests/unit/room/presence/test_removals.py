from tests.unit.room.cast import entry, id_of
from volly_browser.room.presence.removals import Removal, Removals
from volly_browser.room.timing import Timing

TIMING = Timing()
ALICE, BOB, CAROL = entry("Alice"), entry("Bob"), entry("Carol")


def test_a_removal_is_told_once_after_a_moment() -> None:
    removals = Removals(TIMING)
    assert removals.deadline() is None
    removals.removed(ALICE, [BOB, CAROL], 10.0)
    assert removals.deadline() == 10.0 + TIMING.last_word
    assert removals.take_due(10.0 + TIMING.last_word - 0.01) == []
    assert removals.take_due(10.0 + TIMING.last_word) == [Removal(ALICE, (BOB, CAROL))]
    assert removals.take_due(1e6) == []


def test_a_member_that_said_farewell_was_not_put_out() -> None:
    removals = Removals(TIMING)
    removals.removed(ALICE, [BOB, CAROL], 10.0)
    removals.departed(id_of("Bob"))
    assert removals.take_due(1e6) == [Removal(ALICE, (CAROL,))]
    removals.removed(ALICE, [BOB], 20.0)
    removals.departed(id_of("Bob"))
    assert removals.deadline() is None


def test_a_leaving_member_reports_no_removals() -> None:
    removals = Removals(TIMING)
    removals.removed(ALICE, [BOB], 10.0)
    removals.group_left()
    assert removals.take_due(1e6) == []
