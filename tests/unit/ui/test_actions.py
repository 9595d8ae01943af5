"""Messages are answered, changed, taken back and reacted to; what that says is not lost either."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.unit.ui.alices_page import AlicesPage
from tests.unit.ui.fake_room import ALICE, BOB, FakeRoom, settled
from volly_browser.room.events import RoomError, RoomState, StateChanged
from volly_browser.ui import wording

pytestmark = pytest.mark.usefixtures("faults")


@pytest.fixture
async def alice() -> AsyncIterator[AlicesPage]:
    """Alice in a room with Bob; he has said "Hello", and she "Hi"."""
    alice = AlicesPage(FakeRoom(), FakeRoom())
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.hears(BOB, "Hello")
    alice.write("Hi")
    await settled()
    await alice.room.network_takes(1)
    yield alice
    await alice.leave()


@pytest.fixture
def hers(alice: AlicesPage) -> str:
    return alice.row_saying("AAlice")


@pytest.fixture
def his(alice: AlicesPage) -> str:
    return alice.row_saying("BBob")


def about(alice: AlicesPage) -> str:
    """What stands above the box."""
    line = alice.document.shown("about-line")
    parts = [node.textContent for node in line.descendants() if {"what", "who", "said"} & {*node.classes}]
    return "" if line.hidden else " ".join(filter(None, parts))


def test_what_can_be_done_depends_on_whose_a_message_is(alice: AlicesPage, hers: str, his: str) -> None:
    assert alice.timeline.rows[his]["can"] == ["react", "reply", "pin", "copy"]
    assert alice.timeline.rows[hers]["can"] == ["react", "reply", "pin", "edit", "delete", "copy"]


async def test_an_answer_quotes_what_it_answers(alice: AlicesPage, his: str) -> None:
    alice.wants("reply", his)
    assert about(alice) == "Answer to Bob Hello"
    alice.write("How are you?")
    await settled()
    assert about(alice) == ""
    answer = alice.room.contents[-1]
    assert answer.in_reply_to
    assert his.endswith(answer.in_reply_to.hex())
    assert alice.timeline.rows[alice.row_saying("How are you?")]["quote"] == [his, "Bob", "Hello", False]
    alice.write("By the way")
    await settled()
    assert alice.room.contents[-1].in_reply_to is None


async def test_what_is_deleted_while_it_is_answered_is_not_shown_above_the_box_either(
    alice: AlicesPage, his: str
) -> None:
    alice.wants("reply", his)
    await alice.room.hears_deletion(BOB, his.partition("/")[2], 2)
    assert about(alice) == "Answer to Bob This message was deleted."


async def test_a_message_of_ours_is_changed_in_the_box(alice: AlicesPage, hers: str) -> None:
    alice.wants("edit", hers)
    assert (alice.box, about(alice)) == ("Hi", "Change your message Hi")
    alice.write(" Bob")
    await settled()
    assert alice.messages[-1] == "AAliceHi Bob at 2000 editedSent"
    assert (alice.box, about(alice)) == ("", "")
    assert [text for text, _ in json.loads(alice.kept)] == ["Hi Bob"], "until it is sent"
    await alice.room.network_takes(2)
    assert alice.kept == "[]"


async def test_a_draft_is_not_lost_for_an_edit(alice: AlicesPage, hers: str) -> None:
    alice.document.shown("composer-text").value = "A draft"
    alice.wants("edit", hers)
    assert (alice.box, about(alice)) == ("A draft", "")
    assert alice.document.shown("composer-problem").textContent == wording.BOX_IN_USE


async def test_an_edit_or_an_answer_can_be_given_up(alice: AlicesPage, hers: str, his: str) -> None:
    alice.wants("edit", hers)
    alice.document.shown("about-close").dispatch("click")
    assert (alice.box, about(alice)) == ("", "")
    alice.document.shown("composer-text").value = "A draft"
    alice.wants("reply", his)
    alice.document.shown("about-close").dispatch("click")
    assert (alice.box, about(alice)) == ("A draft", "")


async def test_an_edit_that_was_not_sent_when_the_visit_ended_is_there_as_a_text(alice: AlicesPage, hers: str) -> None:
    alice.wants("edit", hers)
    alice.write(" Bob")
    await settled()
    await alice.room.happens(StateChanged(RoomState.FAILED, "An error in this page ended the visit."))
    assert alice.messages[-1] == "AAliceHi Bob at 2000 Possibly not sentSend againEdit"
    assert [text for text, _ in json.loads(alice.kept)] == ["Hi Bob"]


async def test_what_is_taken_back_is_gone(alice: AlicesPage, hers: str) -> None:
    alice.wants("delete", hers)
    await settled()
    assert alice.messages[-1] == "AAliceThis message was deleted. at 2000 Sent"
    assert "can" not in alice.timeline.rows[hers]
    assert alice.room.contents[-1].parts == ()


async def test_a_reaction_is_put_there_and_taken_away(alice: AlicesPage, his: str) -> None:
    alice.wants("react", his, "👍")
    await settled()
    assert alice.timeline.rows[his]["reactions"] == [["👍", 1, True, "you"]]
    alice.wants("react", his, "👍")
    await settled()
    assert "reactions" not in alice.timeline.rows[his]


async def test_what_cannot_be_done_says_why(alice: AlicesPage, his: str) -> None:
    alice.wants("react", his, "no emoji")
    await settled()
    assert alice.notice == "A reaction is one emoji."
    alice.wants("delete", his)
    await settled()
    assert alice.notice == "Only its author can change a message."


@pytest.mark.parametrize("error", [RoomError("Not now."), ZeroDivisionError()])
async def test_whatever_fails_in_it_ends_nothing_else(
    alice: AlicesPage, his: str, error: Exception, faults: list[BaseException]
) -> None:
    alice.room.send_fails = error
    alice.wants("react", his, "👍")
    await settled()
    assert alice.notice == (str(error) if isinstance(error, RoomError) else wording.NOT_DONE)
    faults.clear()
    alice.room.send_fails = None
    await alice.room.hears(BOB, "Still here", 2)
    assert "Still here" in alice.messages[-1]


async def test_an_answer_to_what_is_gone_by_then_is_not_lost(alice: AlicesPage, hers: str) -> None:
    alice.wants("reply", hers)
    alice.wants("delete", hers)
    await settled()
    alice.write("An answer")
    await settled()
    assert alice.messages[-1] == "AAliceAn answer at 2000 Not sentSend againEdit"
    assert "was deleted" in alice.notice


@pytest.mark.parametrize("kind", ["react", "reply", "edit", "delete"])
async def test_after_starting_over_what_was_said_before_is_left_alone(alice: AlicesPage, hers: str, kind: str) -> None:
    await alice.room.happens(StateChanged(RoomState.FAILED, "An error in this page ended the visit."))
    alice.press_button()
    await settled()
    await alice.room.is_joined_by(BOB, ALICE)
    assert alice.timeline.rows[hers]["can"] == ["copy"]
    alice.wants(kind, hers, "👍")
    await settled()
    assert alice.notice == wording.GONE_BY
    assert alice.room.contents == []
