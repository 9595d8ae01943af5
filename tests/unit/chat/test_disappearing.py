"""Messages go when their time is over, by a clock that nobody sets, and nothing of them comes back."""

import pytest

from tests.unit.chat.contents import ALICE, BOB, NAMES, NOW, Talk
from volly_browser.chat import timeline as module
from volly_browser.chat.contents import Contents
from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Timeline
from volly_browser.room.events import HistoryReceived, MessageQueued, MessageReceived, MessageSent, RelayedMessage
from volly_browser.room.mimi import Content, Expiration, text_content


class Telling:
    def __init__(self) -> None:
        self.seconds = 50.0
        self.timeline = Timeline("Alice", lambda: self.seconds)
        self.talk = Talk()

    def hears(self, text: str = "short", lifetime: int | None = 60, reply_to: str | None = None) -> MessageReceived:
        salt = len(self.timeline).to_bytes(16, "big")
        said = self.talk.sends(BOB, Contents(salt, 0.0, lifetime=lifetime).text(text, reply_to))
        self.timeline.apply(said, NOW)
        return said

    @property
    def texts(self) -> list[str | None]:
        return [entry.text for entry in self.timeline if isinstance(entry, Message)]


def test_a_message_goes_when_its_time_is_over_and_one_without_a_timer_stays() -> None:
    told = Telling()
    first, _ = told.hears(), told.hears("lasting", None)
    told.seconds += 20
    told.hears("later")
    assert told.timeline.next_goes_in == 40.0
    told.seconds += 39.9
    assert not told.timeline.forget_what_is_over()
    told.seconds += 0.1
    assert told.timeline.forget_what_is_over() == {first.message_id}
    assert told.texts == ["lasting", "later"]
    told.seconds += 1e9
    told.timeline.forget_what_is_over()
    assert told.texts == ["lasting"]
    assert told.timeline.next_goes_in is None


@pytest.mark.parametrize("clock", [0.0, 1.0, 1e9, 1e15])
def test_no_clock_that_shows_another_time_makes_a_message_go_sooner_or_later(clock: float) -> None:
    told = Telling()
    content = Contents(bytes(16), clock, lifetime=60).text("short")
    told.timeline.apply(told.talk.sends(BOB, content), clock / 2)
    told.seconds += 59
    told.timeline.forget_what_is_over()
    assert told.texts == ["short"]
    told.seconds += 1
    told.timeline.forget_what_is_over()
    assert told.texts == []


def test_a_day_that_an_author_names_counts_by_the_author_s_own_clock() -> None:
    sent_at = 1_000_000
    said = text_content("short", bytes(16), sent_at)
    content = Content(said.salt, said.sent_at, None, b"", Expiration(0, sent_at + 60), None, said.parts)
    assert content.lifetime == 60.0
    over = Content(said.salt, said.sent_at, None, b"", Expiration(0, 5), None, said.parts)
    assert over.lifetime == 0.0


def test_ours_goes_by_the_time_at_which_it_was_sent() -> None:
    told = Telling()
    told.timeline.apply(MessageQueued("id", ALICE, Contents(bytes(16), 0.0, lifetime=60).text("ours")), NOW)
    told.seconds += 1000
    assert told.timeline.next_goes_in is None, "nobody has it yet"
    told.timeline.apply(MessageSent("id", 1), NOW)
    assert told.timeline.next_goes_in == 60.0
    told.seconds += 60
    assert told.timeline.forget_what_is_over() == {"id"}


def test_nothing_stays_that_was_said_about_what_is_gone() -> None:
    told = Telling()
    first = told.hears()
    told.timeline.apply(told.talk.reacts(BOB, first, "👍"), NOW)
    told.seconds += 60
    assert told.timeline.forget_what_is_over() == {first.message_id}
    assert told.timeline.find(first.message_id) is None
    assert told.timeline.reactions_of(first.message_id, BOB, "👍") == []


def test_nothing_of_what_is_gone_comes_back() -> None:
    told = Telling()
    first = told.hears()
    told.seconds += 60
    told.timeline.forget_what_is_over()
    assert not told.timeline.apply(first, NOW)
    assert not told.timeline.apply(told.talk.edits(BOB, first, "again"), NOW)
    assert len(told.timeline._waiting) == 0
    assert not told.timeline.apply(HistoryReceived((RelayedMessage(first, ALICE, NAMES[ALICE], True, 30.0),)), NOW)
    assert told.texts == []


def test_what_newcomers_are_told_stays_for_as_long_as_was_left() -> None:
    told = Telling()
    said = told.talk.sends(BOB, Contents(bytes(16), 0.0, lifetime=600).text("short"))
    told.timeline.apply(HistoryReceived((RelayedMessage(said, ALICE, NAMES[ALICE], True, 30.0),)), NOW)
    assert told.timeline.next_goes_in == 30.0


def test_what_is_gone_is_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GONE_LIMIT", 5)
    told = Telling()
    for number in range(20):
        told.hears(f"{number}")
    told.seconds += 60
    told.timeline.forget_what_is_over()
    assert len(told.timeline._gone) == 5


def test_what_has_given_way_to_others_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ENTRIES_LIMIT", 5)
    told = Telling()
    for number in range(50):
        told.hears(f"{number}")
    assert len(told.timeline._over) <= 10
    told.seconds += 60
    told.timeline.forget_what_is_over()
    assert told.texts == []
