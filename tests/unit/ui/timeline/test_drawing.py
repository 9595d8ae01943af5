"""What is drawn of messages and notes."""

from dataclasses import replace

import pytest

from tests.unit.chat.contents import ALICE, BOB, CAROL, Talk
from tests.unit.ui.fake_timeline import line
from volly_browser.chat.contents import Contents
from volly_browser.chat.message import Delivery, Mention, Message, Reaction, Relay, Stage
from volly_browser.chat.timeline import Note, Timeline
from volly_browser.room.mimi import MARKDOWN
from volly_browser.ui.people.people import Acquaintances, Person, tag_of
from volly_browser.ui.timeline import drawing
from volly_browser.ui.timeline.conversation import Conversation, Remark
from volly_browser.ui.timeline.drawing import Clock, Drawing
from volly_browser.ui.timeline.rows import Choice, Named, Quote, Relayed, Row

OWN = Person("0" * 32, "Alice", is_self=True)
MESSAGE = Message(message_id="1" * 64, sender=BOB, name="Bob", text="Hello", sent_at=1000.0, came_at=1000.0)
OURS = replace(MESSAGE, sender=ALICE, name="Alice", came_at=None, delivery=Delivery(Stage.WAITING))

pytestmark = pytest.mark.usefixtures("faults")


@pytest.fixture
def conversation() -> Conversation:
    return Conversation("Alice", lambda: 2000.0, lambda _: None)


@pytest.fixture
def met() -> Acquaintances:
    met = Acquaintances()
    people = [
        Person(BOB, "Bob", is_self=False),
        Person(CAROL, "Carol", is_self=False),
        Person(ALICE, "Alice", is_self=True),
    ]
    met.meet({person.member_id: person for person in people})
    return met


@pytest.fixture
def draws(conversation: Conversation, met: Acquaintances) -> Drawing:
    clock = Clock(lambda seconds: f"{seconds:.0f} o'clock", lambda seconds: f"day {seconds // 86400:.0f}")
    return Drawing(conversation, OWN, met, clock)


def saying(text: str) -> Message:
    return replace(MESSAGE, text=text)


def drawn(draws: Drawing, message: Message | Note, before: Message | Note | None = None) -> Row:
    return draws.row("1/x", message, before)


def test_a_message_shows_its_sender_its_text_and_its_time(draws: Drawing) -> None:
    row = drawn(draws, MESSAGE)
    assert line(row.packed) == "BBobHello1000 o'clock"
    assert row.stamp == "1970-01-01T00:16:40Z"


def test_a_text_goes_to_the_page_as_it_was_written(draws: Drawing) -> None:
    row = drawn(draws, saying("*look*: https://example.org/x."))
    assert (row.text, row.is_markdown) == ("*look*: https://example.org/x.", False)
    row = drawn(draws, replace(saying("*look*"), is_markdown=True))
    assert (row.text, row.is_markdown) == ("*look*", True)


def test_what_stands_in_for_a_text_is_no_markdown(draws: Drawing) -> None:
    row = drawn(draws, replace(saying(" "), is_markdown=True))
    assert (row.is_stand_in, row.is_markdown) == (True, False)


@pytest.mark.parametrize(
    ("message", "together"),
    [
        (replace(MESSAGE, sent_at=1010.0, came_at=1010.0), True),
        (replace(MESSAGE, sent_at=1001.0 + drawing.TOGETHER, came_at=2000.0), False),
        (replace(MESSAGE, sender=CAROL), False),
        (replace(OURS, sent_at=1010.0), False),
    ],
)
def test_messages_of_one_person_stand_under_one_name(draws: Drawing, message: Message, together: bool) -> None:
    assert ("same" in drawn(draws, message, MESSAGE).look) is together


def test_a_note_ends_the_group(draws: Drawing) -> None:
    assert "same" not in drawn(draws, MESSAGE, Note("n", 1000.0, Remark("Carol came in."))).look


def test_another_day_is_named_and_ends_the_group(draws: Drawing) -> None:
    late, early = replace(MESSAGE, came_at=86399.0), replace(MESSAGE, came_at=86401.0)
    row = drawn(draws, early, late)
    assert row.day == "day 1"
    assert "same" not in row.look
    assert drawn(draws, early, early).day == ""
    assert drawn(draws, early).day == ""


@pytest.mark.parametrize(
    ("delivery", "words"),
    [
        (Delivery(Stage.WAITING), "Waiting to be sent"),
        (Delivery(Stage.SENT), "Sent"),
        (Delivery(Stage.SENT, 0, 3), "Sent"),
        (Delivery(Stage.SENT, 1, 1), "Received"),
        (Delivery(Stage.SENT, 2, 3), "Received by 2 of 3"),
        (Delivery(Stage.SENT, 3, 3), "Received by all"),
        (Delivery(Stage.FAILED), "Possibly not sent"),
    ],
)
def test_a_message_of_ours_says_what_became_of_it(draws: Drawing, delivery: Delivery, words: str) -> None:
    row = drawn(draws, replace(OURS, delivery=delivery))
    assert row.fate_words == words
    assert "own" in row.look
    has_buttons = bool(row.choices)
    assert has_buttons is (delivery.stage is Stage.FAILED)


@pytest.mark.parametrize("text", ["\u3164", "\u200b\u2060", "\u2800\n", " ", ""])
def test_a_message_in_which_nothing_can_be_seen_says_so(draws: Drawing, text: str) -> None:
    row = drawn(draws, saying(text))
    assert (row.text, row.is_stand_in) == ("There is nothing to be seen in this message.", True)


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (replace(MESSAGE, text=None), "Only a newer Volly can show this message."),
        (replace(MESSAGE, text=None, is_deleted=True), "This message was deleted."),
    ],
)
def test_what_cannot_be_read_says_why(draws: Drawing, message: Message, sentence: str) -> None:
    row = drawn(draws, message)
    assert (row.text, row.is_stand_in) == (sentence, True)


@pytest.mark.parametrize(
    ("sent_at", "came_at", "times"),
    [
        (1.0, 600.0, "1 o'clock, arrived 600 o'clock"),
        (1.0, 1.0 + drawing.LATE, "1 o'clock"),
        (600.2, 600.4, "600 o'clock"),
        (900.0, 600.0, "600 o'clock"),
    ],
)
def test_a_message_that_was_long_on_its_way_shows_when_it_came(
    draws: Drawing, sent_at: float, came_at: float, times: str
) -> None:
    assert drawn(draws, replace(MESSAGE, sent_at=sent_at, came_at=came_at)).time == times


def test_a_late_message_within_the_minute_has_one_time(conversation: Conversation, met: Acquaintances) -> None:
    draws = Drawing(conversation, OWN, met, Clock(lambda _: "12:34", lambda _: "today"))
    assert drawn(draws, replace(MESSAGE, sent_at=0.0, came_at=50.0)).time == "12:34"


@pytest.mark.parametrize("text", ["x" * 4000, "x\n" * 50])
def test_of_a_long_message_the_beginning_is_seen_until_all_is_wanted(draws: Drawing, text: str) -> None:
    row = drawn(draws, saying(text))
    assert (row.text, row.is_folded, row.choices) == (text, True, (Choice("unfold", "Show all"),))
    draws.unfolded.add("1/x")
    row = drawn(draws, saying(text))
    assert (row.is_folded, row.choices) == (False, ())


def test_a_message_that_was_edited_says_so(draws: Drawing) -> None:
    assert drawn(draws, MESSAGE).edited == ""
    assert drawn(draws, replace(MESSAGE, edited_at=1001.0)).edited == "edited"


def test_reactions_are_counted_and_say_whose_they_are(draws: Drawing) -> None:
    row = drawn(draws, replace(MESSAGE, reactions=(Reaction("👍", (BOB, ALICE)), Reaction("❤️", (CAROL,)))))
    assert [(each.emoji, each.count, each.is_own, each.names) for each in row.reactions] == [
        ("👍", 2, True, "Bob and you"),
        ("❤️", 1, False, "Carol"),
    ]


def test_of_very_many_with_one_reaction_some_are_named(draws: Drawing) -> None:
    senders = tuple(f"{number:032x}" for number in range(100, 130))
    [reaction] = drawn(draws, replace(MESSAGE, reactions=(Reaction("👍", senders),))).reactions
    assert reaction.count == 30
    assert reaction.names.endswith(" and 10 more")


def test_an_answer_quotes_what_it_answers(conversation: Conversation, draws: Drawing) -> None:
    talk, timeline = Talk(), Timeline("Alice")
    conversation.enter(timeline)
    asked = talk.says(BOB, "Is\nit  " + "x" * 200)
    answer = talk.answers(CAROL, asked, "Yes")
    timeline.apply(answer, 2000.0)
    row_id = f"1/{answer.message_id}"

    def quote() -> Quote | None:
        return draws.row(row_id, conversation[row_id], None).quote

    assert quote() == Quote("", "", "A message that is not here")
    timeline.apply(asked, 2000.0)
    assert quote() == Quote(f"1/{asked.message_id}", "Bob", ("Is it " + "x" * 200)[: drawing.QUOTED] + "…")
    timeline.apply(talk.retracts(BOB, asked), 2000.0)
    assert quote() == Quote(f"1/{asked.message_id}", "Bob", "This message was deleted."), "and never what it said"


def test_a_quote_of_markdown_keeps_its_lines_and_says_what_it_is(conversation: Conversation, draws: Drawing) -> None:
    talk, timeline = Talk(), Timeline("Alice")
    conversation.enter(timeline)
    asked = talk.says(BOB, "- one\n- **two**", MARKDOWN)
    answer = talk.answers(CAROL, asked, "Yes")
    for event in (asked, answer):
        timeline.apply(event, 2000.0)
    row_id = f"1/{answer.message_id}"
    quote = draws.row(row_id, conversation[row_id], None).quote
    assert quote == Quote(f"1/{asked.message_id}", "Bob", "- one\n- **two**", is_markdown=True)


def test_a_note_is_its_sentence_and_possibly_a_warning(draws: Drawing) -> None:
    row = drawn(draws, Note("n", 0.0, Remark("1 message is missing.", is_warning=True)))
    assert (row.kind, row.look, row.text) == ("note", "warning", "1 message is missing.")


# Faults


def broken(_: float) -> str:
    raise OverflowError


def test_a_time_that_cannot_be_written_hides_nothing(
    conversation: Conversation, met: Acquaintances, faults: list[BaseException]
) -> None:
    row = drawn(Drawing(conversation, OWN, met, Clock(broken, broken)), MESSAGE)
    assert (row.text, row.time) == ("Hello", "")
    assert [type(fault) for fault in faults] == [OverflowError]
    faults.clear()


def test_what_cannot_be_drawn_is_said_to_be_there(
    draws: Drawing, monkeypatch: pytest.MonkeyPatch, faults: list[BaseException]
) -> None:
    monkeypatch.setattr(drawing, "stand_in_for", broken)
    assert drawn(draws, MESSAGE).text == "This message cannot be shown."
    ours = drawn(draws, replace(OURS, delivery=Delivery(Stage.FAILED)))
    assert [choice.words for choice in ours.choices] == ["Send again", "Edit"], "it is not lost"
    assert drawn(draws, Note("n", 0.0, object())).text == "Something happened here that cannot be shown."
    assert len(faults) == 3
    faults.clear()


# What was said before we came

TOLD = replace(MESSAGE, came_at=None, relay=Relay(CAROL, "Carol", is_confirmed=True))
GONE = "7" * 32


def test_a_message_that_another_has_told_of_says_so_and_what_that_means(draws: Drawing) -> None:
    row = drawn(draws, TOLD)
    assert row.relayed == Relayed("from Carol's page", row.relayed.why if row.relayed else "")
    assert row.relayed is not None
    assert "confirmed every letter" in row.relayed.why
    assert "unconfirmed" not in row.look
    assert drawn(draws, MESSAGE).relayed is None


def test_one_that_its_author_has_not_confirmed_says_that_it_is_possibly_made_up(draws: Drawing) -> None:
    row = drawn(draws, replace(TOLD, sender=GONE, relay=Relay(CAROL, "Carol", is_confirmed=False)))
    assert row.relayed is not None
    assert row.relayed.words == "from Carol's page, not confirmed"
    assert "made it up" in row.relayed.why
    assert "unconfirmed" in row.look


def test_a_reaction_of_which_only_another_tells_says_so(draws: Drawing) -> None:
    reaction = Reaction("👍", (BOB, CAROL), frozenset([CAROL]))
    (emoji,) = drawn(draws, replace(TOLD, reactions=(reaction,))).reactions
    assert (emoji.names, emoji.is_doubtful) == ("Bob and Carol (not confirmed)", True)


def test_an_author_that_was_never_here_is_told_from_one_of_that_name_who_was(draws: Drawing) -> None:
    assert drawn(draws, replace(TOLD, sender=GONE, name="Bob")).tag == tag_of(GONE)
    assert drawn(draws, replace(TOLD, sender=GONE, name="Dave")).tag == ""
    assert drawn(draws, replace(TOLD, sender=GONE, name="Dave (k3f9-7qzx)")).tag == tag_of(GONE)
    assert drawn(draws, TOLD).tag == ""


def test_one_that_was_never_here_is_called_as_others_say(draws: Drawing, met: Acquaintances) -> None:
    doubtful = replace(TOLD, reactions=(Reaction("👍", (GONE,), frozenset([GONE])),))
    assert drawn(draws, doubtful).reactions[0].names == "Somebody (not confirmed)"
    met.hear_of([(GONE, "Dave")])
    assert drawn(draws, doubtful).reactions[0].names == "Dave (not confirmed)"


def test_a_mention_shows_the_present_name_and_tag_of_the_member(draws: Drawing, met: Acquaintances) -> None:
    message = replace(saying("🎉 @Bob and @Ghost"), mentions=(Mention(2, 6, CAROL), Mention(11, 17, "9" * 32)))
    assert drawn(draws, message).mentions == (Named(3, 4, "@Carol", "", False),), "nobody knows the other one"
    met.meet({CAROL: Person(CAROL, "Caroline", is_self=False, tag="k3f9-7qzx")})
    assert drawn(draws, message).mentions == (Named(3, 4, "@Caroline", "k3f9-7qzx", False),)
    assert drawn(draws, message).packed["mentions"] == [[3, 4, "@Caroline", "k3f9-7qzx", False]]
    assert drawn(draws, replace(message, is_deleted=True)).mentions == ()


def test_a_message_that_mentions_us_stands_out_unless_it_is_ours(draws: Drawing) -> None:
    message = replace(saying("@Alice"), mentions=(Mention(0, 6, ALICE),))
    assert "for-us" in drawn(draws, message).look.split()
    assert drawn(draws, message).mentions[0].is_self
    assert "for-us" not in drawn(draws, replace(OURS, mentions=message.mentions)).look
    assert "for-us" not in drawn(draws, saying("@Alice")).look


def test_a_quote_names_those_that_are_mentioned_as_they_are_called_now(
    draws: Drawing, conversation: Conversation, met: Acquaintances
) -> None:
    met.meet({BOB: Person(BOB, "Bob", is_self=False), CAROL: Person(CAROL, "C*rol", is_self=False)})
    talk, timeline = Talk(), Timeline("Alice")
    conversation.enter(timeline)
    said = talk.sends(BOB, Contents(bytes(16), 0.0, {"@Carol": CAROL}).text("**see** @Carol"))
    timeline.apply(said, 2000.0)
    quote = drawn(draws, replace(MESSAGE, reply_to=said.message_id)).quote
    assert quote == Quote(f"1/{said.message_id}", "Bob", r"**see** \@C\*rol", True)
