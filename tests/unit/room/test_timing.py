"""The durations that depend on each other: each is longer than what it waits for."""

from dataclasses import fields

from volly_browser.mls.settings import Settings
from volly_browser.room import labels
from volly_browser.room.door.key_packages import BUNDLE_LIFE
from volly_browser.room.door.questions import OPEN_SECONDS
from volly_browser.room.presence.typing import SHOWN_FOR
from volly_browser.room.session.room_task import LEAVING_LIMIT
from volly_browser.room.timing import SMALL_GROUP, Timing, crowding
from volly_browser.ui.rooms import shown_room

TIMING = Timing()


def test_nothing_takes_longer_in_a_small_group_and_everything_in_proportion_in_a_crowd() -> None:
    assert [crowding(people) for people in (0, 1, SMALL_GROUP)] == [1.0, 1.0, 1.0]
    assert crowding(2 * SMALL_GROUP) == 2.0
    assert crowding(labels.ROOM_LIMIT) == labels.ROOM_LIMIT / SMALL_GROUP
    assert crowding(8, few=4) == 2.0


def test_every_duration_is_one() -> None:
    assert all(getattr(TIMING, field.name) > 0 for field in fields(Timing))


def test_a_missed_sign_of_life_or_two_makes_no_member_silent_nor_us_alone() -> None:
    assert TIMING.silences * TIMING.heartbeat > 2 * TIMING.heartbeat
    assert TIMING.unheard > TIMING.heartbeat
    assert TIMING.unheard < TIMING.silences * TIMING.heartbeat, "we doubt ourselves before the others"


def test_newcomers_wait_for_members_as_long_as_those_may_take() -> None:
    assert TIMING.unanswered_hello <= TIMING.longest_unanswered_hello < BUNDLE_LIFE
    assert TIMING.deserted_group > TIMING.absence, "the first that has vanished is removed before"
    assert TIMING.silent_peer < TIMING.deserted_group < TIMING.closed_group < TIMING.full_room
    assert 1.25 * TIMING.longest_unanswered_hello < TIMING.closed_group, "they knock once more before they give up"


def test_what_is_asked_again_is_not_asked_while_its_answer_is_refused() -> None:
    assert TIMING.answer_again < TIMING.ask_again < OPEN_SECONDS
    assert TIMING.commit_in_flight < TIMING.doubt < TIMING.doubt_again


def test_receipts_come_before_a_message_is_sent_again_or_nudged() -> None:
    for members in (2, 8):
        receipt = TIMING.receipt + TIMING.receipt_growth * members**2
        assert receipt < TIMING.resend_after
        assert receipt < TIMING.nudge


def test_a_message_that_comes_early_or_late_can_still_be_read() -> None:
    assert TIMING.early < Settings().past_epoch_seconds
    assert TIMING.resend_after < Settings().past_epoch_seconds
    assert TIMING.last_word < Settings().past_epoch_seconds, "a farewell is said in an epoch that has ended by then"
    assert TIMING.gone_sender < TIMING.forget_gone


def test_typing_is_shown_until_the_next_notice_comes() -> None:
    assert TIMING.typing < SHOWN_FOR


def test_leaving_ends_before_it_is_made_to() -> None:
    assert TIMING.last_words + TIMING.farewell < LEAVING_LIMIT < shown_room.LEAVING_LIMIT
