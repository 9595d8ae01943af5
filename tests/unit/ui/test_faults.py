"""Whatever in the page fails, at whatever moment: the conversation goes on, and no text is lost."""

import json
from collections.abc import AsyncIterator
from typing import get_args

import pytest

from tests.unit.ui.alices_page import AlicesPage
from tests.unit.ui.fake_page import FakeNode
from tests.unit.ui.fake_room import ALICE, BOB, CAROL, FakeRoom, settled
from volly_browser.room import events
from volly_browser.room.events import (
    ConnectionsLost,
    MembersChanged,
    MessageDelivered,
    MessageGap,
    MessageQueued,
    MessageReceived,
    MessageSent,
    MessagesRead,
    OtherConversation,
    Problem,
    RoomEvent,
    RoomMember,
    RoomState,
    StateChanged,
    Typing,
)
from volly_browser.ui import wording
from volly_browser.ui.composer.composer import Composer
from volly_browser.ui.composer.unsent import Unsent, pack
from volly_browser.ui.people.people import PeopleView
from volly_browser.ui.status.activity import Activity
from volly_browser.ui.status.attention import Attention
from volly_browser.ui.status.status import StatusView
from volly_browser.ui.timeline.searching import SearchView
from volly_browser.ui.timeline.view import TimelineView

VIEWS = (StatusView, PeopleView, TimelineView, Activity, Attention, Composer, SearchView)
CALLS = [
    (view, name) for view in VIEWS for name in vars(view) if not name.startswith("_") and callable(vars(view)[name])
]
AT_THE_END = ("close", "cancel")
pytestmark = pytest.mark.usefixtures("faults")

REFUSAL = events.RoomError("This cannot be sent.")


class Injected(Exception):
    """Nobody expected it."""


async def everything_happens(alice: AlicesPage) -> None:
    """So that every method of every view is called."""
    room = alice.room
    await room.happens(StateChanged(RoomState.UNREACHABLE, "The server does not answer."))
    await room.is_joined_by(BOB, ALICE)
    await room.sees_typing(BOB)
    await room.hears(BOB, "Before")
    await room.happens(MessageGap(BOB.member_id, "Bob", 2))
    await room.happens(Problem("Something was lost."))
    await room.happens(OtherConversation("ab" * 16, 3))
    alice.write("From Alice")
    await settled()
    await room.network_takes(1)
    await room.others_have(1, 1, 1)
    await room.happens(MembersChanged((BOB, ALICE, CAROL)))
    await room.happens(ConnectionsLost((CAROL.member_id,)))
    room.send_fails = REFUSAL
    alice.write("Refused at first")
    await settled()
    room.send_fails = None
    alice.wants("look", "", [0, 60])
    alice.wants("read", "", True)
    alice.wants("settings", "", {"notices": "full"})
    alice.document.hidden = True
    await room.hears(BOB, "Unseen", 2)
    alice.document.hidden = False
    alice.wants("search", "", "alice")
    alice.wants("search step", "", 1)
    await settled()
    ours = alice.row_saying("From Alice")
    alice.wants("reply", ours)
    alice.wants("react", ours, "👍")
    await settled()
    alice.wants("edit", ours)
    alice.wants("unfold", next(iter(alice.timeline.rows), ""))
    if alice.timeline.buttons("Send again"):
        alice.press("Send again")
    await settled()


@pytest.fixture
async def alice() -> AsyncIterator[AlicesPage]:
    alice = AlicesPage(FakeRoom(), FakeRoom())
    yield alice
    await alice.leave()


@pytest.mark.parametrize(("view", "name"), CALLS)
async def test_whichever_part_of_the_page_fails_the_rest_goes_on(
    view: type, name: str, monkeypatch: pytest.MonkeyPatch, faults: list[BaseException]
) -> None:
    alice = AlicesPage(FakeRoom())
    with monkeypatch.context() as injection:
        injection.setattr(view, name, _fail)
        await settled()
        await everything_happens(alice)
        if name in AT_THE_END:
            await alice.leave()
    assert {type(fault) for fault in faults} == {Injected}, "it was called, and reported"
    faults.clear()
    if name not in AT_THE_END:
        await goes_on(alice)
        await alice.leave()
    assert not_lost(alice, "From Alice")
    assert not_lost(alice, "Refused at first")


def _fail(*_arguments: object, **_options: object) -> None:
    raise Injected


async def goes_on(alice: AlicesPage) -> None:
    await alice.room.happens(MembersChanged((BOB, ALICE)))
    await alice.room.hears(BOB, "Afterwards")
    assert not alice.running.done()
    assert "BBobAfterwards at 1990" in alice.messages
    assert alice.state == "Sealed, post-quantum"
    assert alice.document.lines("people-list") == ["BBob", "AAliceyou"]


def not_lost(alice: AlicesPage, text: str) -> bool:
    return any(text in place for place in (alice.box, *alice.room.sent, *(text for text, _ in json.loads(alice.kept))))


POISON = "\u2622"


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """No text with a certain letter can be put into the page."""

    def set_text(node: FakeNode, text: str) -> None:
        if POISON in text:
            raise Injected
        node.children = [text]

    append = FakeNode.append
    monkeypatch.setattr(FakeNode, "textContent", FakeNode.textContent.setter(set_text))
    monkeypatch.setattr(
        FakeNode, "append", lambda node, child: set_text(node, child) if child == POISON else append(node, child)
    )


async def test_one_name_that_cannot_be_drawn_is_said_to_be_there(
    alice: AlicesPage, poison: None, faults: list[BaseException]
) -> None:
    await alice.room.is_joined_by(RoomMember("d" * 32, POISON, is_self=False), BOB, ALICE)
    assert alice.document.lines("people-list") == ["This name cannot be shown.", "BBob", "AAliceyou"]
    assert alice.document.shown("people-count").textContent == "3"
    await goes_on(alice)
    assert {type(fault) for fault in faults} == {Injected}
    faults.clear()


async def test_a_time_that_no_calendar_has_does_not_hide_what_was_said(
    alice: AlicesPage, faults: list[BaseException]
) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.hears(BOB, "Hello", sent_at=-1e30)
    assert alice.messages[-1].startswith("BBobHello")
    assert {type(fault) for fault in faults} == {OverflowError}
    faults.clear()


async def test_a_text_that_the_page_cannot_take_stays_in_the_box(
    alice: AlicesPage, monkeypatch: pytest.MonkeyPatch, faults: list[BaseException]
) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    with monkeypatch.context() as injection:
        injection.setattr("volly_browser.ui.composer.hands.Hands.take", _fail)
        alice.write("Hello")
    assert alice.box == "Hello"
    assert alice.document.shown("composer-problem").textContent == wording.NOT_TAKEN
    faults.clear()
    alice.write("")
    await settled()
    assert (alice.box, alice.room.sent) == ("", ["Hello"])


@pytest.mark.parametrize("error", [REFUSAL, Injected("nobody expected it"), RecursionError(), MemoryError()])
async def test_whatever_the_room_raises_at_a_text_it_is_there_to_be_sent_again(
    alice: AlicesPage, error: Exception, faults: list[BaseException]
) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    alice.room.send_fails = error
    alice.write("Hello")
    await settled()
    assert alice.messages[-1] == "AAliceHello at 2000 Not sentSend againEdit"
    assert alice.notice == (str(error) if error is REFUSAL else wording.NOT_TAKEN)
    assert [text.text for text in alice.conversation.unsent] == ["Hello"]
    faults.clear()
    alice.room.send_fails = None
    alice.press("Send again")
    await settled()
    assert alice.room.sent == ["Hello"]
    assert [line for line in alice.messages if "Hello" in line] == ["AAliceHello at 2000 Waiting to be sent"]


async def test_a_text_that_was_not_sent_can_be_taken_back_into_the_box(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    alice.room.send_fails = REFUSAL
    alice.write("Hello")
    await settled()
    alice.press("Edit")
    await settled()
    assert alice.taken_back == ["Hello"]
    assert not [line for line in alice.messages if "Hello" in line]
    assert alice.conversation.unsent == []
    assert alice.kept == "[]"


async def test_a_text_that_the_conversation_cannot_take_is_kept(
    alice: AlicesPage, monkeypatch: pytest.MonkeyPatch, faults: list[BaseException]
) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    monkeypatch.setattr("volly_browser.chat.timeline.Timeline.apply", _fail)
    alice.write("Hello")
    await settled()
    assert [text for text, _ in json.loads(alice.kept)] == ["Hello"]
    assert {type(fault) for fault in faults} == {Injected}
    faults.clear()


async def test_a_button_that_is_pressed_twice_sends_once(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    alice.room.send_fails = REFUSAL
    alice.write("Hello")
    await settled()
    alice.room.send_fails = None
    row_id = alice.row_saying("Hello")
    for _ in range(2):
        alice.wants("send again", row_id)
    await settled()
    assert alice.room.sent == ["Hello"]


# A fault that ends the visit


async def break_down(alice: AlicesPage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something fails of which nobody thought."""
    with monkeypatch.context() as injection:
        injection.setattr("volly_browser.ui.rooms.scene.Scene.take", _fail)
        await alice.room.hears(BOB, "Hello")


async def test_a_visit_that_a_fault_ends_is_left_and_says_how_to_come_back(
    alice: AlicesPage, monkeypatch: pytest.MonkeyPatch, faults: list[BaseException]
) -> None:
    first = alice.room
    await first.is_joined_by(BOB, ALICE)
    await break_down(alice, monkeypatch)
    assert (alice.state, alice.notice, alice.button) == ("Closed", wording.FAULT, "Start over")
    assert first.has_left, "the others must not think that we read what they write"
    faults.clear()
    alice.press_button()
    await settled()
    assert alice.room is not first
    await alice.room.is_joined_by(BOB, ALICE)
    await goes_on(alice)


async def test_what_a_fault_kept_from_being_sent_can_be_sent_after_starting_over(
    alice: AlicesPage, monkeypatch: pytest.MonkeyPatch, faults: list[BaseException]
) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    alice.write("Sent")
    await settled()
    await alice.room.network_takes(1)
    alice.write("With the room")
    await settled()
    await alice.room.happens(StateChanged(RoomState.RECONNECTING, "The connection broke."))
    alice.write("Waiting")
    await break_down(alice, monkeypatch)
    faults.clear()
    assert alice.messages[-3:] == [
        "AAliceSent at 2000 Sent",
        "AAliceWith the room at 2000 Possibly not sentSend againEdit",
        "AAliceWaiting at 2000 Not sentSend againEdit",
    ]
    alice.press("Send again")
    assert alice.notice == f"{wording.FAULT} {wording.NOT_INSIDE}"
    alice.write("Too late")
    assert alice.box == "Too late"
    assert alice.document.shown("composer-problem").textContent == wording.NOT_INSIDE
    alice.press_button()
    await settled()
    await alice.room.is_joined_by(BOB, ALICE)
    for _ in range(2):
        alice.press("Send again")
        await settled()
    assert alice.room.sent == ["With the room", "Waiting"]


async def test_what_was_not_sent_before_a_reload_can_be_sent_after_it(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(ALICE)
    alice.write("Nobody was there")
    await settled()
    reloaded = AlicesPage(FakeRoom(), kept=alice.kept)
    await settled()
    assert reloaded.messages == ["AAliceNobody was there at 2000 Possibly not sentSend againEdit"]
    assert reloaded.room.sent == [], "not without being asked to: others are possibly there now"
    await reloaded.room.is_joined_by(BOB, ALICE)
    reloaded.press("Send again")
    await settled()
    assert reloaded.room.sent == ["Nobody was there"]
    await reloaded.room.network_takes(1)
    assert reloaded.kept == "[]"
    await reloaded.leave()


async def test_while_what_was_kept_is_shown_none_of_it_is_lost(
    monkeypatch: pytest.MonkeyPatch, faults: list[BaseException]
) -> None:
    keeping: list[str] = []
    monkeypatch.setattr(AlicesPage, "_keep", lambda _, texts: keeping.append(texts))
    kept = pack([Unsent("one", 1.0), Unsent("two", 2.0)])
    alice = AlicesPage(FakeRoom(), kept=kept)
    await settled()
    assert keeping
    assert all("one" in texts and "two" in texts for texts in keeping)
    await alice.leave()
    monkeypatch.setattr("volly_browser.ui.timeline.conversation.Conversation.put_back", _fail)
    alice = AlicesPage(FakeRoom(), kept=kept)
    await settled()
    assert [text for text, _ in json.loads(keeping[-1])] == ["one", "two"]
    await alice.leave()
    faults.clear()


@pytest.mark.parametrize(
    "kept", ["", "x", "[", "{}", "1", "null", "[1]", '[["a"]]', '[["a", "b"]]', "[[1, 2.0]]", "[" * 5000]
)
async def test_nonsense_in_the_storage_of_the_tab_is_left_out(kept: str) -> None:
    alice = AlicesPage(FakeRoom(), kept=kept)
    await settled()
    assert alice.messages == []
    await alice.leave()


async def test_storage_that_does_not_work_stops_nothing(faults: list[BaseException]) -> None:
    alice = AlicesPage(FakeRoom())
    await alice.room.is_joined_by(BOB, ALICE)
    alice.conversation._keep = _fail
    alice.write("Hello")
    await settled()
    assert (alice.room.sent, alice.box) == (["Hello"], "")
    faults.clear()
    alice.conversation._keep = lambda _: None
    await alice.leave()


# Events of which the page does not know


def test_every_event_is_shown_or_has_words() -> None:
    messages = {MessageQueued, MessageReceived, MessageSent, MessageDelivered, MessagesRead}
    shown = messages | {Typing, MembersChanged, ConnectionsLost, StateChanged, OtherConversation}
    assert {*get_args(RoomEvent)} - shown - {*wording.SAYINGS} == set(), "one line in wording.SAYINGS each"


async def test_an_event_without_words_is_reported_once_and_ends_nothing(
    alice: AlicesPage, faults: list[BaseException]
) -> None:
    class News:
        pass

    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(News())  # type: ignore[arg-type]
    await alice.room.happens(News())  # type: ignore[arg-type]
    assert [str(fault) for fault in faults] == ["The page has no words for the event News."]
    faults.clear()
    await goes_on(alice)


async def test_a_sentence_for_a_new_event_is_one_line(alice: AlicesPage, monkeypatch: pytest.MonkeyPatch) -> None:
    class News:
        name = "Bob"

    words = {
        News: wording.Saying(wording.Place.NOTE, lambda news, called: f"{called(BOB.member_id, news.name)} is new.")
    }
    monkeypatch.setattr(wording, "SAYINGS", words)
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(News())  # type: ignore[arg-type]
    assert alice.messages[-1] == "\u2068Bob\u2069 is new."
