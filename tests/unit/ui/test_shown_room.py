import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.unit.ui.fake_page import FakeDocument, FakeListeners
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
from volly_browser.ui.activity import Activity
from volly_browser.ui.attention import Attention
from volly_browser.ui.element import Page
from volly_browser.ui.messages import MessagesView
from volly_browser.ui.people import PeopleView
from volly_browser.ui.shown_room import ShownRoom, Views
from volly_browser.ui.status import StatusView


class Visit:
    """Alice's page and the room it shows."""

    def __init__(self, room: FakeRoom, policy: str = "hybrid") -> None:
        self.room = room
        self.document = FakeDocument()
        self.listeners = FakeListeners()
        self.conversation = ShownRoom(room, policy, "Alice", clock=lambda: 2000.0)
        self.running = asyncio.ensure_future(self.conversation.run(self._views()))

    def _views(self) -> Views:
        page = Page(self.document)
        return Views(
            StatusView(page, self.listeners, self.conversation.remedy),
            PeopleView(page),
            MessagesView(page, lambda seconds: f" at {seconds:.0f} "),
            Activity(page),
            Attention(page, self.listeners),
        )

    @property
    def state(self) -> str:
        return self.document.shown("state-text").textContent

    @property
    def tone(self) -> str:
        return self.document.shown("state").attributes["data-tone"]

    @property
    def messages(self) -> list[str]:
        return self.document.lines("messages")

    @property
    def activity(self) -> str:
        line = self.document.shown("activity")
        return "" if line.hidden else line.textContent

    @property
    def notice(self) -> str:
        notice = self.document.shown("notice")
        return "" if notice.hidden else self.document.shown("notice-text").textContent

    @property
    def button(self) -> str:
        action = self.document.shown("notice-action")
        return "" if action.hidden else action.textContent

    def press_button(self) -> None:
        self.document.shown("notice-action").dispatch("click")


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    visit = Visit(FakeRoom())
    await settled()
    yield visit
    visit.conversation.leave()
    await visit.running


async def test_two_people_talk(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE)
    assert (visit.state, visit.tone) == ("Sealed, post-quantum", "sealed")
    assert visit.document.lines("people-list") == ["BBob", "AAliceyou"]
    await visit.room.hears(BOB, "Hello, Alice")
    visit.conversation.send("Hello, Bob")
    await settled()
    await visit.room.network_takes(1)
    assert visit.room.sent == ["Hello, Bob"]
    assert visit.messages == [
        "You are in the room. \u2068Bob\u2069 is here. What was written before you came is not shown.",
        "BBobHello, Alice at 1000",
        "AAliceHello, Bob at 2000 Sent",
    ]


async def test_it_is_shown_how_many_have_what_was_said(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE, CAROL)
    visit.conversation.send("Hello")
    await settled()
    await visit.room.network_takes(1)
    await visit.room.others_have(1, 1, 2)
    assert visit.messages[-1].endswith("Received by 1 of 2")
    await visit.room.others_have(1, 2, 2)
    assert visit.messages[-1].endswith("Received by all")


async def test_what_is_written_without_keys_waits_for_them(visit: Visit) -> None:
    await visit.room.happens(StateChanged(RoomState.WAITING_FOR_KEYS, "The keys are not here."))
    visit.conversation.send("Hello")
    assert visit.messages[-1].endswith("Waiting for keys")
    await visit.room.is_joined_by(ALICE)
    assert visit.messages[-1].endswith("Waiting for somebody")
    await visit.room.happens(MembersChanged((ALICE, BOB)))
    assert visit.messages[-2].endswith("Waiting to be sent")
    assert visit.room.sent == ["Hello"]


async def test_a_room_of_ones_own_offers_the_link_until_somebody_comes(visit: Visit) -> None:
    await visit.room.is_joined_by(ALICE)
    assert (visit.state, visit.tone) == ("Nobody else here", "alone")
    assert not visit.document.shown("alone").hidden
    await visit.room.happens(MembersChanged((ALICE, BOB)))
    assert visit.document.shown("alone").hidden
    assert visit.messages == ["\u2068Bob\u2069 came in."]
    assert visit.state == "Sealed, post-quantum"


async def test_what_is_written_alone_goes_to_whoever_comes_first(visit: Visit) -> None:
    visit.conversation.send("Before the keys")
    await visit.room.is_joined_by(ALICE)
    visit.conversation.send("Before anybody came")
    await settled()
    assert visit.room.sent == []
    assert visit.conversation.unsent == 2
    await visit.room.happens(MembersChanged((ALICE, BOB)))
    assert visit.room.sent == ["Before the keys", "Before anybody came"]
    await visit.room.network_takes(1)
    await visit.room.network_takes(2)
    assert visit.conversation.unsent == 0


async def test_a_room_without_post_quantum_keys_says_so() -> None:
    visit = Visit(FakeRoom(), policy="classical")
    await settled()
    await visit.room.is_joined_by(BOB, ALICE)
    assert (visit.state, visit.tone) == ("Sealed, not post-quantum", "classical")
    assert "not" not in visit.document.lines("protection-facts")[1]
    assert "DHKEMX25519" in visit.document.lines("protection-facts")[1]
    visit.conversation.leave()
    await visit.running


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
async def test_every_state_is_named_and_explained(visit: Visit, state: RoomState, label: str) -> None:
    await visit.room.happens(StateChanged(state, "This is what it means."))
    assert visit.state == label
    assert visit.document.shown("protection-text").textContent == "This is what it means."
    assert visit.document.shown("announcer").textContent == f"{label}. This is what it means."


async def test_a_server_that_is_down_can_be_tried_at_once(visit: Visit) -> None:
    await visit.room.happens(StateChanged(RoomState.UNREACHABLE, "The server does not answer."))
    assert (visit.notice, visit.button) == ("The server does not answer.", "Try now")
    visit.press_button()
    assert visit.room.tries == 1
    await visit.room.is_joined_by(ALICE)
    assert visit.notice == ""


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
    visit: Visit, state: RoomState, what: str
) -> None:
    await visit.room.happens(StateChanged(state, "This is what it means."))
    assert visit.activity == f"Your messages wait {what}."
    await visit.room.is_joined_by(BOB, ALICE)
    assert visit.activity == ""


async def test_who_is_writing_is_shown_until_their_message_comes(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE)
    await visit.room.sees_typing(BOB)
    assert visit.activity == "\u2068Bob\u2069 is typing…"
    await visit.room.hears(BOB, "Hello")
    assert visit.activity == ""


async def test_whoever_leaves_is_not_shown_writing(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE, CAROL)
    await visit.room.sees_typing(BOB)
    await visit.room.sees_typing(CAROL)
    assert visit.activity == "\u2068Bob\u2069 and \u2068Carol\u2069 are typing…"
    await visit.room.happens(MembersChanged((ALICE, CAROL)))
    assert visit.activity == "\u2068Carol\u2069 is typing…"


async def test_the_room_is_told_that_we_are_writing(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE)
    visit.conversation.typing()
    assert visit.room.keys == 1


async def test_after_the_visit_nobody_is_shown_writing(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE)
    await visit.room.sees_typing(BOB)
    visit.conversation.leave()
    await asyncio.wait_for(visit.running, 1)
    assert visit.activity == ""


async def test_a_place_that_was_taken_can_be_taken_over(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE)
    await visit.room.happens(StateChanged(RoomState.DISPLACED, "Another connection has our place."))
    assert (visit.tone, visit.notice, visit.button) == ("broken", "Another connection has our place.", "Take over")
    visit.conversation.send("Still there?")
    assert visit.messages[-1].endswith("Waiting to be sent")
    visit.press_button()
    assert visit.room.tries == 1
    await visit.room.happens(StateChanged(RoomState.JOINED, "Back."))
    assert visit.notice == ""
    assert visit.room.sent == ["Still there?"]


async def test_what_is_written_during_a_reconnect_waits(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE)
    await visit.room.happens(StateChanged(RoomState.RECONNECTING, "The connection is lost."))
    visit.conversation.send("Still there?")
    await settled()
    assert visit.room.sent == []
    await visit.room.happens(StateChanged(RoomState.JOINED, "Back."))
    assert visit.room.sent == ["Still there?"]


async def test_coming_and_going_is_noted(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE)
    await visit.room.happens(MembersChanged((ALICE, CAROL)))
    assert visit.messages[1:] == ["\u2068Bob\u2069 left.", "\u2068Carol\u2069 came in."]


async def test_missing_messages_leave_a_visible_gap(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE)
    await visit.room.happens(MessageGap(BOB.member_id, "Bob", 2))
    assert visit.messages[-1] == "2 messages from \u2068Bob\u2069 are missing."
    assert "warning" in visit.document.shown("messages").elements[-1].classes


async def test_the_last_words_of_somebody_who_left_keep_their_name(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE)
    await visit.room.happens(MembersChanged((ALICE,)))
    await visit.room.hears(BOB, "Bye")
    assert visit.messages[-1] == "BBobBye at 1000"


async def test_a_clock_that_runs_ahead_does_not_date_messages_into_the_future(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE)
    await visit.room.hears(BOB, "From tomorrow", sent_at=90_000.0)
    assert visit.messages[-1] == "BBobFrom tomorrow at 2000"


async def test_a_problem_is_shown_until_it_is_dismissed(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE)
    await visit.room.happens(Problem("Something was lost."))
    assert (visit.notice, visit.button) == ("Something was lost.", "")
    await visit.room.happens(MembersChanged((ALICE, BOB, CAROL)))
    assert visit.notice == "Something was lost."
    visit.document.shown("notice-close").dispatch("click")
    assert visit.notice == ""


async def test_noise_from_strangers_is_not_shown(visit: Visit) -> None:
    await visit.room.is_joined_by(ALICE)
    before = visit.messages
    await visit.room.happens(FrameRefused("stranger", "It is not sealed with our key."))
    assert visit.messages == before
    assert visit.notice == ""


async def test_a_room_that_cannot_be_joined_says_why_and_leads_back_to_the_start() -> None:
    visit = Visit(FakeRoom(join_fails=RoomError("This room is full.")))
    await settled()
    assert (visit.tone, visit.notice, visit.button) == ("broken", "This room is full.", "Back to the start")
    visit.press_button()
    await asyncio.wait_for(visit.running, 1)
    assert visit.room.has_left


async def test_an_error_that_nobody_expected_ends_the_visit_visibly() -> None:
    visit = Visit(FakeRoom(join_fails=ZeroDivisionError("nobody expected this")))
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(visit.running, 1)


async def test_leaving_ends_the_visit_and_everything_that_ran_for_it(visit: Visit) -> None:
    await visit.room.is_joined_by(BOB, ALICE)
    before = asyncio.all_tasks() - {visit.running}
    visit.conversation.leave()
    await asyncio.wait_for(visit.running, 1)
    assert visit.room.has_left
    await settled()
    assert not [task for task in before if task is not asyncio.current_task() and not task.done()]
