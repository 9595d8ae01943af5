import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.terminal.cleaning import clean
from volly_browser.terminal.wrapping import NARROWEST, cells, cut, wrap


def test_lines_break_between_words() -> None:
    assert wrap("one two three four", 9) == ("one two", "three", "four")


def test_the_first_line_can_be_shorter() -> None:
    assert wrap("one two three four", 18, 8) == ("one two", "three four")


def test_a_word_that_is_too_long_is_broken() -> None:
    assert wrap("x" * 25, 10) == ("x" * 10, "x" * 10, "x" * 5)


def test_wide_letters_count_twice() -> None:
    assert wrap("日本語日本語", 8) == ("日本語日", "本語")


def test_lines_of_a_text_stay_apart() -> None:
    assert wrap("one\n\ntwo", 20) == ("one", "", "two")
    assert wrap("", 20) == ("",)


@given(st.text(max_size=200).map(clean), st.integers(-3, 40), st.integers(-3, 40))
def test_every_line_fits_and_nothing_is_lost(text: str, width: int, first: int) -> None:
    lines = wrap(text, width, first)
    widths = [max(first, NARROWEST), *[max(width, NARROWEST)] * len(lines)]
    assert all(cells(line) <= room for line, room in zip(lines, widths, strict=False))
    assert "".join(lines).replace(" ", "") == text.replace("\n", "").replace(" ", "")


@pytest.mark.parametrize(("width", "shown"), [(11, "one two six"), (8, "one two…"), (5, "one…"), (1, "…"), (0, "")])
def test_a_line_is_cut_with_a_sign(width: int, shown: str) -> None:
    assert cut("one two six", width) == shown


@given(st.text(max_size=60).map(clean), st.integers(0, 30))
def test_what_is_cut_fits(text: str, width: int) -> None:
    line = text.replace("\n", " ")
    assert cells(cut(line, width)) <= width or not width
