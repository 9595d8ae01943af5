"""The conversation is the same for all, in whatever order it came to each."""

from dataclasses import replace
from itertools import permutations
from random import Random

import pytest

from tests.unit.bounds import at_most_seconds
from tests.unit.chat.contents import ALICE, BOB, CAROL, NAMES, NOW, Talk
from volly_browser.chat import record as records
from volly_browser.chat import timeline as module
from volly_browser.chat import waiting
from volly_browser.chat.events import MessageNotSent
from volly_browser.chat.message import Delivery, Message, Reaction, Relay, Stage, Version
from volly_browser.chat.reading import READERS_LIMIT
from volly_browser.chat.timeline import Note, Timeline, _relation
from volly_browser.chat.waiting import Waiting
from volly_browser.room.events import (
    HistoryReceived,
    MessageDelivered,
    MessageGap,
    MessageQueued,
    MessageReceived,
    MessageSent,
    MessagesRead,
    RelayedMessage,
)
from volly_browser.room.mimi import Content, text_content


def timeline(*events: MessageReceived) -> Timeline:
    made = Timeline("Alice")
    for event in events:
        made.apply(event, NOW)
    return made


def shown(told: Timeline) -> list[Message]:
    return [entry for entry in told if isinstance(entry, Message)]


def the_only(told: Timeline) -> Message:
    (message,) = shown(told)
    return message


def texts(told: Timeline) -> list[str | None]:
    return [message.text for message in shown(told)]


# Order


def test_messages_stand_in_one_order_however_they_came() -> None:
    talk = Talk()
    said = [talk.says(sender, str(number)) for number, sender in enumerate((ALICE, BOB, ALICE, CAROL))]
    for order in permutations(said):
        assert texts(timeline(*order)) == ["0", "1", "2", "3"]


def test_messages_of_one_lamport_stand_by_their_senders() -> None:
    one, other = Talk().says(BOB, "Bob's"), Talk().says(ALICE, "Alice's")
    assert one.lamport == other.lamport
    assert texts(timeline(one, other)) == texts(timeline(other, one)) == ["Alice's", "Bob's"]


def test_a_message_that_comes_twice_stands_there_once() -> None:
    said = Talk().says(BOB, "once")
    told = timeline(said)
    assert not told.apply(said, NOW)
    assert len(told) == 1


def test_where_an_entry_stands_is_found() -> None:
    talk = Talk()
    said = [talk.says(BOB, str(number)) for number in range(20)]
    told = timeline(*reversed(said))
    assert [told.index(message.message_id) for message in said] == list(range(20))
    assert [message.text for message in told[3:5] if isinstance(message, Message)] == ["3", "4"]
    with pytest.raises(KeyError):
        told.index("nobody's")


def test_a_note_stands_behind_what_was_there_and_before_what_comes() -> None:
    talk = Talk()
    told = timeline(talk.says(BOB, "before"))
    (note_id,) = told.apply(MessageGap(BOB, "Bob", 2), NOW)
    told.apply(talk.says(BOB, "after"), NOW)
    before, note, after = told
    assert isinstance(note, Note)
    assert (note.note_id, note.at, told.find(note_id)) == (note_id, NOW, note)
    assert [entry.text for entry in (before, after) if isinstance(entry, Message)] == ["before", "after"]


def test_what_another_group_says_stands_behind_what_was_said_before_whatever_it_counts() -> None:
    first, second = Talk(), Talk()
    told = timeline(*(first.says(BOB, f"before {number}") for number in range(3)))
    told.begin_stretch()
    for number in range(2):
        told.apply(second.says(CAROL, f"after {number}"), NOW)
    gap = MessageGap(CAROL, "Carol", 1)
    told.apply(gap, NOW)
    assert texts(told) == ["before 0", "before 1", "before 2", "after 0", "after 1"]
    assert [entry.event for entry in list(told)[-1:] if isinstance(entry, Note)] == [gap]


def test_what_waits_when_another_group_is_entered_is_sent_there() -> None:
    told = timeline(Talk().says(BOB, "before"))
    told.apply(MessageQueued("a" * 64, ALICE, text_content("waiting", bytes(16), NOW)), NOW)
    told.begin_stretch()
    told.apply(Talk().says(CAROL, "after"), NOW)
    assert texts(told) == ["before", "after", "waiting"]
    told.apply(MessageSent("a" * 64, 1), NOW)
    assert texts(told) == ["before", "waiting", "after"], "by its lamport, and the id of its sender"


def test_the_earliest_entries_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ENTRIES_LIMIT", 3)
    talk = Talk()
    first = talk.says(BOB, "first")
    told = timeline(first, *(talk.answers(ALICE, first, str(number)) for number in range(2)))
    changed = told.apply(talk.says(BOB, "last"), NOW)
    assert first.message_id in changed
    assert told.find(first.message_id) is None
    assert texts(told) == ["0", "1", "last"]
    for number in range(3):
        told.apply(talk.says(BOB, str(number)), NOW)
    assert texts(told) == ["0", "1", "2"]
    assert not told._records.keys() & {first.message_id}


def test_no_number_of_notes_takes_the_place_of_a_message_or_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ENTRIES_LIMIT", 2)
    monkeypatch.setattr(module, "NOTES_LIMIT", 3)
    talk = Talk()
    told = timeline(talk.says(BOB, "first"))
    for number in range(9):
        assert len(told.apply(MessageGap(BOB, "Bob", number), NOW)) == (1 if number < 3 else 2)
    told.apply(talk.says(BOB, "second"), NOW)
    assert texts(told) == ["first", "second"]
    assert (len(told), len(told._notes)) == (5, 3)
    told.apply(talk.says(BOB, "third"), NOW)
    told.apply(talk.says(BOB, "fourth"), NOW)
    assert (texts(told), len(told)) == (["third", "fourth"], 2), "what stands before what is gone goes as well"


# Ours


def queued(text: str, message_id: str) -> MessageQueued:
    return MessageQueued(message_id, ALICE, text_content(text, bytes(16), NOW))


def test_a_message_of_ours_waits_at_the_end_and_is_sent_and_received() -> None:
    talk, told = Talk(), Timeline("Alice")
    assert told.apply(queued("mine", "id"), NOW) == {"id"}
    told.apply(talk.says(BOB, "Bob's"), NOW)
    assert texts(told) == ["Bob's", "mine"]
    assert shown(told)[1].delivery == Delivery(Stage.WAITING)
    assert told.apply(MessageSent("id", 1), NOW) == {"id"}
    assert texts(told) == ["mine", "Bob's"], "they crossed, and Alice's id is the smaller one"
    for received in (1, 2):
        assert told.apply(MessageDelivered("id", received, 2), NOW) == {"id"}
        assert shown(told)[0].delivery == Delivery(Stage.SENT, received, 2)
    assert shown(told)[0].delivery == Delivery(Stage.SENT, 2, 2)
    assert not told.apply(MessageDelivered("id", 2, 2), NOW)


def test_messages_of_ours_wait_in_their_order() -> None:
    told = Timeline("Alice")
    for number in range(3):
        told.apply(queued(str(number), f"id {number}"), NOW)
    assert texts(told) == ["0", "1", "2"]


def test_one_that_was_not_sent_says_so() -> None:
    told = Timeline("Alice")
    told.apply(queued("mine", "id"), NOW)
    assert told.apply(MessageNotSent("id"), NOW) == {"id"}
    assert the_only(told).delivery == Delivery(Stage.FAILED)


def test_one_that_was_not_sent_can_be_dropped() -> None:
    told = timeline()
    told.apply(MessageQueued("a" * 64, ALICE, text_content("Hello", bytes(16), NOW)), NOW)
    told.apply(MessageNotSent("a" * 64), NOW)
    assert told.drop("a" * 64) == {"a" * 64}
    assert (len(told), told.find("a" * 64)) == (0, None)
    assert not told.drop("a" * 64)


def test_what_becomes_of_unknown_messages_changes_nothing() -> None:
    told = timeline(Talk().says(BOB, "Bob's"))
    theirs = the_only(told).message_id
    for event in (
        MessageSent("none", 1),
        MessageDelivered("none", 1, 1),
        MessageNotSent("none"),
        MessageDelivered(theirs, 1, 1),
    ):
        assert not told.apply(event, NOW)


def test_an_edit_of_ours_is_seen_at_once_and_stands_where_it_was_sent() -> None:
    told, talk = Timeline("Alice"), Talk()
    first = talk.says(ALICE, "first")
    told.apply(MessageQueued(first.message_id, ALICE, first.content), NOW)
    told.apply(MessageSent(first.message_id, first.lamport), NOW)
    edits = [talk.edits(ALICE, first, text) for text in ("second", "third")]
    for edit in edits:
        assert told.apply(MessageQueued(edit.message_id, ALICE, edit.content), NOW) == {first.message_id}
    assert the_only(told).text == "third"
    for edit in edits:
        told.apply(MessageSent(edit.message_id, edit.lamport), NOW)
    assert the_only(told).text == "third"
    assert [version.text for version in the_only(told).versions] == ["first", "second"]


# What is said about messages


def test_an_edit_keeps_what_was_said_before() -> None:
    talk = Talk()
    first = talk.says(BOB, "hallo")
    edit = talk.edits(BOB, first, "hello")
    message = the_only(timeline(first, edit))
    assert (message.text, message.edited_at) == ("hello", edit.sent_at)
    assert message.versions == (Version("hallo", first.sent_at),)


def test_only_its_author_edits_or_retracts_a_message() -> None:
    talk = Talk()
    first = talk.says(BOB, "Bob's")
    told = timeline(first)
    for forged in (talk.edits(ALICE, first, "Alice's"), talk.retracts(ALICE, first)):
        assert not told.apply(forged, NOW)
    assert the_only(told).text == "Bob's"
    late = timeline(talk.edits(ALICE, first, "Alice's"), talk.retracts(ALICE, first), first)
    assert the_only(late).text == "Bob's"


def test_what_is_taken_back_is_gone_with_all_that_it_said() -> None:
    talk = Talk()
    first = talk.says(BOB, "a secret")
    told = timeline(
        first, talk.edits(BOB, first, "a bigger secret"), talk.reacts(CAROL, first, "❤"), talk.retracts(BOB, first)
    )
    message = the_only(told)
    assert message.is_deleted
    assert (message.text, message.versions, message.reactions) == (None, (), ())
    assert "secret" not in repr(vars(told))
    told.apply(talk.edits(BOB, first, "again"), NOW)
    told.apply(talk.reacts(CAROL, first, "❤"), NOW)
    assert the_only(told) == message


def test_an_edit_in_a_group_of_a_lower_epoch_counts_after_those_in_the_group_before() -> None:
    talk = Talk(lamports=iter([100 << 20, 101 << 20, 50 << 20, 51 << 20]))
    first = talk.says(BOB, "first")
    told = timeline(first, talk.edits(BOB, first, "second"))
    told.begin_stretch()
    told.apply(talk.edits(BOB, first, "third"), NOW)
    assert the_only(told).text == "third"
    told.apply(MessageQueued("0b" * 32, BOB, talk.edits(BOB, first, "fourth").content), NOW)
    assert the_only(told).text == "fourth"
    told.apply(MessageSent("0b" * 32, 52 << 20), NOW)
    assert the_only(told).text == "fourth"


def test_an_edit_that_its_author_tells_again_in_another_group_stays_before_later_ones() -> None:
    talk = Talk()
    first = talk.says(BOB, "first")
    edits = [talk.edits(BOB, first, text) for text in ("second", "third")]
    told = timeline(first, *edits)
    told.begin_stretch()
    told.apply(HistoryReceived((RelayedMessage(edits[0], BOB, "Bob", True),)), NOW)
    assert the_only(told).text == "third"


def test_a_deletion_that_another_tells_of_is_shown_as_told_until_its_author_says_so() -> None:
    talk = Talk()
    first = talk.says(BOB, "first")
    retraction = talk.retracts(BOB, first)
    told = Timeline("Alice")
    told.apply(HistoryReceived((RelayedMessage(first, BOB, "Bob", True),)), NOW)
    assert the_only(told).relay is None
    told.apply(HistoryReceived((RelayedMessage(retraction, CAROL, "Carol", False),)), NOW)
    assert (the_only(told).is_deleted, the_only(told).is_confirmed) == (True, False)
    told.apply(retraction, NOW)
    assert (the_only(told).is_deleted, the_only(told).is_confirmed) == (True, True)


def test_an_answer_costs_what_it_answers_nothing() -> None:
    talk = Talk()
    first = talk.says(BOB, "first")
    told = timeline(first, *(talk.answers(CAROL, first, "an answer") for _ in range(100)))
    assert told.apply(talk.edits(BOB, first, "changed"), NOW) == {first.message_id}


def test_a_message_is_made_once_until_something_changes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Talk()
    first = talk.says(BOB, "first")
    reactions = tuple(
        RelayedMessage(replace(talk.reacts(CAROL, first, "👍"), sender=f"{number:032x}"), BOB, "Bob", False)
        for number in range(900)
    )
    told = Timeline("Alice")
    told.apply(HistoryReceived((RelayedMessage(first, BOB, "Bob", True),)), NOW)
    made = 0
    make = records.Record._made

    def counted(record: records.Record) -> Message:
        nonlocal made
        made += 1
        return make(record)

    monkeypatch.setattr(records.Record, "_made", counted)
    told.apply(HistoryReceived(reactions), NOW)
    assert made == 0
    assert the_only(told) is told.find(first.message_id)
    assert len(the_only(told).reactions[0].senders) == 900
    assert made == 1
    assert not told.apply(talk.edits(CAROL, first, "not hers"), NOW)
    assert the_only(told)
    assert made == 1


def test_much_that_waits_is_not_searched_for_what_comes() -> None:
    talk = Talk()
    said = [talk.says(BOB, "said") for _ in range(64)]
    relations = [_relation(talk.edits(BOB, each, "changed"), (0, 0)) for each in said]
    waits = Waiting()
    for number in range(waiting.SENDERS_LIMIT):
        for relation in filter(None, relations):
            waits.add(replace(relation, sender=f"{number:032x}"))
    assert len(waits) == waiting.SENDERS_LIMIT * waiting.OF_ONE_LIMIT
    with at_most_seconds(1):
        for number in range(20_000):
            assert not waits.take(f"{number:064x}")
    assert len(waits.take(said[0].message_id)) == waiting.SENDERS_LIMIT
    assert len(waits) == waiting.SENDERS_LIMIT * (waiting.OF_ONE_LIMIT - 1)


def test_what_waits_leaves_nothing_behind() -> None:
    talk = Talk()
    first = talk.says(BOB, "first")
    relation = _relation(talk.edits(BOB, first, "changed"), (0, 0))
    assert relation
    waits = Waiting()
    for sender in (BOB, CAROL, BOB):  # one id for several, as a hostile member would like it
        waits.add(replace(relation, sender=sender))
    assert len(waits) == 2
    assert len(waits.take(first.message_id)) == 2
    assert (len(waits), len(waits._of)) == (0, 0)


def test_what_was_deleted_before_it_came_stays_so_however_many_emoji_follow() -> None:
    talk = Talk()
    regret, others = talk.says(BOB, "regret"), [talk.says(BOB, "said") for _ in range(100)]
    told = timeline(talk.retracts(BOB, regret), *(talk.reacts(BOB, each, "👍") for each in others), regret)
    assert the_only(told).is_deleted


def test_reactions_count_once_for_each_person_and_emoji() -> None:
    talk = Talk()
    first = talk.says(BOB, "look!")
    reactions = [
        talk.reacts(CAROL, first, "👍🏽"),
        talk.reacts(ALICE, first, "❤️"),
        talk.reacts(ALICE, first, "👍"),
        talk.reacts(CAROL, first, "👍"),
        talk.reacts(BOB, first, "❤"),
    ]
    message = the_only(timeline(first, *reactions))
    assert message.reactions == (Reaction("👍🏽", (CAROL, ALICE)), Reaction("❤️", (ALICE, BOB)))


def test_a_reaction_is_taken_back_by_its_author_only_and_can_come_again() -> None:
    talk = Talk()
    first = talk.says(BOB, "look!")
    reaction = talk.reacts(CAROL, first, "👍")
    told = timeline(first, reaction)
    assert told.reactions_of(first.message_id, CAROL, "👍🏿") == [reaction.message_id]
    assert not told.apply(talk.unreacts(ALICE, first, reaction), NOW)
    assert told.apply(talk.unreacts(CAROL, first, reaction), NOW) == {first.message_id}
    assert not the_only(told).reactions
    told.apply(talk.reacts(CAROL, first, "👍"), NOW)
    assert the_only(told).reactions == (Reaction("👍", (CAROL,)),)


@pytest.mark.parametrize(
    "emoji", ["", "a", "👍👍", "❤a", "<b>", "1", "\u202e", "z\u0335" * 20, "😀\u0301", "👍" + "\u200d👍" * 30]
)
def test_what_is_no_emoji_is_no_reaction(emoji: str) -> None:
    talk = Talk()
    first = talk.says(BOB, "look!")
    told = timeline(first)
    told.apply(talk.reacts(CAROL, first, emoji), NOW)
    assert not shown(told)[0].reactions


def test_a_message_that_cannot_be_shown_is_there_without_text() -> None:
    newer = Talk().sends(BOB, Content(bytes(16), 0, None, b"", None, None, ()))
    assert the_only(timeline(newer)).text is None


@pytest.mark.parametrize("seed", range(30))
def test_the_outcome_is_the_same_in_whatever_order_all_came(seed: int) -> None:
    random, talk = Random(seed), Talk()
    firsts = [talk.says(random.choice(list(NAMES)), "first") for _ in range(3)]
    said = list(firsts)
    reactions: list[tuple[MessageReceived, MessageReceived]] = []
    for _ in range(20):
        sender, target = random.choice(list(NAMES)), random.choice(firsts)
        match random.randrange(9):
            case 0 | 1 | 2:
                said.append(talk.edits(sender, target, str(random.random())))
            case 3 if random.random() < 0.3:
                said.append(talk.retracts(sender, target))
            case 4 | 5 | 6:
                reactions.append((target, talk.reacts(sender, target, random.choice("❤👍🎉"))))
                said.append(reactions[-1][1])
            case _ if reactions:
                about, reaction = random.choice(reactions)
                said.append(talk.unreacts(random.choice((sender, reaction.sender)), about, reaction))
    expected = shown(timeline(*said))
    for _ in range(5):
        random.shuffle(said)
        assert shown(timeline(*said)) == expected


# Bounds


def test_one_author_can_make_others_forget_nothing() -> None:
    talk = Talk()
    first = talk.says(BOB, "first")
    edit = talk.edits(BOB, first, "edited")
    told = timeline(edit)
    for _ in range(500):
        told.apply(talk.edits(CAROL, talk.says(CAROL, "never sent"), "flood"), NOW)
    assert len(told._waiting) <= 1 + 64
    told.apply(first, NOW)
    assert the_only(told).text == "edited"


def test_edits_and_reactions_without_end_keep_a_message_small() -> None:
    talk = Talk()
    first = talk.says(BOB, "first")
    told = timeline(first)
    for number in range(200):
        told.apply(talk.edits(BOB, first, str(number)), NOW)
        told.apply(talk.reacts(CAROL, first, chr(0x1F600 + number % 60)), NOW)
    message = the_only(told)
    assert message.text == "199"
    assert len(message.versions) == 50
    assert len(message.reactions) == 20


def test_reactions_of_members_without_end_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "REACTIONS_LIMIT", 5)
    talk = Talk()
    first = talk.says(BOB, "first")
    told = timeline(first)
    for number in range(10):
        member_id = f"{100 + number:032x}"
        told.apply(replace(talk.reacts(CAROL, first, "❤"), sender=member_id), NOW)
        told.apply(replace(talk.unreacts(CAROL, first, first), sender=member_id), NOW)
    assert len(the_only(told).reactions[0].senders) == 5
    assert len(told._records[first.message_id]._taken_back) <= 5


def test_authors_without_end_wait_in_a_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "SENDERS_LIMIT", 3)
    talk = Talk()
    first = talk.says(BOB, "first")
    told = Timeline("Alice")
    for number in range(10):
        told.apply(replace(talk.reacts(CAROL, first, "❤"), sender=f"{100 + number:032x}"), NOW)
    assert len(told._waiting) == 3


# What was said before we came


def relayed(*told: MessageReceived, by: str = CAROL, is_confirmed: bool = True) -> HistoryReceived:
    return HistoryReceived(tuple(RelayedMessage(each, by, NAMES[by], is_confirmed) for each in told))


def history(*events: MessageReceived | HistoryReceived) -> Timeline:
    made = Timeline("Dave")
    for event in events:
        made.apply(event, NOW)
    return made


def test_what_was_said_before_stands_before_what_was_heard_in_its_own_order_and_says_who_tells_it() -> None:
    talk = Talk()
    first, second, heard = (talk.says(sender, text) for sender, text in ((ALICE, "1"), (BOB, "2"), (BOB, "3")))
    for events in ((heard, relayed(second, first)), (relayed(second, first), heard)):
        told = history(*events)
        assert texts(told) == ["1", "2", "3"]
        assert [message.relay for message in shown(told)] == [Relay(CAROL, "Carol", True)] * 2 + [None]


def test_the_one_who_tells_cannot_put_a_message_behind_what_was_heard() -> None:
    talk = Talk()
    heard = talk.says(ALICE, "heard")
    late = replace(talk.says(BOB, "late"), lamport=1 << 60)
    told = history(heard, relayed(late))
    told.apply(talk.says(ALICE, "later"), NOW)
    assert texts(told) == ["late", "heard", "later"]
    (note_id,) = told.apply(MessageGap(ALICE, "Alice", 1), NOW)
    assert told.ids(slice(3, 4)) == [note_id]
    told.apply(talk.says(ALICE, "last"), NOW)
    assert texts(told)[-1] == "last"


def test_a_note_from_before_any_message_stands_behind_the_past() -> None:
    told = Timeline("Dave")
    (note_id,) = told.apply(MessageGap(ALICE, "Alice", 1), NOW)
    (changed,) = [told.apply(relayed(Talk().says(BOB, "before")), NOW)]
    assert told.ids(slice(0, 2)) == [*changed, note_id]


def test_edits_and_reactions_from_before_come_along() -> None:
    talk = Talk()
    said = talk.says(ALICE, "seven")
    told = history(relayed(said, talk.edits(ALICE, said, "eight"), talk.reacts(BOB, said, "👍")))
    message = the_only(told)
    assert (message.text, message.versions[0].text) == ("eight", "seven")
    assert message.reactions == (Reaction("👍", (BOB,)),)


def test_what_a_member_tells_changes_nothing_that_was_heard() -> None:
    talk = Talk()
    heard = talk.says(ALICE, "heard")
    before = history(heard)
    told = history(
        heard,
        relayed(talk.edits(ALICE, heard, "other words"), talk.reacts(ALICE, heard, "👎"), talk.retracts(ALICE, heard)),
    )
    assert shown(told) == shown(before)


def test_what_was_told_is_changed_by_what_is_heard_whichever_comes_first() -> None:
    talk = Talk()
    said = talk.says(ALICE, "seven")
    past, edit = relayed(said), talk.edits(ALICE, said, "eight")
    for events in ((past, edit), (edit, past)):
        assert the_only(history(*events)).text == "eight"
    gone = talk.retracts(ALICE, said)
    for events in ((past, gone), (gone, past)):
        message = the_only(history(*events))
        assert message.is_deleted
        assert message.text is None
    assert the_only(history(past, talk.edits(BOB, said, "Bob's"))).text == "seven"


def test_what_was_told_and_is_heard_stands_there_once_and_is_heard() -> None:
    talk = Talk()
    said = talk.says(ALICE, "seven")
    reaction = talk.reacts(BOB, said, "👍")
    past = relayed(said, reaction, is_confirmed=False)
    for events in ((past, said, reaction), (said, reaction, past), (past, past, reaction, said)):
        message = the_only(history(*events))
        assert (message.text, message.relay, message.reactions) == ("seven", None, (Reaction("👍", (BOB,)),))


def test_a_message_is_confirmed_if_it_and_its_edits_are_and_each_reaction_by_itself() -> None:
    talk = Talk()
    said = talk.says(ALICE, "seven")
    told = history(relayed(said), relayed(talk.reacts(BOB, said, "👍"), is_confirmed=False))
    message = the_only(told)
    assert message.relay == Relay(CAROL, "Carol", True)
    assert message.reactions == (Reaction("👍", (BOB,), frozenset([BOB])),)
    assert not message.is_confirmed
    told.apply(talk.reacts(BOB, said, "👍"), NOW)
    assert the_only(told).is_confirmed
    told.apply(relayed(talk.edits(ALICE, said, "eight"), is_confirmed=False), NOW)
    assert the_only(told).relay == Relay(CAROL, "Carol", False)


def test_what_an_author_tells_itself_is_as_heard() -> None:
    talk = Talk()
    said = talk.says(ALICE, "mine")
    assert the_only(history(relayed(said, by=ALICE))).relay is None
    told = history(relayed(said, by=ALICE), relayed(talk.reacts(BOB, said, "👍"), by=ALICE, is_confirmed=False))
    assert the_only(told).relay is None
    assert the_only(told).reactions[0].unconfirmed == {BOB}


def test_what_was_said_about_a_message_that_nobody_tells_of_is_not_kept() -> None:
    talk = Talk()
    said = talk.says(ALICE, "not told")
    told = history(relayed(talk.edits(ALICE, said, "told")))
    told.apply(said, NOW)
    assert the_only(told).text == "not told"


# What was read


def shown_readers(timeline: Timeline, message_id: str) -> tuple[str, ...]:
    message = timeline.find(message_id)
    assert isinstance(message, Message)
    assert message.delivery
    return message.delivery.readers


def sent_by_us(timeline: Timeline, number: int, lamport: int) -> str:
    message_id = f"{number:064x}"
    timeline.apply(MessageQueued(message_id, ALICE, text_content("ours", bytes(16), 0.0)), NOW)
    timeline.apply(MessageSent(message_id, lamport), NOW)
    return message_id


def test_who_has_read_a_message_has_read_all_before_it_that_it_got() -> None:
    timeline = Timeline("Alice")
    timeline.heard_by([BOB])
    first = sent_by_us(timeline, 1, 10)
    timeline.heard_by([BOB, CAROL])
    second, third = sent_by_us(timeline, 2, 20), sent_by_us(timeline, 3, 30)
    assert timeline.apply(MessagesRead(BOB, second), NOW) == {first, second}
    assert timeline.apply(MessagesRead(CAROL, third), NOW) == {second, third}
    assert [shown_readers(timeline, each) for each in (first, second, third)] == [(BOB,), (BOB, CAROL), (CAROL,)]
    assert timeline.apply(MessagesRead(BOB, first), NOW) == frozenset(), "what was read stays read"
    timeline.apply(MessageDelivered(second, 2, 2), NOW)
    assert shown_readers(timeline, second) == (BOB, CAROL)


def test_what_is_read_before_it_is_here_counts_once_it_is() -> None:
    timeline, talk = Timeline("Alice"), Talk()
    timeline.heard_by([BOB])
    ours = sent_by_us(timeline, 1, 0)
    later = talk.says(CAROL, "Hello")
    assert timeline.apply(MessagesRead(BOB, later.message_id), NOW) == frozenset()
    assert ours in timeline.apply(later, NOW)
    assert shown_readers(timeline, ours) == (BOB,)


def test_strangers_have_read_nothing_and_few_are_remembered() -> None:
    timeline = Timeline("Alice")
    timeline.heard_by([BOB])
    ours = sent_by_us(timeline, 1, 10)
    for number in range(2 * READERS_LIMIT):
        assert timeline.apply(MessagesRead(f"{number + 100:032x}", ours), NOW) == frozenset()
        assert timeline.apply(MessagesRead(f"{number + 100:032x}", "ee" * 32), NOW) == frozenset()
    reading = timeline._reading
    assert len(reading._up_to) == len(reading._waiting) == READERS_LIMIT
    assert timeline.apply(MessagesRead(BOB, ours), NOW) == {ours}
