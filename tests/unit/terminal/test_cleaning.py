"""What no terminal is given, whatever was sent."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.room.identity.names import MARKS_LIMIT
from volly_browser.terminal.cleaning import NOT_SHOWN, clean, one_line

OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]")


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("\x1b[2J\x1b[H", id="clears the screen"),
        pytest.param("\x1b]0;title\x07", id="sets the title"),
        pytest.param("\x9d0;title\x9c", id="sets the title by C1"),
        pytest.param("\x9b31m", id="colours by C1"),
        pytest.param("\x1b]52;c;cm0gLXJm\x07", id="writes the clipboard"),
        pytest.param("\x1b[6n\x05", id="asks for an answer"),
        pytest.param("paid\rnot paid", id="overwrites the line"),
        pytest.param("not paid\b\b\b\b\b\b\b\bpaid", id="goes back"),
        pytest.param("\u202egnp.exe", id="turns the direction"),
        pytest.param("\u2066a\u2069", id="isolates a direction"),
        pytest.param("a\x0bb\x0cc\x85d\u2028e\u2029f", id="ends lines in other ways"),
        pytest.param("\x0e\x0f\x1b(0", id="changes the letters"),
        pytest.param("\ud800", id="half a letter"),
    ],
)
def test_nothing_that_a_terminal_obeys_is_left(hostile: str) -> None:
    for text in (hostile, f"x{hostile}x", f"{hostile}{hostile}"):
        assert not OBEYED.search(clean(text))
        clean(text).encode()


def test_what_is_taken_away_can_be_seen_to_be_missing() -> None:
    assert clean("a\x1b[31mb") == f"a{NOT_SHOWN}[31mb"


@given(st.text(max_size=80))
def test_no_text_leaves_anything_that_is_obeyed_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert not OBEYED.search(cleaned)
    assert clean(cleaned) == cleaned
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    "text",
    [
        "Plain text, (with) signs: 100 %!",
        "two\nlines",
        "Grüße, Ünïcödé, 日本語, русский",
        "می\u200cخواهم",  # noqa: RUF001
        "क्\u200dष",
        "👍🏽 😂 🇨🇭",
        "e\u0301\u0323".replace("e\u0301", "é"),
    ],
)
def test_what_people_write_stays(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)


def test_line_ends_and_tabs_become_plain() -> None:
    assert clean("a\r\nb\rc\td") == "a\nb\nc    d"


def test_joined_emoji_are_shown_one_after_the_other() -> None:
    assert clean("👨\u200d👩\u200d👧 ❤\ufe0f") == "👨👩👧 ❤"


def test_marks_do_not_cover_other_lines() -> None:
    cleaned = clean("q" + "\u0336" * 500)
    assert cleaned.count("\u0336") == MARKS_LIMIT
    assert "\u0336" not in clean("\n\u0336 \u0336")


def test_invisible_letters_are_gone() -> None:
    assert clean("a\u00ad\u200b\u2060\ufeff\u3164\U000e0041b") == "ab"


def test_letters_of_nobody_are_not_guessed_at_but_new_emoji_are_shown() -> None:
    assert clean("\ue000\ufdd0\U000f0000") == NOT_SHOWN * 3
    assert clean("\U0001fae9\U0001facd") == "\U0001fae9\U0001facd"
