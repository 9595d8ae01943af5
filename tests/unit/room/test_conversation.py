import pytest

from volly_browser.room.content import Content, ContentError, Numbered, text_content
from volly_browser.room.conversation import Conversation
from volly_browser.room.delivery import OutboxFull
from volly_browser.room.events import MessageGap, MessageReceived, MessageSent, Problem, RoomEvent
from volly_browser.room.roster import RosterEntry
from volly_browser.room.timing import Timing

ALICE, BOB = b"A" * 16, b"B" * 16
BOB_ENTRY = RosterEntry(BOB, 1, "Bob", 1)


class Kept:
    """A conversation, and the events that came out of it."""

    def __init__(self, member_id: bytes = ALICE) -> None:
        self.events: list[RoomEvent] = []
        self.conversation = Conversation("r" * 22, member_id, Timing(), self.events.append)

    def got(self, sequence: int, text: str, epoch_start: int = 1) -> None:
        content = text_content(text, bytes(16), 5.25).encode()
        self.conversation.got(BOB_ENTRY, Numbered(sequence, epoch_start, content), 0.0)


def test_what_one_sends_is_what_the_other_shows() -> None:
    alice, bob = Kept(ALICE), Kept(BOB)
    bob.conversation.epoch_entered(b"group", 0)
    message_id = bob.conversation.queue("hello", bytes(16), 5.25)
    numbered = bob.conversation.first()
    assert numbered is not None
    bob.conversation.sent()
    assert bob.events == [MessageSent(message_id)]
    alice.conversation.got(BOB_ENTRY, numbered, 0.0)
    assert alice.events == [MessageReceived(BOB.hex(), "Bob", "hello", 1, 5.25, message_id)]


def test_the_ids_of_equal_texts_differ_by_their_salt() -> None:
    conversation = Kept().conversation
    assert conversation.queue("hello", bytes(16), 0) != conversation.queue("hello", bytes([1]) * 16, 0)
    assert conversation.waiting == 2


def test_a_gap_is_shown_with_the_name_of_the_sender() -> None:
    alice = Kept()
    alice.got(1, "one")
    alice.got(4, "four")
    assert len(alice.events) == 1
    alice.conversation.tick(100.0)
    assert alice.events[1] == MessageGap(BOB.hex(), "Bob", 2)
    assert isinstance(alice.events[2], MessageReceived)


def test_what_waited_is_shown_when_its_sender_leaves() -> None:
    alice = Kept()
    alice.got(1, "one")
    alice.got(3, "three")
    alice.conversation.finish(BOB)
    assert [type(event) for event in alice.events] == [MessageReceived, MessageGap, MessageReceived]


@pytest.mark.parametrize(("sequence", "epoch_start"), [(0, 0), (1, 0), (1, 2)])
def test_a_count_that_makes_no_sense_is_refused(sequence: int, epoch_start: int) -> None:
    alice = Kept()
    with pytest.raises(ContentError, match="count"):
        alice.got(sequence, "hello", epoch_start)
    assert not alice.events


def test_content_that_cannot_be_shown_is_said_and_does_not_stop_the_next() -> None:
    alice = Kept()
    alice.conversation.got(BOB_ENTRY, Numbered(1, 1, b"nonsense"), 0.0)
    nothing = Content(bytes(16), 0, None, b"", None, None, ()).encode()
    alice.conversation.got(BOB_ENTRY, Numbered(2, 1, nothing), 0.0)
    alice.got(3, "hello")
    assert [type(event) for event in alice.events] == [Problem, Problem, MessageReceived]
    assert "newer Volly" in alice.events[1].sentence  # type: ignore[union-attr]


def test_a_full_outbox_refuses_and_stays_as_it_was() -> None:
    conversation = Kept().conversation
    for _ in range(1000):
        conversation.queue("x", bytes(16), 0)
    with pytest.raises(OutboxFull):
        conversation.queue("x", bytes(16), 0)
    conversation.sent()
    assert conversation.waiting == 999
