"""What was said in the rooms of one visit, one below the other, and what of it was not sent."""

import pytest

from tests.unit.chat.contents import BOB, Talk
from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Timeline
from volly_browser.room.events import MessageQueued, MessageSent
from volly_browser.room.mimi import text_content
from volly_browser.ui.composer.unsent import Unsent
from volly_browser.ui.timeline.conversation import Conversation, Remark


class Visit:
    """A conversation, the timeline of its room, and the ids that have changed."""

    def __init__(self) -> None:
        self.changes: list[frozenset[str]] = []
        self.conversation = Conversation("Alice", lambda: 2000.0, self.changes.append)
        self.timeline = Timeline("Alice")

    def enter(self) -> None:
        self.timeline = Timeline("Alice")
        self.conversation.enter(self.timeline)

    def takes(self, event: object, now: float = 2000.0) -> None:
        self.conversation.changed(self.timeline.apply(event, now))  # type: ignore[arg-type]

    def queues(self, text: str) -> str:
        queued = MessageQueued(f"{len(text):064x}", "a" * 32, text_content(text, bytes(16), 2000.0))
        self.takes(queued)
        return queued.message_id

    @property
    def texts(self) -> list[str]:
        conversation = self.conversation
        return [_text(conversation[row_id]) for row_id in conversation.ids(0, len(conversation))]


def _text(entry: object) -> str:
    if isinstance(entry, Message):
        return entry.text or ""
    remark = getattr(entry, "event", None)
    return remark.text if isinstance(remark, Remark) else ""


@pytest.fixture
def visit() -> Visit:
    made = Visit()
    made.conversation.put_back(Unsent("kept", 1000.0), was_refused=False)
    made.enter()
    return made


def test_rooms_stand_below_each_other_whatever_their_own_order(visit: Visit) -> None:
    talk = Talk()
    visit.takes(talk.says(BOB, "first room"))
    visit.enter()
    visit.takes(talk.says(BOB, "second room, second"))
    visit.takes(Talk().says(BOB, "second room, first"))
    visit.conversation.remark(Remark("Bob left."))
    assert visit.texts == ["kept", "first room", "second room, first", "second room, second", "Bob left."]


def test_an_entry_is_found_by_its_id_and_its_place(visit: Visit) -> None:
    visit.takes(Talk().says(BOB, "Hello"))
    conversation = visit.conversation
    for place, row_id in enumerate(conversation.ids(0, 2)):
        assert conversation.place_of(row_id) == place
    for nonsense in ("", "7/x", "1/x", "-1/x", "x"):
        assert conversation.find(nonsense) is None
        assert conversation.place_of(nonsense) is None


def test_part_of_the_ids_is_that_part_of_all(visit: Visit) -> None:
    talk = Talk()
    for number in range(5):
        visit.takes(talk.says(BOB, f"{number}"))
    visit.enter()
    for number in range(5):
        visit.takes(talk.says(BOB, f"{number}"))
    every = visit.conversation.ids(0, 11)
    for start in range(12):
        for end in range(start, 13):
            assert visit.conversation.ids(start, end) == every[start:end]


def test_what_was_not_sent_is_known_until_it_is(visit: Visit) -> None:
    first, _ = visit.queues("first"), visit.queues("second")
    assert [unsent.text for unsent in visit.conversation.unsent] == ["kept", "first", "second"]
    visit.takes(MessageSent(first, 1))
    assert [unsent.text for unsent in visit.conversation.unsent] == ["kept", "second"]


def test_what_is_given_up_while_nothing_could_be_sent_was_certainly_not(visit: Visit) -> None:
    visit.queues("while alone")
    visit.conversation.give_up()
    visit.conversation.sends(True)
    visit.queues("with another member")
    visit.conversation.give_up()
    known = [visit.conversation.is_untried(row_id) for row_id in visit.conversation.open_ids]
    assert known == [False, True, False]


def test_what_waited_when_a_member_came_was_possibly_sent(visit: Visit) -> None:
    visit.queues("while alone")
    visit.conversation.sends(True)
    visit.conversation.give_up()
    assert not any(visit.conversation.is_untried(row_id) for row_id in visit.conversation.open_ids)


def test_a_refused_text_was_certainly_not_sent_and_is_there_however_long(visit: Visit) -> None:
    visit.conversation.put_back(Unsent("x" * 100_000, 1.0), was_refused=True)
    assert visit.conversation.unsent[-1] == Unsent("x" * 100_000, 1.0)
    assert visit.conversation.is_untried(visit.conversation.open_ids[-1])


def test_what_is_dropped_is_gone(visit: Visit) -> None:
    [row_id] = visit.conversation.open_ids
    visit.conversation.drop(row_id)
    assert visit.texts == []
    assert visit.conversation.unsent == []
    assert visit.changes[-1] == {row_id}
