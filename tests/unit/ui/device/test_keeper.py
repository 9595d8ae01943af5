"""What a visit keeps in the store of its room, and what comes back from it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Self

import pytest

from tests.unit.chat.contents import ALICE, BOB, CAROL, NOW, Talk, about, text_part
from tests.unit.ui.fake_store import FakeStore
from volly_browser.chat import shelf
from volly_browser.chat.kept import unpack
from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Changed, Note, Timeline
from volly_browser.room.events import (
    HistoryReceived,
    MessageQueued,
    MessageReceived,
    MessageSent,
    RelayedMessage,
    RoomEvent,
)
from volly_browser.room.mimi import Expiration, text_content
from volly_browser.ui import wording
from volly_browser.ui.device import keeper as module
from volly_browser.ui.device.keeper import Keeper, Part
from volly_browser.ui.timeline.conversation import Conversation, Remark


class Stay:
    """A visit of Alice's with one stay in the room."""

    def __init__(self, store: FakeStore) -> None:
        self.store = store
        self.heard_of: dict[str, str] = {}
        self.conversation = Conversation("Alice", lambda: NOW, self._changed)
        self.timeline = Timeline("Alice")
        self.keeper = Keeper(self.conversation, store.open(), self.heard_of.update)
        self.conversation.enter(self.timeline)

    @classmethod
    def opened(cls, store: FakeStore) -> Self:
        """A visit in which the user has opened the store."""
        stay = cls(store)
        stay.opens()
        return stay

    def _changed(self, row_ids: Changed) -> None:
        self.keeper.changed(row_ids)

    def starts_over(self) -> None:
        """Come into the room again, in the same visit."""
        self.timeline = Timeline("Alice")
        self.conversation.enter(self.timeline)

    def happens(self, *events: RoomEvent) -> None:
        for event in events:
            if isinstance(event, MessageReceived):
                self.conversation.hear(event)
            self.conversation.changed(self.timeline.apply(event, NOW))

    def opens(self, damaged: int = 0) -> None:
        self.store.hold(damaged=damaged)
        self.keeper.opened()
        self.store.run()

    @property
    def lines(self) -> list[str | None]:
        """What is read from above to below."""
        entries = map(self.conversation.find, self.conversation.ids(0, len(self.conversation)))
        return [line for entry in entries for line in _lines(entry)]


def _lines(entry: object) -> Iterator[str | None]:
    match entry:
        case Message(is_deleted=True):
            yield "(deleted)"
        case Message():
            yield entry.text
        case Note(event=Remark(text)):
            yield text


def kept_texts(store: FakeStore) -> list[str | None]:
    return [unpack(data).record.message.text for _, data in sorted(store.records.items())]


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def talk() -> Talk:
    return Talk()


pytestmark = pytest.mark.usefixtures("faults")


def test_without_a_store_nothing_is_kept(store: FakeStore, talk: Talk) -> None:
    stay = Stay(store)
    stay.keeper.opened()
    stay.happens(talk.says(BOB, "Hello"))
    store.run()
    assert not store.writes


def test_what_was_said_before_is_kept_as_well_as_what_is_said_from_then_on(store: FakeStore, talk: Talk) -> None:
    stay = Stay(store)
    stay.happens(talk.says(BOB, "before"))
    stay.opens()
    stay.happens(talk.says(CAROL, "after"))
    store.run()
    assert kept_texts(store) == ["before", "after"]


def test_the_next_visit_shows_it_above_a_line_and_what_is_said_there_below(store: FakeStore, talk: Talk) -> None:
    first = Stay.opened(store)
    first.happens(*(talk.says(BOB, text) for text in "abc"))
    store.run()
    second = Stay(store)
    second.happens(Talk().says(CAROL, "new"))
    second.opens()
    assert second.lines == ["a", "b", "c", wording.FROM_DEVICE, "new"]
    assert second.heard_of == {BOB: "Bob"}
    third = Stay.opened(store)
    assert third.lines == ["a", "b", "c", "new", wording.FROM_DEVICE]


def test_it_stands_in_its_order_however_it_came(store: FakeStore, talk: Talk) -> None:
    first = Stay.opened(store)
    first.happens(*reversed([talk.says(BOB, text) for text in "abcd"]))
    store.run()
    second = Stay.opened(store)
    assert second.lines == ["a", "b", "c", "d", wording.FROM_DEVICE]


def test_what_its_author_deletes_is_deleted_there(store: FakeStore, talk: Talk) -> None:
    stay = Stay.opened(store)
    said = talk.says(BOB, "regret")
    stay.happens(said)
    store.run()
    stay.happens(talk.retracts(BOB, said))
    store.run()
    assert kept_texts(store) == [None]
    second = Stay.opened(store)
    assert second.lines == ["(deleted)", wording.FROM_DEVICE]


def test_what_its_author_deletes_in_a_later_visit_is_deleted_there(store: FakeStore, talk: Talk) -> None:
    first = Stay.opened(store)
    said = talk.says(BOB, "regret")
    first.happens(said)
    store.run()
    second = Stay.opened(store)
    second.happens(talk.retracts(CAROL, said))
    assert "regret" in second.lines, "she has not written it"
    second.happens(talk.retracts(BOB, said))
    assert second.lines == ["(deleted)", wording.FROM_DEVICE]
    store.run()
    assert kept_texts(store) == [None]


def test_what_the_room_tells_as_well_is_shown_once_and_keeps_its_place(store: FakeStore, talk: Talk) -> None:
    first = Stay.opened(store)
    said = [talk.says(BOB, text) for text in "ab"]
    first.happens(*said)
    store.run()
    second = Stay.opened(store)
    second.happens(HistoryReceived((RelayedMessage(said[0], BOB, "Bob", True),)))
    store.run()
    assert second.lines == ["b", wording.FROM_DEVICE, "a"]
    assert kept_texts(store) == ["a", "b"]
    third = Stay.opened(store)
    assert third.lines == ["a", "b", wording.FROM_DEVICE]


def test_what_was_heard_is_not_changed_by_what_another_tells_of_it(store: FakeStore, talk: Talk) -> None:
    first = Stay.opened(store)
    said = talk.says(BOB, "as it was")
    first.happens(said)
    store.run()
    second = Stay.opened(store)
    lie = talk.edits(BOB, said, "as it was not")
    told = tuple(RelayedMessage(each, CAROL, "Carol", False) for each in (said, lie))
    second.happens(HistoryReceived(told))
    store.run()
    assert second.lines == ["as it was", wording.FROM_DEVICE, "as it was not"]
    assert kept_texts(store) == ["as it was"]


def test_what_was_deleted_does_not_come_back_by_what_is_told(store: FakeStore, talk: Talk) -> None:
    first = Stay.opened(store)
    said = talk.says(BOB, "regret")
    first.happens(said, talk.retracts(BOB, said))
    store.run()
    second = Stay.opened(store)
    second.happens(HistoryReceived((RelayedMessage(said, BOB, "Bob", True),)))
    store.run()
    assert kept_texts(store) == [None]


def told_by_carol(*told: MessageReceived) -> HistoryReceived:
    return HistoryReceived(tuple(RelayedMessage(each, CAROL, "Carol", False) for each in told))


def test_what_this_visit_has_written_is_protected_as_what_the_store_had(store: FakeStore, talk: Talk) -> None:
    stay = Stay.opened(store)
    regret, stands = talk.says(BOB, "regret"), talk.says(BOB, "as it was")
    stay.happens(regret, talk.retracts(BOB, regret), stands)
    store.run()
    stay.starts_over()
    lies = [talk.edits(BOB, said, "forged") for said in (regret, stands)]
    stay.happens(told_by_carol(regret, stands, *lies))
    store.run()
    assert kept_texts(store) == [None, "as it was"]


def test_what_another_tells_of_deletes_nothing_that_was_heard(store: FakeStore, talk: Talk) -> None:
    first = Stay.opened(store)
    said = talk.says(BOB, "as it was")
    first.happens(said)
    store.run()
    second = Stay.opened(store)
    second.happens(told_by_carol(said, talk.retracts(BOB, said)))
    store.run()
    assert kept_texts(store) == ["as it was"]


def test_what_its_author_deletes_after_we_came_again_is_deleted_everywhere(store: FakeStore, talk: Talk) -> None:
    stay = Stay.opened(store)
    said = talk.says(BOB, "regret")
    stay.happens(said)
    store.run()
    stay.starts_over()
    stay.happens(told_by_carol(said), talk.retracts(BOB, said))
    store.run()
    assert stay.lines == ["(deleted)", "(deleted)"]
    assert kept_texts(store) == [None]
    stay.starts_over()
    stay.happens(told_by_carol(said))
    store.run()
    assert kept_texts(store) == [None]


@pytest.mark.parametrize("is_told", [False, True])
def test_what_is_edited_and_deleted_before_the_store_is_opened_is_so_in_it(
    store: FakeStore, talk: Talk, is_told: bool
) -> None:
    first = Stay.opened(store)
    regret, mistake = talk.says(BOB, "regret"), talk.says(BOB, "mistake")
    first.happens(regret, mistake)
    store.run()
    second = Stay(store)
    later = Talk(lamports=iter(range(1, 9)))  # as in a group of a lower epoch
    if is_told:
        second.happens(told_by_carol(regret, mistake))
    second.happens(later.retracts(BOB, regret), later.edits(BOB, mistake, "mended"), later.says(BOB, "new"))
    second.opens()
    store.run()
    assert second.lines[: 2 - is_told] == ["(deleted)", "mended"][is_told:]
    assert not {"regret", "mistake"}.intersection(second.lines)
    assert kept_texts(store) == [None, "mended", "new"]


def test_an_edit_of_ours_is_kept_once_it_was_sent(store: FakeStore) -> None:
    stay = Stay.opened(store)
    ours, edit = "0a" * 32, "0b" * 32
    stay.happens(MessageQueued(ours, ALICE, text_content("ours", bytes(16), NOW)), MessageSent(ours, 1))
    store.run()
    stay.happens(MessageQueued(edit, ALICE, about(ours, text_part("changed"))))
    store.run()
    assert kept_texts(store) == ["ours"]
    stay.happens(MessageSent(edit, 2))
    store.run()
    assert kept_texts(store) == ["changed"]


def test_what_was_written_is_remembered_within_bounds(
    store: FakeStore, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "SHELF_MESSAGES_LIMIT", 3)
    monkeypatch.setattr(module, "WRITTEN_LIMIT", 6)
    stay = Stay.opened(store)
    stay.happens(*(talk.says(BOB, str(number)) for number in range(20)))
    store.run()
    assert len(stay.keeper._written) == 6
    assert kept_texts(store) == ["17", "18", "19"]


def test_what_goes_from_the_conversation_goes_from_the_store(store: FakeStore, talk: Talk) -> None:
    stay = Stay.opened(store)
    said = talk.says(BOB, "fleeting")
    stay.happens(said)
    store.run()
    stay.conversation.changed(stay.timeline.drop(said.message_id))
    store.run()
    assert store.records == {}


def test_what_is_not_to_be_kept_is_not_and_goes_if_it_was(store: FakeStore, talk: Talk) -> None:
    stay = Stay.opened(store)
    stay.happens(MessageQueued("0a" * 32, ALICE, text_content("not sent yet", bytes(16), NOW)))
    lasting = talk.says(BOB, "for good")
    fleeting = talk.says(BOB, "for a minute")
    stay.happens(lasting, replace(fleeting, content=replace(fleeting.content, expires=Expiration(1, 60))))
    store.run()
    assert kept_texts(store) == ["for good"]
    change = talk.edits(BOB, lasting, "for a minute, too")
    stay.happens(replace(change, content=replace(change.content, expires=Expiration(1, 60))))
    store.run()
    assert store.records == {}


def test_damaged_records_are_told_of_once_and_do_no_harm(store: FakeStore, talk: Talk) -> None:
    first = Stay.opened(store)
    first.happens(*(talk.says(BOB, text) for text in "abc"))
    store.run()
    store.records[1] = b"\xff" * 50
    store.records[7] = store.records[0]
    second = Stay(store)
    second.opens(damaged=1)
    assert second.lines == ["a", "c", wording.damaged(3), wording.FROM_DEVICE]
    assert sorted(store.records) == [0, 2]


def test_the_first_give_way(store: FakeStore, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "SHELF_MESSAGES_LIMIT", 3)
    stay = Stay.opened(store)
    stay.happens(*(talk.says(BOB, str(number)) for number in range(5)))
    store.run()
    assert kept_texts(store) == ["2", "3", "4"]


def test_much_is_written_in_small_steps(store: FakeStore, talk: Talk) -> None:
    stay = Stay(store)
    stay.happens(*(talk.says(BOB, str(number)) for number in range(100)))
    stay.opens()
    assert max(store.writes) <= module.AT_ONCE
    assert len(store.records) == 100


def test_all_is_written_at_once_if_the_page_is_about_to_end(store: FakeStore, talk: Talk) -> None:
    stay = Stay.opened(store)
    stay.happens(*(talk.says(BOB, str(number)) for number in range(50)))
    stay.keeper.flush()
    assert len(store.records) == 50


def test_a_store_that_is_closed_gets_nothing_more(store: FakeStore, talk: Talk) -> None:
    stay = Stay.opened(store)
    stay.happens(talk.says(BOB, "a"))
    stay.keeper.closed()
    stay.happens(talk.says(BOB, "b"))
    store.run()
    stay.keeper.flush()
    assert store.records == {}


def test_a_store_that_is_closed_while_it_is_read_shows_nothing(store: FakeStore, talk: Talk) -> None:
    first = Stay.opened(store)
    first.happens(*(talk.says(BOB, text) for text in "abcdef"))
    store.run()
    second = Stay(store)
    store.hold()
    second.keeper.opened()
    second.keeper.closed()
    store.run()
    assert second.lines == []


def test_what_was_deleted_from_the_device_is_kept_again_if_the_user_begins_anew(store: FakeStore, talk: Talk) -> None:
    first = Stay.opened(store)
    first.happens(talk.says(BOB, "old"))
    store.run()
    second = Stay.opened(store)
    second.keeper.closed()
    store.records.clear()
    second.happens(Talk().says(ALICE, "new"))
    second.opens()
    assert kept_texts(store) == ["old", "new"]
    third = Stay.opened(store)
    assert third.lines == ["old", "new", wording.FROM_DEVICE]


def test_a_fault_with_one_message_keeps_no_other_from_being_kept(
    store: FakeStore, talk: Talk, monkeypatch: pytest.MonkeyPatch, faults: list[BaseException]
) -> None:
    stay = Stay.opened(store)
    pack = module.pack
    monkeypatch.setattr(module, "pack", lambda kept: pack(kept) if kept.record.first.text != "bad" else 1 / 0)
    stay.happens(talk.says(BOB, "bad"), talk.says(BOB, "good"))
    store.run()
    assert kept_texts(store) == ["good"]
    assert [type(fault) for fault in faults] == [ZeroDivisionError]
    faults.clear()


def test_a_part_with_nothing_in_it_is_the_beginning(store: FakeStore) -> None:
    stay = Stay(store)
    store.parts = [Part((), 0, is_last=True)]
    stay.keeper.opened()
    assert stay.lines == []
