import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.unit.ui.alices_page import AlicesPage
from tests.unit.ui.fake_room import ALICE, BOB, CAROL, FakeRoom, settled
from volly_browser.room.events import (
    ConnectionsLost,
    FrameRefused,
    MemberMisbehaved,
    MembersChanged,
    MembersRemoved,
    MessageGap,
    MessageReceived,
    MessageUnreadable,
    Misbehaviour,
    OtherConversation,
    Problem,
    RenewalOverdue,
    RoomError,
    RoomEvent,
    RoomState,
    StateChanged,
    WasRemoved,
)
from volly_browser.room.mimi import Content
from volly_browser.ui import wording
from volly_browser.ui.people.people import tag_of

NOTHING_TO_SHOW = Content(bytes(16), 0, None, b"", None, None, ())

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
    await settled()
    assert alice.messages[-1].endswith("Waiting for keys")
    await alice.room.is_joined_by(ALICE)
    assert alice.messages[-1].endswith("Waiting for somebody")
    await alice.room.happens(MembersChanged((ALICE, BOB)))
    assert alice.messages[-1].endswith("Waiting to be sent")
    assert alice.room.sent == ["Hello"]


async def test_a_room_of_ones_own_offers_the_link_until_another_member_comes(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(ALICE)
    assert (alice.state, alice.tone) == ("Nobody else here", "alone")
    assert not alice.document.shown("alone").hidden
    await alice.room.happens(MembersChanged((ALICE, BOB)))
    assert alice.document.shown("alone").hidden
    assert alice.messages == ["\u2068Bob\u2069 came in."]
    assert alice.state == "Sealed, post-quantum"


async def test_a_member_that_takes_another_name_does_not_go_unnoticed(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    renamed = replace(BOB, name="\u05d0\u05d1\u05d2 1")
    await alice.room.happens(MembersChanged((renamed, ALICE)))
    assert alice.messages[1:] == ["\u2068Bob\u2069 is called \u2068\u05d0\u05d1\u05d2 1\u2069 now."]
    await alice.room.happens(MembersChanged((replace(BOB, name="A1ice"), ALICE)))
    bob, alices = tag_of(BOB.member_id), tag_of(ALICE.member_id)
    assert alice.messages[-1].endswith(f" is called \u2068A1ice\u2069 ({bob}) now.")
    assert alice.document.lines("people-list") == [f"AA1ice{bob}", f"AAlice{alices} you"]


async def test_a_message_of_a_member_that_has_left_is_shown_under_its_last_name_and_tag(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, replace(CAROL, name="B0b"), ALICE)
    await alice.room.happens(MembersChanged((replace(CAROL, name="B0b"), ALICE)))
    await alice.room.hears(BOB, "I was here")
    assert alice.messages[-1].startswith(f"BBob{tag_of(BOB.member_id)}I was here")


async def test_a_newcomer_under_a_name_of_before_is_told_from_that(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(MembersChanged((ALICE,)))
    await alice.room.happens(MembersChanged((ALICE, replace(CAROL, name="Bob"))))
    assert alice.messages[-1] == f"\u2068Bob\u2069 ({tag_of(CAROL.member_id)}) came in."


async def test_one_whose_page_has_crashed_stands_in_the_list_as_lost_and_not_as_gone(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    known = list(alice.messages)
    await alice.room.happens(ConnectionsLost((BOB.member_id,)))
    assert alice.document.lines("people-list") == ["BBobconnection lost", "AAliceyou"]
    assert alice.messages == known


async def test_what_is_written_alone_is_kept_until_it_is_sent(alice: AlicesPage) -> None:
    alice.conversation.send("Before the keys")
    await alice.room.is_joined_by(ALICE)
    alice.conversation.send("Before anybody came")
    assert len(alice.conversation.unsent) == 2
    await settled()
    assert alice.room.sent == ["Before the keys", "Before anybody came"]
    assert len(alice.conversation.unsent) == 2
    await alice.room.happens(MembersChanged((ALICE, BOB)))
    assert len(alice.conversation.unsent) == 2
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


async def test_a_writer_is_shown_until_the_message_comes(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.sees_typing(BOB)
    assert alice.activity == "\u2068Bob\u2069 is typing…"
    await alice.room.hears(BOB, "Hello")
    assert alice.activity == ""


async def test_a_member_that_leaves_is_not_shown_writing(alice: AlicesPage) -> None:
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


async def test_a_person_is_asked_about_another_conversation_and_may_go_there(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(OtherConversation("ab" * 16, 3))
    assert alice.notice.startswith("Another conversation is going on under this link, with 3 people")
    assert alice.button == "Join it"
    assert alice.room.joined_others == []
    alice.press_button()
    assert alice.room.joined_others == ["ab" * 16]
    assert alice.notice == ""


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (MemberMisbehaved(BOB.member_id, "Bob", Misbehaviour.CHANGED_MESSAGE), "Bob has changed a message"),
        (MemberMisbehaved(BOB.member_id, "Bob", Misbehaviour.FALSE_RECEIPT), "Bob claims to have received"),
        (
            MemberMisbehaved(BOB.member_id, "Bob", Misbehaviour.FALSE_HISTORY, CAROL.member_id, "Carol"),
            "Bob told you something that Carol is said to have written before you came, and Carol says otherwise",
        ),
        (MemberMisbehaved(BOB.member_id, "Bob", Misbehaviour.TWO_ORDERS), "Bob told different members"),
        (
            MemberMisbehaved(BOB.member_id, "Bob", Misbehaviour.TWO_ORDERS, CAROL.member_id, "Carol"),
            "Bob told Carol something else than you about who is in this room",
        ),
        (
            MemberMisbehaved(BOB.member_id, "Bob", Misbehaviour.DIFFERENT_MESSAGES, CAROL.member_id, "Carol"),
            "Bob wrote something else to Carol than to you",
        ),
        (MemberMisbehaved(BOB.member_id, "Bob", Misbehaviour.UNUSABLE_COMMIT), "Bob changed the keys of this room"),
        (MemberMisbehaved(BOB.member_id, "Bob", Misbehaviour.OLD_KEYS), "Bob came in with keys that Bob had replaced"),
        (
            MembersRemoved(BOB.member_id, "Bob", ("Carol",)),
            "Bob removed Carol. You could still hear them; whether Bob could is not known.",
        ),
        (WasRemoved(BOB.member_id, "Bob"), "Bob removed you, as pages do with one that they do not hear."),
        (MessageUnreadable(BOB.member_id, "Bob"), "A message from Bob cannot be shown"),
        (
            MessageReceived(BOB.member_id, "Bob", NOTHING_TO_SHOW, 1, 0.0, "", 1),
            "BBobOnly a newer Volly can show this message.",
        ),
    ],
)
async def test_what_a_member_does_is_said_among_the_messages(alice: AlicesPage, event: RoomEvent, said: str) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(event)
    plain = alice.messages[-1].replace("\u2068", "").replace("\u2069", "")
    assert plain.startswith(said)


async def test_keys_that_are_old_are_said_to_be(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(RenewalOverdue(930.0))
    assert "have not been renewed for 16 minutes" in alice.notice


async def test_a_place_that_was_taken_can_be_taken_over(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(StateChanged(RoomState.DISPLACED, "Another connection has our place."))
    assert (alice.tone, alice.notice, alice.button) == ("broken", "Another connection has our place.", "Take over")
    alice.conversation.send("Still there?")
    await settled()
    assert alice.messages[-1].endswith("Waiting to be sent")
    alice.press_button()
    assert alice.room.tries == 1
    await alice.room.happens(StateChanged(RoomState.JOINED, "Back."))
    assert alice.notice == ""


async def test_coming_and_going_is_noted(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(MembersChanged((ALICE, CAROL)))
    assert alice.messages[1:] == ["\u2068Bob\u2069 left.", "\u2068Carol\u2069 came in."]


async def test_texts_that_cross_stand_in_one_order_and_late_ones_at_their_place(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, CAROL, ALICE)
    await alice.room.hears(BOB, "one", lamport=1)
    for text in ("two of mine", "five"):
        alice.conversation.send(text)
    await settled()
    await alice.room.hears(BOB, "two of Bob's", sequence=2, lamport=2)
    await alice.room.network_takes(1, lamport=2)
    await alice.room.hears(CAROL, "four", lamport=4)
    await alice.room.network_takes(2, lamport=5)
    await alice.room.hears(BOB, "three, which was lost", sequence=3, lamport=3)
    said = [line.split(" at ")[0] for line in alice.messages[1:]]
    others = ["BBobtwo of Bob's", "BBobthree, which was lost", "CCarolfour"]
    assert said == ["BBobone", "AAlicetwo of mine", *others, "AAlicefive"]


async def test_in_another_group_what_comes_stands_below_what_was_said_before(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(MembersChanged((BOB, ALICE), 9))
    await alice.room.hears(BOB, "long ago", lamport=1000)
    await alice.room.happens(MembersChanged((ALICE, CAROL), 2))
    await alice.room.hears(CAROL, "now", lamport=1)
    assert alice.messages[-1] == "CCarolnow at 1990"


@pytest.mark.parametrize("by_bob", [False, True])
async def test_others_in_place_of_all_that_one_talked_with_are_reported(alice: AlicesPage, by_bob: bool) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    if by_bob:
        await alice.room.hears(BOB, "only for you")
    else:
        alice.conversation.send("only for you")
        await settled()
        await alice.room.network_takes(1)
    await alice.room.happens(MembersChanged((ALICE,)))
    await alice.room.happens(MembersChanged((ALICE, replace(CAROL, name="Bob"))))
    assert alice.messages[-1] == wording.ALL_OTHERS
    await alice.room.happens(MembersChanged((ALICE,)))
    assert alice.messages.count(wording.ALL_OTHERS) == 1


@pytest.mark.parametrize("by_bob", [False, True])
async def test_as_long_as_one_is_here_with_whom_one_talked_nothing_is_told(alice: AlicesPage, by_bob: bool) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    if by_bob:
        await alice.room.hears(BOB, "Hello")
        await alice.room.happens(MembersChanged((ALICE, BOB, CAROL)))
        await alice.room.happens(MembersChanged((ALICE, BOB)))
    else:
        await alice.room.happens(MembersChanged((ALICE, CAROL)))
    assert wording.ALL_OTHERS not in alice.messages


async def test_missing_messages_leave_a_visible_gap(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(MessageGap(BOB.member_id, "Bob", 2))
    assert alice.messages[-1] == "2 messages from \u2068Bob\u2069 are missing."
    assert list(alice.timeline.rows.values())[-1]["look"] == "warning"


async def test_the_last_messages_of_a_member_that_left_keep_its_name(alice: AlicesPage) -> None:
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


async def test_a_problem_does_not_take_away_what_can_be_done(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(StateChanged(RoomState.DISPLACED, "Another connection has our place."))
    await alice.room.happens(Problem("Something was lost."))
    assert (alice.notice, alice.button) == ("Another connection has our place. Something was lost.", "Take over")
    alice.press_button()
    assert alice.room.tries == 1


async def test_what_waits_in_a_full_room_can_be_sent_after_starting_over() -> None:
    alice = AlicesPage(FakeRoom(), FakeRoom())
    await alice.room.happens(StateChanged(RoomState.FULL, "This room is full."))
    alice.write("Let me in")
    alice.press_button()
    await settled()
    await alice.room.is_joined_by(BOB, ALICE)
    assert alice.room.sent == []
    alice.press("Send again")
    await settled()
    assert alice.room.sent == ["Let me in"]
    await alice.leave()


async def test_an_offer_stays_whatever_else_happens_until_it_is_taken_or_dismissed(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.happens(OtherConversation("ab" * 16, 3))
    offered = alice.notice
    await alice.room.happens(MembersChanged((ALICE, BOB, CAROL)))
    assert (alice.notice, alice.button) == (offered, "Join it")
    await alice.room.happens(StateChanged(RoomState.UNREACHABLE, "The server does not answer."))
    assert (alice.notice, alice.button) == ("The server does not answer.", "Try now")
    await alice.room.happens(StateChanged(RoomState.JOINED, "Back."))
    assert (alice.notice, alice.button) == (offered, "Join it")
    await alice.room.happens(Problem("Something was lost."))
    assert (alice.notice, alice.button) == (f"{offered} Something was lost.", "Join it")
    alice.document.shown("notice-close").dispatch("click")
    assert (alice.notice, alice.button) == ("", "")


async def test_the_room_that_fails_says_so_and_keeps_what_was_not_sent(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(ALICE)
    alice.write("Is anybody here?")
    await alice.room.happens(StateChanged(RoomState.FAILED, "An error in this page ended the visit."))
    assert (alice.state, alice.button) == ("Closed", "Start over")
    assert alice.messages[-1] == "AAliceIs anybody here? at 2000 Not sentSend againEdit"


async def test_a_status_is_announced_once_whatever_a_translator_makes_of_it(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(BOB, ALICE)
    alice.document.shown("state-text").textContent = "Versiegelt"
    alice.document.shown("announcer").textContent = ""
    await alice.room.happens(MembersChanged((ALICE, BOB, CAROL)))
    assert alice.document.shown("announcer").textContent == ""


async def test_a_wrong_clock_is_told_while_one_still_waits(alice: AlicesPage) -> None:
    alice.conversation.tell_clock_error(-3 * 365.25 * 86400)
    assert alice.notice.startswith("According to the server, the clock of this device is 3 years behind.")
    await alice.room.is_joined_by(BOB, ALICE)
    assert "3 years behind" in alice.notice


async def test_a_clock_that_is_right_enough_is_not_talked_about(alice: AlicesPage) -> None:
    alice.conversation.tell_clock_error(-119.0)
    assert not alice.notice


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


async def test_what_leaves_the_conversation_leaves_the_notification(alice: AlicesPage) -> None:
    await alice.room.is_joined_by(ALICE, BOB)
    alice.wants("settings", "", {"notices": "full"})
    alice.document.hidden = True
    await alice.room.hears(BOB, "a secret")
    assert alice.notifications == [(BOB.name, "a secret")]
    await alice.room.hears(CAROL, "another", sequence=2)
    alice.notifications.pop(0)
    await alice.room.hears_deletion(BOB, f"ee{1:062x}", 2)
    assert alice.notifications == [(CAROL.name, "another")], "which shows another one by now"
    await alice.room.hears_deletion(CAROL, f"ee{2:062x}", 3)
    assert alice.notifications == []
