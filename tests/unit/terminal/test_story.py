"""What becomes of events: notes, numbers, the status."""

from dataclasses import replace

import pytest

from tests.unit.terminal.telling import BOB, CAROL, Telling
from volly_browser.chat import timeline
from volly_browser.room.content.settings import Pin, Setting, Timer, Title
from volly_browser.room.events import (
    ConnectionsLost,
    FrameRefused,
    MemberMisbehaved,
    MembersRemoved,
    MessageGap,
    MessageUnreadable,
    Misbehaviour,
    OtherConversation,
    Problem,
    RenewalOverdue,
    RoomState,
    Typing,
)
from volly_browser.ui.people.people import tag_of
from volly_browser.ui.wording import Remedy


def notes(telling: Telling) -> list[str]:
    return [line for line in telling.drawn(400) if line[:2] in ("* ", "! ")]


def test_a_newcomer_is_told_whom_it_found() -> None:
    assert notes(Telling()) == ["* You are in the room. Bob is here. What was written before you came is not shown."]


def test_a_newcomer_to_a_room_that_tells_of_the_past_is_told_how_much() -> None:
    assert "Newcomers are shown the last 50 messages" in notes(Telling(history=50))[0]


def test_the_first_one_is_told_so() -> None:
    assert notes(Telling([])) == ["* You are in the room, and the first here."]


def test_who_comes_and_goes_and_changes_names_is_noted() -> None:
    telling = Telling()
    telling.members(BOB, CAROL)
    telling.members(CAROL)
    telling.members(replace(CAROL, name="Caroline"))
    assert notes(telling)[1:] == ["* Carol came in.", "* Bob left.", "* Carol is called Caroline now."]


def test_people_of_one_name_are_told_apart() -> None:
    telling = Telling()
    other = replace(CAROL, name="BOB")
    telling.members(BOB, other)
    telling.hears("it is me", other)
    assert f"BOB ({tag_of(CAROL.member_id)}): it is me" in telling.drawn()[-1]


def test_when_all_that_one_talked_with_were_replaced_it_is_said() -> None:
    telling = Telling()
    telling.hears("hi")
    telling.members(replace(BOB, member_id="d" * 32))
    assert "Everyone you talked with has left" in notes(telling)[-1]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (MessageGap("b" * 32, "Bob", 3), "! 3 messages from Bob are missing."),
        (MessageUnreadable("b" * 32, "Bob"), "! A message from Bob cannot be shown"),
        (MemberMisbehaved("b" * 32, "Bob", Misbehaviour.FALSE_RECEIPT), "! Bob claims to have received"),
        (MembersRemoved("b" * 32, "Bob", ("Carol",)), "! Bob removed Carol"),
    ],
)
def test_what_is_not_to_be_overlooked_is_a_warning(event: object, words: str) -> None:
    telling = Telling()
    telling.happens(event)  # type: ignore[arg-type]
    assert notes(telling)[-1].startswith(words)


@pytest.mark.parametrize("event", [Problem("A sentence."), RenewalOverdue(300.0), OtherConversation("aa", 3)])
def test_what_is_to_be_read_at_once_is_a_notice(event: object) -> None:
    telling = Telling()
    assert not telling.happens(event)  # type: ignore[arg-type]
    assert telling.story.notice


@pytest.mark.parametrize("event", [FrameRefused("x", "Noise."), ConnectionsLost(("b" * 32,))])
def test_noise_is_not_shown(event: object) -> None:
    telling = Telling()
    before = notes(telling)
    telling.happens(event)  # type: ignore[arg-type]
    assert (notes(telling), telling.story.notice) == (before, "")


def test_messages_have_numbers_in_the_order_in_which_they_came() -> None:
    telling = Telling()
    first, second = telling.hears("one"), telling.writes("two")
    assert [telling.story.numbers.of(each) for each in (first, second)] == [1, 2]
    assert telling.story.numbers.message_id(2) == second
    assert telling.story.numbers.message_id(3) == ""


def test_numbers_of_what_is_forgotten_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "ENTRIES_LIMIT", 10)
    telling = Telling()
    ids = [telling.hears(f"text {number}") for number in range(50)]
    assert telling.story.numbers.of(ids[0]) is None
    assert telling.story.numbers.of(ids[-1]) == 50
    assert len(telling.story.numbers._ids) == len(telling.story.numbers._numbers) == 10


def test_what_waits_says_what_for_and_looks_different_when_that_changes() -> None:
    telling = Telling()
    telling.members()
    message_id = telling.writes("is one there?")
    assert telling.drawn()[-1].endswith("Waiting for somebody")
    assert telling.is_in(RoomState.RECONNECTING) == {message_id}
    assert telling.drawn()[-1].endswith("Waiting to be sent")
    assert message_id in telling.members(BOB)
    assert telling.story.unsent == 1
    telling.sends(message_id)
    assert telling.story.unsent == 0


def test_the_status_says_how_things_stand_and_what_helps() -> None:
    telling = Telling()
    assert telling.story.status.label == "Sealed, post-quantum"
    assert Telling(policy="classical").story.status.label == "Sealed, not post-quantum"
    telling.is_in(RoomState.UNREACHABLE, "The server sleeps.")
    assert (telling.story.status.remedy, telling.story.sentence) == (Remedy.TRY_NOW, "The server sleeps.")


def test_writers_are_shown_until_they_have_written_or_stopped() -> None:
    telling = Telling()
    telling.happens(Typing("b" * 32, "Bob"))
    assert "is typing" in telling.story.typing
    assert telling.story.typing_until == 5.0
    telling.hears("done")
    assert telling.story.typing == ""
    telling.happens(Typing("b" * 32, "Bob"))
    telling.now = 6.0
    assert telling.story.typing == ""
    telling.happens(Typing("e" * 32, "a stranger"))
    assert telling.story.typing == ""


def test_in_another_group_what_comes_stands_behind_what_was_there() -> None:
    telling = Telling()
    telling.room.epoch = 9
    telling.hears("before")
    telling.hears("before, too")
    telling.members(BOB)
    telling.room.epoch = 0
    telling.members(CAROL)
    telling._lamports = iter(range(1, 9))  # type: ignore[assignment]
    telling.hears("after", CAROL)
    assert telling.drawn()[-1].endswith("after")


def test_what_is_set_for_the_room_is_told_with_the_name_of_the_one_that_set_it() -> None:
    telling = Telling()
    settings = (Setting(Title("Tea"), 1), Setting(Timer(3600), 1))
    telling.receives(telling.contents.settings(settings))
    assert telling.story.title == "Tea"
    assert [line for line in telling.drawn() if "set" in line] == [
        "* Bob set the title to “Tea”.",
        "* Bob set messages to disappear after 1 hour.",
    ]
    message_id = telling.hears("pin me")
    telling.receives(telling.contents.settings((Setting(Pin(bytes.fromhex(message_id), 1), 1),)))
    assert telling.story.room_lines()[-1] == f"Pinned: {telling.story.numbers.of(message_id)}."
    assert Telling().story.room_lines() == ["Nothing is set for this room."]
