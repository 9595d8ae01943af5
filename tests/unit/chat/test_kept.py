"""Messages as a store has them: what is shown comes back, what was taken out does not, and no bytes do harm."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.bounds import at_most_seconds
from tests.unit.chat.contents import ALICE, BOB, CAROL, NOW, Talk
from tests.unit.fuzzing.alterations import altered
from tests.unit.fuzzing.examples import examples
from tests.unit.fuzzing.mutations import mutated
from tests.unit.fuzzing.structs import values
from volly_browser.chat import kept as module
from volly_browser.chat.contents import Contents
from volly_browser.chat.kept import Kept, KeptMessage, RecordMalformed, is_to_keep, pack, unpack
from volly_browser.chat.message import Delivery, Mention, Message, Relay, Stage
from volly_browser.chat.record import Record
from volly_browser.chat.relation import Kind, Relation
from volly_browser.chat.timeline import Timeline
from volly_browser.room.content.mentions import MENTIONS_LIMIT
from volly_browser.room.events import HistoryReceived, MessageDelivered, MessageQueued, MessageSent, RelayedMessage
from volly_browser.room.mimi import Expiration, text_content

OURS = "0a" * 32
LATER = (1, 0)
"""The first stretch of the next timeline."""


def heard(*events: object) -> Timeline:
    told = Timeline("Alice")
    for event in events:
        told.apply(event, NOW)  # type: ignore[arg-type]
    return told


def kept_of(told: Timeline, message_id: str, stay: int = 0) -> Kept:
    record = told.record(message_id)
    assert record
    return Kept(stay, told.standing(message_id), record)


def the_only(told: Timeline) -> Message:
    (message,) = [entry for entry in told if isinstance(entry, Message)]
    return message


def again(told: Timeline, message_id: str) -> Message:
    """A message after it was in a store."""
    return unpack(pack(kept_of(told, message_id))).record.message


def sent(text: str) -> Timeline:
    told = heard(MessageQueued(OURS, ALICE, text_content(text, bytes(16), NOW)), MessageSent(OURS, 7))
    told.apply(MessageDelivered(OURS, 2, 3), NOW)
    return told


# What comes back


def test_a_message_comes_back_as_it_was() -> None:
    talk = Talk()
    asked = talk.says(BOB, "Is it *true*?", "text/markdown;variant=GFM")
    answered = talk.answers(CAROL, asked, "It is.")
    told = heard(asked, answered, talk.reacts(CAROL, asked, "👍"), talk.reacts(ALICE, asked, "🎉"))
    for message in (asked, answered):
        assert again(told, message.message_id) == told.find(message.message_id)


def test_the_members_that_a_text_names_come_back_with_it() -> None:
    talk = Talk()
    named = talk.sends(BOB, Contents(bytes(16), 0.0, {"@Alice": ALICE}).text("Hello @Alice"))
    edited = talk.says(BOB, "Hello")
    edit = Contents(bytes(16), 0.0, {"@Carol": CAROL}).edit(edited.message_id, "Hello @Carol")
    told = heard(named, edited, talk.sends(BOB, edit))
    assert again(told, named.message_id).mentions == (Mention(6, 12, ALICE),)
    assert again(told, edited.message_id).mentions == (Mention(6, 12, CAROL),)
    told.apply(talk.retracts(BOB, edited), NOW)
    assert again(told, edited.message_id).mentions == ()


def test_a_message_of_ours_comes_back_as_ours() -> None:
    message = again(sent("I say."), OURS)
    assert message.is_own
    assert message.text == "I say."
    assert message.delivery == Delivery(Stage.SENT, 2, 3)


def test_what_another_has_told_of_comes_back_as_told() -> None:
    past = Talk().says(BOB, "long ago")
    told = heard(HistoryReceived((RelayedMessage(past, CAROL, "Carol", False),)))
    message = again(told, past.message_id)
    assert message == told.find(past.message_id)
    assert message.relay == Relay(CAROL, "Carol", False)


def test_of_an_edited_message_the_text_that_counts_is_kept_and_no_other() -> None:
    talk = Talk()
    said = talk.says(BOB, "first words")
    told = heard(said, talk.edits(BOB, said, "second words"), talk.edits(BOB, said, "last words"))
    data = pack(kept_of(told, said.message_id))
    message = unpack(data).record.message
    assert (message.text, message.edited_at) == ("last words", 1003.0)
    assert b"first words" not in data
    assert b"second words" not in data


def test_an_edit_that_was_kept_counts_among_later_ones() -> None:
    talk = Talk()
    said = talk.says(BOB, "first words")
    told = heard(said, talk.edits(BOB, said, "kept"))
    restored = Timeline("Alice")
    restored.restore([unpack(pack(kept_of(told, said.message_id))).record])
    elsewhere = Talk()  # where lamports are counted anew
    early, late = elsewhere.edits(BOB, said, "early"), elsewhere.edits(BOB, said, "late")
    restored.hear(late, LATER)
    restored.hear(early, LATER)
    assert the_only(restored).text == "late", "the early one comes later, and was said before"
    restored.hear(Talk().edits(BOB, said, "the latest"), (1, 1))
    assert the_only(restored).text == "the latest"


def test_a_deleted_message_is_kept_as_deleted() -> None:
    talk = Talk()
    said = talk.says(BOB, "I should not have said this")
    told = heard(said, talk.reacts(CAROL, said, "😮"), talk.retracts(BOB, said))
    data = pack(kept_of(told, said.message_id))
    assert b"should not" not in data
    message = unpack(data).record.message
    assert message.is_deleted
    assert (message.text, message.reactions) == (None, ())


def test_what_its_author_wants_to_be_deleted_later_is_not_kept() -> None:
    talk = Talk()
    lasting = talk.says(BOB, "for good")
    fleeting = talk.sends(BOB, replace(lasting.content, salt=b"1" * 16, expires=Expiration(1, 60)))
    told = heard(lasting, fleeting)
    records = [told.record(message.message_id) for message in (lasting, fleeting)]
    assert all(records)
    assert [is_to_keep(record) for record in records if record] == [True, False]
    change = talk.edits(BOB, lasting, "changed")
    told.apply(replace(change, content=replace(change.content, expires=Expiration(1, 60))), NOW)
    assert [is_to_keep(record) for record in records if record] == [False, False]


def test_what_was_not_sent_is_not_kept() -> None:
    told = heard(MessageQueued(OURS, ALICE, text_content("wait", bytes(16), NOW)))
    record = told.record(OURS)
    assert record
    assert not is_to_keep(record)
    told.apply(MessageSent(OURS, 1), NOW)
    assert is_to_keep(record)


def test_messages_come_back_in_their_order() -> None:
    talk = Talk()
    said = [talk.says((ALICE, BOB, CAROL)[number % 3], str(number)) for number in range(12)]
    told = heard(*reversed(said))
    kept = [unpack(pack(kept_of(told, message.message_id, stay=1))) for message in reversed(said)]
    earlier = unpack(pack(kept_of(heard(Talk().says(BOB, "before")), Talk().says(BOB, "before").message_id)))
    restored = Timeline("Alice")
    restored.restore(each.record for each in sorted([*kept, earlier], key=lambda each: each.order))
    texts = [entry.text for entry in restored if isinstance(entry, Message)]
    assert texts == ["before", *map(str, range(12))]


def test_what_comes_back_stands_before_what_is_there() -> None:
    old, new = Talk().says(BOB, "old"), Talk().says(CAROL, "new")
    told = heard(new)
    told.restore([Record(Message(message_id=old.message_id, sender=BOB, name="Bob", text="old", sent_at=0.0))])
    assert [entry.text for entry in told if isinstance(entry, Message)] == ["old", "new"]


# What is said later


def restored_with(talk: Talk, text: str) -> tuple[Timeline, str]:
    said = talk.says(BOB, text)
    told = Timeline("Alice")
    told.restore([unpack(pack(kept_of(heard(said), said.message_id))).record])
    return told, said.message_id


def test_an_author_can_delete_what_comes_from_a_store() -> None:
    talk = Talk()
    said = talk.says(BOB, "still here")
    told = Timeline("Alice")
    told.restore([unpack(pack(kept_of(heard(said), said.message_id))).record])
    assert not told.hear(talk.retracts(CAROL, said), LATER), "she did not write it"
    assert told.hear(talk.retracts(BOB, said), LATER) == {said.message_id}
    assert the_only(told).is_deleted


def test_what_is_about_no_message_from_a_store_is_not_taken() -> None:
    talk = Talk()
    other = talk.says(BOB, "elsewhere")
    told, _ = restored_with(talk, "here")
    assert not told.hear(other, LATER)
    assert not told.hear(talk.edits(BOB, other, "changed"), LATER)
    assert len(told) == 1


# Hostile bytes


def a_packed_message() -> bytes:
    talk = Talk()
    said = talk.says(BOB, "Hello")
    told = heard(said, talk.edits(BOB, said, "Hello!"), talk.reacts(CAROL, said, "👍"))
    return pack(kept_of(told, said.message_id))


@examples(300)
@given(mutated([a_packed_message(), b"", bytes(200)]))
def test_hostile_bytes_are_refused_or_are_a_message(data: bytes) -> None:
    try:
        kept = unpack(data)
    except RecordMalformed:
        return
    assert unpack(pack(kept)).record.message == kept.record.message


@examples(200)
@given(st.data())
def test_hostile_values_are_refused_or_are_a_message(data: st.DataObject) -> None:
    struct = data.draw(st.one_of(altered(KeptMessage.decode(a_packed_message()), times=2), values(KeptMessage)))
    try:
        kept = unpack(struct.encode())
    except RecordMalformed:
        return
    assert unpack(pack(kept)).record.message == kept.record.message


@pytest.mark.parametrize(
    "change",
    [
        {"version": 3},
        {"sent_at": module.END_OF_TIME},
        {"came_at": module.END_OF_TIME},
        {"is_deleted": module.YesNo.YES},
        {"name": "Bob\u202e"},
    ],
    ids=str,
)
def test_what_no_message_says_is_refused(change: dict[str, object]) -> None:
    struct = KeptMessage.decode(a_packed_message())
    unpack(struct.encode())
    with pytest.raises(RecordMalformed):
        unpack(replace(struct, **change).encode())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "mentions",
    [
        [(0, 6)],  # not at the sign
        [(6, 7)],  # the sign alone
        [(6, 5000)],  # beyond the end
        [(6, 11)],  # with the end of the line
        [(6, 10), (6, 10)],
        [(12, 18), (6, 10)],
        [(10, 6)],
        [(18 + 2 * number, 20 + 2 * number) for number in range(MENTIONS_LIMIT + 1)],
    ],
    ids=str,
)
def test_mentions_at_places_that_they_cannot_have_are_refused(mentions: list[tuple[int, int]]) -> None:
    text = "Hello @Bob\n @Alice" + "@x" * (MENTIONS_LIMIT + 1)
    fitting = tuple(module.KeptMention(*place, bytes(16)) for place in ((6, 10), (12, 18)))
    struct = replace(KeptMessage.decode(a_packed_message()), text=text, mentions=fitting)
    assert len(unpack(struct.encode()).record.message.mentions) == 2
    kept = tuple(module.KeptMention(*place, bytes(16)) for place in mentions)
    with pytest.raises(RecordMalformed, match="names members"):
        unpack(replace(struct, mentions=kept).encode())


def test_what_was_kept_before_mentions_were_is_read() -> None:
    struct = replace(KeptMessage.decode(a_packed_message()), version=1)
    assert unpack(struct.encode()[:-1]) == unpack(a_packed_message())
    with pytest.raises(RecordMalformed):
        unpack(struct.encode())


def test_a_reaction_that_is_no_emoji_is_refused() -> None:
    struct = KeptMessage.decode(a_packed_message())
    reaction = replace(struct.reactions[0], emoji="<b>")
    with pytest.raises(RecordMalformed, match="emoji"):
        unpack(replace(struct, reactions=(reaction,)).encode())


def test_too_many_reactions_are_refused_and_the_first_are_kept() -> None:
    struct = KeptMessage.decode(a_packed_message())
    reactions = struct.reactions * (module.KEPT_REACTIONS_LIMIT + 1)
    with pytest.raises(RecordMalformed, match="too many"):
        unpack(replace(struct, reactions=reactions).encode())
    told = heard(said := Talk().says(BOB, "popular"))
    record = told.record(said.message_id)
    assert record
    for number in range(module.KEPT_REACTIONS_LIMIT + 20):
        reaction_id = f"{number:064x}"
        author = f"{number:032x}"
        record.take(Relation(Kind.REACTION, reaction_id, author, said.message_id, number, 0.0, "👍"))
    assert len(again(told, said.message_id).reactions[0].senders) == module.KEPT_REACTIONS_LIMIT


def test_the_longest_message_fits_and_a_longer_record_is_not_read() -> None:
    told = heard(Talk().says(BOB, "x"))
    message = the_only(told)
    record = told.record(message.message_id)
    assert record
    name = "n" * 64
    record.first = replace(record.first, text="\ufffd" * module.CONTENT_LIMIT, name=name)
    for number in range(module.KEPT_REACTIONS_LIMIT):
        relation = Relation(
            Kind.REACTION,
            f"{number:064x}",
            f"{number:032x}",
            message.message_id,
            1 << 63,
            0.0,
            "🏴\U000e0067\U000e007f",
        )
        record.is_past = True
        record.take(replace(relation, relay=Relay(CAROL, name, False)))
    data = pack(kept_of(told, message.message_id))
    assert len(data) <= module.KEPT_BYTES_LIMIT
    unpack(data)
    with at_most_seconds(0.01), pytest.raises(RecordMalformed, match="too long"):
        unpack(bytes(module.KEPT_BYTES_LIMIT + 1))


def test_a_text_that_is_too_long_has_no_form() -> None:
    told = heard(said := Talk().says(BOB, "x"))
    record = told.record(said.message_id)
    assert record
    record.first = replace(record.first, text="x" * (module.KEPT_TEXT_BYTES_LIMIT + 1))
    with pytest.raises(RecordMalformed):
        pack(kept_of(told, said.message_id))


def test_times_without_sense_are_kept_as_the_nearest_that_have_some() -> None:
    told = heard(said := Talk().says(BOB, "x"))
    record = told.record(said.message_id)
    assert record
    for sent_at, kept in ((-5.0, 0.0), (1e18, (module.END_OF_TIME - 1) / 1000)):
        record.first = replace(record.first, sent_at=sent_at)
        assert again(told, said.message_id).sent_at == kept
