"""Files of a conversation: whole, and without a way to make up the lines of others."""

import json
from dataclasses import replace

from volly_browser.chat.message import Delivery, Mention, Message, Reaction, Relay, Stage
from volly_browser.ui.people.people import Acquaintances
from volly_browser.ui.timeline.export import as_json, as_text
from volly_browser.ui.timeline.marks import Marks, marks_of

BOB = Message(message_id="1", sender="b", name="Bob", text="Hello", sent_at=0.0)


def said(message: Message) -> str:
    return (message.text or "").replace("@Bobby", "@Bob")


def called(member_id: str, name: str) -> str:
    return name or f"member {member_id}"


def marked(*messages: Message) -> list[tuple[Message, Marks]]:
    return [(message, marks_of(message, Acquaintances())) for message in messages]


def test_a_text_has_each_message_with_its_time_and_author() -> None:
    edited = replace(BOB, text="Hello all", edited_at=5.0, reactions=(Reaction("👍", ("a", "c")),))
    deleted = replace(BOB, text=None, is_deleted=True)
    assert as_text(marked(edited, deleted), called, said).splitlines() == [
        "1970-01-01T00:00:00Z Bob (edited)",
        "    Hello all",
        "    👍 member a and member c",
        "1970-01-01T00:00:00Z Bob",
        "    This message was deleted.",
    ]


def test_no_text_looks_like_another_message() -> None:
    for end in ("\n", "\r", "\r\n", "\u2028", "\u0085", "\x0b"):
        forged = replace(BOB, text=f"Hello{end}1970-01-01T00:00:00Z Alice{end}    I owe Bob a thousand")
        lines = as_text(marked(forged), called, said).splitlines()
        assert [line for line in lines if not line.startswith("    ")] == ["1970-01-01T00:00:00Z Bob"]


def test_json_has_what_programs_need_and_nothing_of_what_was_deleted() -> None:
    told = json.loads(as_json(marked(BOB, replace(BOB, text=None, is_deleted=True)), called, said))
    assert told[0] == {
        "id": "1",
        "sender": "b",
        "name": "Bob",
        "sent_at": "1970-01-01T00:00:00Z",
        "text": "Hello",
        "mentions": [],
        "disappears_after": None,
        "is_markdown": False,
        "edited_at": None,
        "is_deleted": False,
        "reply_to": None,
        "reactions": {},
        "unconfirmed_reactions": {},
        "is_confirmed": True,
        "told_by": None,
        "delivery": None,
    }
    assert (told[1]["text"], told[1]["is_deleted"]) == (None, True)


def test_whom_a_message_mentions_is_named_as_now() -> None:
    mentioned = replace(BOB, text="@Bobby, hello", mentions=(Mention(0, 6, "b"),), lifetime=60.0)
    assert "@Bob, hello" in as_text(marked(mentioned), called, said)
    [told] = json.loads(as_json(marked(mentioned), called, said))
    assert (told["text"], told["mentions"], told["disappears_after"]) == ("@Bob, hello", ["b"], 60.0)


def test_a_time_that_no_calendar_has_ends_nothing() -> None:
    assert as_text(marked(replace(BOB, sent_at=1e300)), called, said).endswith("Bob\n    Hello\n")


TOLD = replace(BOB, relay=Relay("c" * 32, "Carol", False), reactions=(Reaction("👍", ("a", "d"), frozenset("d")),))
FAILED = replace(BOB, delivery=Delivery(Stage.FAILED))


def test_a_text_says_of_whom_it_has_a_message_and_what_was_not_sent() -> None:
    waits = replace(BOB, delivery=Delivery(Stage.WAITING), edited_at=1.0)
    sent = replace(BOB, delivery=Delivery(Stage.SENT, 1, 2))
    lines = as_text(marked(TOLD, FAILED, waits, sent), called, said).splitlines()
    assert [line for line in lines if "Hello" not in line] == [
        "1970-01-01T00:00:00Z Bob (from Carol's page, not confirmed)",
        "    👍 member a and member d (not confirmed)",
        "1970-01-01T00:00:00Z Bob (Possibly not sent)",
        "1970-01-01T00:00:00Z Bob (edited; Waiting to be sent)",
        "1970-01-01T00:00:00Z Bob (Received by 1 of 2)",
    ]
    certain = [(FAILED, marks_of(FAILED, Acquaintances(), is_untried=True))]
    assert as_text(certain, called, said).startswith("1970-01-01T00:00:00Z Bob (Not sent)\n")


def test_json_says_the_same() -> None:
    told, failed = json.loads(as_json(marked(TOLD, FAILED), called, said))
    assert (told["told_by"], told["is_confirmed"]) == ({"id": "c" * 32, "name": "Carol", "is_confirmed": False}, False)
    assert told["unconfirmed_reactions"] == {"👍": ["d"]}
    assert failed["delivery"] == {
        "stage": "failed",
        "words": "Possibly not sent",
        "received": 0,
        "recipients": 0,
        "read_by": [],
    }
