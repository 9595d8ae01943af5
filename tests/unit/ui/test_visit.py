import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.unit.ui.alices_page import AlicesPage
from tests.unit.ui.fake_room import ALICE, BOB, CAROL, FakeRoom, settled
from volly_browser.room.events import (
    FrameRefused,
    MembersChanged,
    MessageGap,
    Problem,
    RoomError,
    RoomState,
    StateChanged,
)
from volly_browser.ui import wording

pytestmark = pytest.mark.usefixtures("faults")


@pytest.fixture
async def alice() -> AsyncIterator[AlicesPage]:
    alice = AlicesPage(FakeRoom())
    await settled()
    yield alice
    await alice.leave()


async def test_two_people_talk(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    assert (alice.state, alice.tone) == ("Sealed, post-quantum", "sealed")
    assert alice.document.lines("people-list") == ["BBob", "AAliceyou"]
    await alice.room.hears(BOB, "Hello, Alice")
    alice.conversation.send("Hello, Bob")
    await settled()
    await alice.room.network_takes(1)
    assert alice.room.sent == ["Hello, Bob"]
    assert alice.messages == [
        "You are in the room. \u2068Bob\u2069 is here. What was written before you came is not shown.",
        "BBobHello, Alice at 1990",
        "AAliceHello, Bob at 2000 Sent",
    ]


async def test_it_is_shown_how_many_have_what_was_said(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE, CAROL)
    alice.conversation.send("Hello")
    await settled()
    await alice.room.network_takes(1)
    await alice.room.others_have(1, 1, 2)
    assert alice.messages[-1].endswith("Received by 1 of 2")
    await alice.room.others_have(1, 2, 2)
    assert alice.messages[-1].endswith("Received by all")


async def test_what_is_written_without_keys_waits_for_them(alice: AlicesPage) -> None:
    await alice.room.happens(StateChanged(RoomState.WAITING_FOR_KEYS, "The keys are not here."))
    alice.conversation.send("Hello")
    assert alice.messages[-1].endswith("Waiting for keys")
    await alice.room.is_joined_by(ALICE)
    assert alice.messages[-1].endswith("Waiting for somebody")
    await alice.room.happens(MembersChanged((ALICE, BOB)))
    assert alice.messages[-2].endswith("Waiting to be sent")
    assert alice.room.sent == ["Hello"]


async def test_a_room_of_ones_own_offers_the_link_until_somebody_comes(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(ALICE)
    assert (alice.state, alice.tone) == ("Nobody else here", "alone")
    assert not alice.document.shown("alone").hidden
    await alice.room.happens(MembersChanged((ALICE, BOB)))
    assert alice.document.shown("alone").hidden
    assert alice.messages == ["\u2068Bob\u2069 came in."]
    assert alice.state == "Sealed, post-quantum"


async def test_what_is_written_alone_goes_to_whoever_comes_first(alice: AlicesPage) -> None:
    alice.conversation.send("Before the keys")
    await alice.room.is_joined_by(ALICE)
    alice.conversation.send("Before anybody came")
    await settled()
    assert alice.room.sent == []
    assert len(alice.conversation.unsent) == 2
    await alice.room.happens(MembersChanged((ALICE, BOB)))
    assert alice.room.sent == ["Before the keys", "Before anybody came"]
    await alice.room.network_takes(1)
    await alice.room.network_takes(2)
    assert alice.conversation.unsent == []


async def test_a_room_without_post_quantum_keys_says_so() -> None:
    alice = AlicesPage(FakeRoom(), policy="classical")
    await settled()
    await alice.room.is_joined_by(BOB, ALICE)
    assert (alice.state, alice.tone) == ("Sealed, not post-quantum", "classical")
    assert "not" not in alice.document.lines("protection-facts")[1]
    assert "DHKEMX25519" in alice.document.lines("protection-facts")[1]
    await alice.leave()


@pytest.mark.parametrize(
    ("state", "label"),
    [
        (RoomState.CONNECTING, "Connecting"),
        (RoomState.WAITING_FOR_KEYS, "Waiting for keys"),
        (RoomState.RECONNECTING, "Reconnecting"),
        (RoomState.UNREACHABLE, "No connection"),
        (RoomState.DISPLACED, "Place taken"),
    ],
)
async def test_every_state_is_named_and_explained(alice: AlicesPage, state: RoomState, label: str) -> None:
    await alice.room.happens(StateChanged(state, "This is what it means."))
    assert alice.state == label
    assert alice.document.shown("protection-text").textContent == "This is what it means."
    assert alice.document.shown("announcer").textContent == f"{label}. This is what it means."


async def test_a_server_that_is_down_can_be_tried_at_once(alice: AlicesPage) -> None:
    await alice.room.happens(StateChanged(RoomState.UNREACHABLE, "The server does not answer."))
    assert (alice.notice, alice.button) == ("The server does not answer.", "Try now")
    alice.press_button()
    assert alice.room.tries == 1
    await alice.room.is_joined_by(ALICE)
    assert alice.notice == ""


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (RoomState.CONNECTING, "for the connection"),
        (RoomState.UNREACHABLE, "for the connection"),
        (RoomState.WAITING_FOR_KEYS, "for the keys"),
        (RoomState.RECONNECTING, "for the connection"),
        (RoomState.DISPLACED, "until you take over"),
    ],
)
async def test_while_nothing_can_be_sent_it_is_said_what_it_waits_for(
    alice: AlicesPage, state: RoomState, what: str
) -> None:
    await alice.room.happens(StateChanged(state, "This is what it means."))
    assert alice.activity == f"Your messages wait {what}."
    await alice.room.is_joined_by(BOB, ALICE)
    assert alice.activity == ""


async def test_who_is_writing_is_shown_until_their_message_comes(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.sees_typing(BOB)
    assert alice.activity == "\u2068Bob\u2069 is typing…"
    await alice.room.hears(BOB, "Hello")
    assert alice.activity == ""


async def test_whoever_leaves_is_not_shown_writing(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE, CAROL)
    await alice.room.sees_typing(BOB)
    await alice.room.sees_typing(CAROL)
    assert alice.activity == "\u2068Bob\u2069 and \u2068Carol\u2069 are typing…"
    await alice.room.happens(MembersChanged((ALICE, CAROL)))
    assert alice.activity == "\u2068Carol\u2069 is typing…"


async def test_the_room_is_told_that_we_are_writing(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    alice.conversation.typing()
    assert alice.room.keys == 1


async def test_after_the_visit_nobody_is_shown_writing(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.sees_typing(BOB)
    await alice.leave()
    assert alice.activity == ""


async def test_a_place_that_was_taken_can_be_taken_over(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(StateChanged(RoomState.DISPLACED, "Another connection has our place."))
    assert (alice.tone, alice.notice, alice.button) == ("broken", "Another connection has our place.", "Take over")
    alice.conversation.send("Still there?")
    assert alice.messages[-1].endswith("Waiting to be sent")
    alice.press_button()
    assert alice.room.tries == 1
    await alice.room.happens(StateChanged(RoomState.JOINED, "Back."))
    assert alice.notice == ""
    assert alice.room.sent == ["Still there?"]


async def test_what_is_written_during_a_reconnect_waits(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(StateChanged(RoomState.RECONNECTING, "The connection is lost."))
    alice.conversation.send("Still there?")
    await settled()
    assert alice.room.sent == []
    await alice.room.happens(StateChanged(RoomState.JOINED, "Back."))
    assert alice.room.sent == ["Still there?"]


async def test_coming_and_going_is_noted(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(MembersChanged((ALICE, CAROL)))
    assert alice.messages[1:] == ["\u2068Bob\u2069 left.", "\u2068Carol\u2069 came in."]


async def test_missing_messages_leave_a_visible_gap(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(MessageGap(BOB.member_id, "Bob", 2))
    assert alice.messages[-1] == "2 messages from \u2068Bob\u2069 are missing."
    assert "warning" in alice.document.shown("messages").elements[-1].classes


async def test_the_last_words_of_somebody_who_left_keep_their_name(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(MembersChanged((ALICE,)))
    await alice.room.hears(BOB, "Bye")
    assert alice.messages[-1] == "BBobBye at 1990"


async def test_a_clock_that_runs_ahead_does_not_date_messages_into_the_future(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.hears(BOB, "From tomorrow", sent_at=90_000.0)
    assert alice.messages[-1] == "BBobFrom tomorrow at 2000"


async def test_a_problem_is_shown_until_it_is_dismissed(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(Problem("Something was lost."))
    assert (alice.notice, alice.button) == ("Something was lost.", "")
    await alice.room.happens(MembersChanged((ALICE, BOB, CAROL)))
    assert alice.notice == "Something was lost."
    alice.document.shown("notice-close").dispatch("click")
    assert alice.notice == ""


async def test_noise_from_strangers_is_not_shown(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(ALICE)
    before = alice.messages
    await alice.room.happens(FrameRefused("stranger", "It is not sealed with our key."))
    assert alice.messages == before
    assert alice.notice == ""


async def test_a_room_that_cannot_be_joined_says_why_and_can_be_tried_again() -> None:
    alice = AlicesPage(FakeRoom(join_fails=RoomError("This room is full.")), FakeRoom())
    await settled()
    first = alice.room
    assert (alice.tone, alice.notice, alice.button) == ("broken", "This room is full.", "Start over")
    alice.press_button()
    await settled()
    assert first.has_left
    assert (alice.state, alice.notice) == ("Getting ready", "")
    await alice.room.is_joined_by(BOB, ALICE)
    assert alice.state == "Sealed, post-quantum"
    await alice.leave()
    assert alice.room.has_left


async def test_a_room_that_cannot_be_opened_says_so_and_can_be_left(faults: list[BaseException]) -> None:
    alice = AlicesPage(FakeRoom())
    alice.rooms.clear()  # so that the next one is not to be had
    await settled()
    assert (alice.state, alice.notice, alice.button) == ("Closed", wording.FAULT, "Start over")
    await alice.leave()
    assert [type(fault) for fault in faults] == [IndexError]
    faults.clear()


async def test_leaving_ends_the_visit_and_everything_that_ran_for_it(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    before = asyncio.all_tasks() - {alice.running}
    await alice.leave()
    assert alice.room.has_left
    await settled()
    assert not [task for task in before if task is not asyncio.current_task() and not task.done()]
