"""How messages and notes look, and that no member can make them look like something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.terminal.telling import ALICE, BOB, CAROL, NOW, Telling, text_of
from volly_browser.chat.contents import Contents
from volly_browser.room.events import RoomMember
from volly_browser.room.identity.names import is_pictographic
from volly_browser.room.mimi import Content, Disposition, Part
from volly_browser.terminal import lines
from volly_browser.terminal.lines import FOLDED_LINES, NAMED_REACTIONS, SAME_LINE, day_of, time_of
from volly_browser.terminal.wrapping import cells


def after_time(line: str) -> str:
    return line[11:]


def test_a_message_has_a_number_a_time_a_name_and_a_text() -> None:
    telling = Telling()
    telling.hears("Hello, Alice")
    assert telling.drawn()[-1] == f"   1 {time_of(NOW)} Bob: Hello, Alice"


def test_what_became_of_ours_stands_behind_it() -> None:
    telling = Telling()
    message_id = telling.writes("Hello")
    telling.sends(message_id)
    assert after_time(telling.drawn()[-1]) == "Alice: Hello  Sent"
    telling.sends(message_id, 2, 3)
    assert after_time(telling.drawn()[-1]) == "Alice: Hello  Received by 2 of 3"


def test_a_long_message_is_wrapped_behind_a_bar() -> None:
    telling = Telling()
    telling.hears("word " * 30)
    first, *rest = telling.drawn(40)[-4:]
    assert all(line.startswith(" " * 9 + SAME_LINE) for line in rest)
    assert len(first) <= 40


def test_an_answer_quotes_one_line_of_what_it_answers() -> None:
    telling = Telling()
    asked = telling.hears("Is it\ntrue?")
    telling.hears("Yes.", reply_to=asked)
    quote, answer = telling.drawn()[-2:]
    assert after_time(quote) == "Bob: ↳ 1 Bob: Is it true?"
    assert answer == f"{' ' * 9}{SAME_LINE}Yes."


def test_an_answer_to_what_is_not_here_says_so() -> None:
    telling = Telling()
    telling.hears("Yes.", reply_to="e" * 64)
    assert "not here" in telling.drawn()[-2]


def test_an_edit_shows_in_its_place() -> None:
    telling = Telling()
    message_id = telling.hears("Helo")
    telling.receives(telling.contents.edit(message_id, "Hello"))
    assert after_time(telling.drawn()[-1]) == "Bob: Hello  edited"


def test_a_deleted_message_says_so_also_in_quotes() -> None:
    telling = Telling()
    message_id = telling.hears("secret")
    telling.hears("what?", reply_to=message_id)
    telling.receives(telling.contents.retraction(message_id))
    assert "secret" not in "\n".join(telling.drawn())
    assert telling.drawn()[-2].count("This message was deleted.") == 1


def test_reactions_name_their_authors() -> None:
    telling = Telling()
    message_id = telling.hears("party?")
    telling.receives(telling.contents.reaction(message_id, "🎉"))
    telling.receives(telling.contents.reaction(message_id, "🎉"), ALICE)
    assert telling.drawn()[-1] == f"{' ' * 9}{SAME_LINE}🎉 Bob, you"


def test_of_many_that_react_few_are_named() -> None:
    telling = Telling()
    message_id = telling.hears("party?")
    for number in range(NAMED_REACTIONS + 3):
        telling.receives(telling.contents.reaction(message_id, "🎉"), RoomMember(f"{number:032x}", "N", False))
    assert telling.drawn()[-1].endswith("3 more")


def test_a_message_that_came_late_has_both_times() -> None:
    telling = Telling()
    telling.now = 3600.0
    telling.hears("at last")
    assert f"{time_of(NOW)}, arrived {time_of(NOW + 3600)}" in telling.drawn()[-1]


def test_no_clock_sends_from_the_future() -> None:
    telling = Telling()
    telling.hears("tomorrow", sent_at=NOW + 7200)
    assert telling.drawn()[-1] == f"   1 {time_of(NOW)} Bob: tomorrow"


def test_a_new_day_is_named_once() -> None:
    telling = Telling()
    telling.hears("today")
    telling.now = 86400.0
    telling.hears("tomorrow")
    entries = list(telling.story.timeline)
    assert text_of(telling.lines.of(entries[-1], entries[-2], 80)[0]) == f"── {day_of(NOW + 86400)} ──"
    assert len(telling.lines.of(entries[-1], entries[-1], 80)) == 1


@pytest.mark.parametrize("text", ["", " \u200b ", "\u2800"])
def test_a_message_in_which_nothing_is_to_be_seen_says_so(text: str) -> None:
    telling = Telling()
    telling.hears(text)
    assert "nothing to be seen" in telling.drawn()[-1]


def test_what_only_a_newer_volly_knows_says_so() -> None:
    telling = Telling()
    part = Part(Disposition.RENDER, "", "image/png", b"...")
    telling.receives(Content(bytes(16), 0, None, b"", None, None, (part,)))
    assert "Only a newer Volly" in telling.drawn()[-1]


def test_very_long_messages_are_folded_until_they_are_asked_for() -> None:
    telling = Telling()
    message_id = telling.hears("\n".join(map(str, range(1000))))
    folded = telling.drawn()
    assert "960 more lines: /show 1" in folded[-1]
    assert len(folded) < FOLDED_LINES + 5
    telling.lines.unfolded.add(message_id)
    assert telling.drawn()[-1].endswith("999")


@pytest.mark.parametrize("seconds", [1e300, -1e300, float("nan"), 2.0**63])
def test_times_that_no_calendar_has_are_left_out(seconds: float) -> None:
    assert (time_of(seconds), day_of(seconds)) == ("", "")
    telling = Telling()
    telling.hears("when?", sent_at=seconds)
    assert "when?" in telling.drawn()[-1]


@pytest.mark.parametrize("text", ["x\n   2 12:34 Bob: I owe you a thousand", "x\n* Carol came in.", "x\r! Bob lies"])
def test_no_text_passes_for_a_message_or_a_note(text: str) -> None:
    telling = Telling()
    telling.hears(text)
    entry = list(telling.story.timeline)[-1]
    _, *rest = map(text_of, telling.lines.of(entry, entry, 80))
    assert rest
    assert all(line.lstrip().startswith(SAME_LINE.strip()) for line in rest)


def test_no_name_ends_itself() -> None:
    telling = Telling()
    telling.hears("hm", RoomMember(BOB.member_id, "Bob: yes, paid", False))
    assert telling.drawn()[-1].count(":") == time_of(NOW).count(":") + 1


def test_an_event_without_words_is_a_sentence() -> None:
    telling = Telling()
    telling.story.timeline.note(object(), NOW)
    assert telling.drawn()[-1] == "* Something happened here that cannot be shown."


@given(st.text(max_size=300), st.text(max_size=40), st.integers(1, 120))
def test_every_line_fits_and_has_clean_letters_alone(text: str, name: str, width: int) -> None:
    telling = Telling()
    member = RoomMember(BOB.member_id, name, False)
    message_id = telling.hears(text.encode(errors="replace").decode(), member)
    telling.hears("yes", member, reply_to=message_id)
    for line in telling.drawn(width):
        assert "\n" not in line
        assert all(letter.isprintable() or letter in "\u200c\u200d" or is_pictographic(letter) for letter in line)
        assert cells(line) <= max(width, 60)


def test_a_message_that_cannot_be_drawn_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    telling = Telling()
    telling.hears("hello")
    monkeypatch.setattr(lines, "wrap", None)
    assert telling.drawn()[-1] == "This message cannot be shown."
    assert "TypeError" in capsys.readouterr().err


def test_the_rows_of_one_draw_are_bounded() -> None:
    telling = Telling()
    telling.hears("a " * 32_000)
    assert len(telling.drawn(20)) < lines.FOLDED_LINES + 10


def test_what_another_tells_of_the_past_says_so() -> None:
    telling = Telling()
    told = telling.is_told(telling.contents.text("in the past"), CAROL)
    telling.is_told(telling.contents.text("confirmed"), CAROL, is_confirmed=True)
    telling.is_told(telling.contents.text("by its author"), BOB)
    telling.is_told(telling.contents.reaction(told, "👍"), CAROL)
    drawn = telling.drawn()
    assert next(line for line in drawn if "Carol: in the past" in line).endswith("  from Bob's page, not confirmed")
    assert any(line.endswith("👍 Carol (not confirmed)") for line in drawn)
    assert next(line for line in drawn if "confirmed  " in line).endswith("Carol: confirmed  from Bob's page")
    assert any(line.endswith("Bob: by its author") for line in drawn)


def test_a_mention_is_read_with_the_present_name_and_one_of_us_is_marked() -> None:
    telling = Telling([BOB, CAROL])
    contents = Contents(bytes(16), NOW, {"@Carola": CAROL.member_id, "@Alice": ALICE.member_id})
    telling.receives(contents.text("@Carola, come"))
    telling.receives(contents.text("@Alice, come"))
    first, second = [drawn for drawn in telling.drawn() if "come" in drawn]
    assert first.endswith("Bob: @Carol, come")
    assert "@Alice, come" in second
    assert second.endswith("mentions you")
