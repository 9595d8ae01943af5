import unicodedata

import pytest
from grapheme import graphemes
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.room.identity.names import MARKS_LIMIT, clean_name, clean_topic, is_blank
from volly_browser.room.labels import NAME_BYTES_LIMIT, NAME_LIMIT, TOPIC_BYTES_LIMIT

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=[]))
TRICKY = st.text(
    "ae1 \u0301\u0308\u0323\u20dd\u200c\u200d\ufe0f\u20e3\u0915\u094d\u093e\u0627\u064b\u0644"
    "\U0001f469\u2764\U0001f3fd\U0001f3f4\U000e0067"
)
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Alice", "Alice"),
        ("  Alice \n Smith\t", "Alice Smith"),
        ("Alice\u00a0\u3000\u2003Smith", "Alice Smith"),
        ("", ""),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\u0000b\u0007c\u0085d", "abc d"),
        ("\u2066Alice\u2069", "Alice"),
        ("e\u0301", "é"),
        ("line\u2028end", "line end"),
        ("Ali\ud800ce", "Alice"),
        ("Ali\ue000ce\U000f0000", "Alice"),
        ("Alice\u0378\uffff", "Alice"),
        ("x" * 200, "x" * NAME_LIMIT),
        ("x" * 63 + " y", "x" * 63),
        ("José María 你好 Ελένη Οδυσσέας", "José María 你好 Ελένη Οδυσσέας"),
    ],
)
def test_a_name_is_made_fit_to_be_shown(name: str, shown: str) -> None:
    assert clean_name(name) == shown


@pytest.mark.parametrize(
    "letter",
    [
        *("\u200b", "\u2060", "\u00ad", "\ufeff", "\u034f", "\ufe0f", "\ufe0e", "\u3164", "\u115f", "\u1160", "\uffa0"),
        *("\u2800", "\u180e", "\u180b", "\u17b4", "\u061c", "\u200e", "\u200d", "\u200c", "\u2062", "\u206a", "\ufff9"),
        *("\ufffc", "\U0001d159", "\U0001d173", "\U000e0001", "\U000e0041", "\U000e007f", "\U000e0100", "\U00013437"),
    ],
)
def test_an_invisible_letter_is_no_part_of_a_name(letter: str) -> None:
    for name in (f"Ali{letter}ce", f"{letter}Alice", f"Alice{letter}", f"Ali{letter * 3}ce"):
        assert clean_name(name) == "Alice"
    assert clean_name(letter * 9) == ""


@pytest.mark.parametrize(
    "name",
    [
        FAMILY,
        "\U0001f469\U0001f3fd\u200d\U0001f680",  # an astronaut of some colour
        "\U0001f3f3\ufe0f\u200d\U0001f308",  # the flag with a rainbow
        "\u2764\ufe0f\u200d\U0001f525 Ana",
        "1\ufe0f\u20e3",
        ENGLAND,
        "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7",
        "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",  # Ali-Reza
        "\u0645\u064e\u200c\u0646",
        "\u0d9a\u0dca\u200d\u0dc2",  # a Sinhala conjunct
        "\u0915\u094d\u200c\u0937",
        "\u09b0\u200d\u09cd\u09af",  # a Bengali ra with ya-phala
    ],
)
def test_what_needs_an_invisible_letter_keeps_it(name: str) -> None:
    assert clean_name(name) == name
    assert clean_name(f"{name}\u200d\u200c\ufe0f\u200b") in (name, f"{name}\ufe0f")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\u0639\u200c\u200c\u200d\u0631", "\u0639\u0631"),
        ("\u0639\u200cx", "\u0639x"),
        ("a\u200d\U0001f680", "a\U0001f680"),
        ("\U0001f469\u200d\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
        ("\U0001f469\u200da", "\U0001f469a"),
        ("1\ufe0f", "1"),
        (ENGLAND[:4] + ENGLAND[-1:], ENGLAND[:1]),
        (f"a{ENGLAND[1:]}", "a"),
        ("0\u0300\u200c\u094d\u200cA", "0\u094d\u0300A"),  # in order, the virama is not last any more
    ],
)
def test_what_does_not_need_an_invisible_letter_loses_it(name: str, shown: str) -> None:
    assert clean_name(name) == shown


def test_a_letter_bears_few_marks_and_a_space_none() -> None:
    marks = "\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309"
    assert clean_name(f"x{marks * 6}y") == f"x{marks[:MARKS_LIMIT]}y"
    assert clean_name(f"x \u0335{marks}y") == "x y"
    assert clean_name(marks) == clean_name("\u20dd") == clean_name("\u093e") == ""


def test_a_name_is_cut_between_what_a_reader_takes_for_letters() -> None:
    """What the page's field took for 64 letters ended in the middle of a family once."""
    assert clean_name("x" * 60 + FAMILY * 5) == "x" * 60 + FAMILY * 4
    assert clean_name(FAMILY * 30) == FAMILY * (NAME_BYTES_LIMIT // len(FAMILY.encode()))
    assert clean_name("\U0001f1e9\U0001f1ea" * 40) == "\U0001f1e9\U0001f1ea" * 32
    assert clean_name("\u0e01\u0e33" * 60) == "\u0e01\u0e33" * 42


def test_a_name_of_one_endless_letter_is_no_name() -> None:
    assert clean_name("\u200d".join(["\U0001f469"] * 60)) == ""


@given(ANY_TEXT | TRICKY | TRICKY.map(lambda text: text * 9))
def test_a_clean_name_is_clean_and_fits(name: str) -> None:
    cleaned = clean_name(name)
    assert len(list(graphemes(cleaned))) <= NAME_LIMIT
    assert len(cleaned.encode()) <= NAME_BYTES_LIMIT
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == " ".join(cleaned.split())
    assert clean_name(cleaned) == cleaned
    assert not cleaned or not is_blank(cleaned)


def test_a_megabyte_of_a_name_is_cut_at_once() -> None:
    for text in ("x", "\u0301", "\U0001f469\u200d", "\u200b", " ", "\ud800"):
        assert len(clean_name(text * 1_000_000)) <= 2 * NAME_BYTES_LIMIT


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "\u3164", "\u2800\u2800", "\u200b\u2060", "\u00ad", "\u3000\u00a0", "\ufe0f", "\ud800", "\U000e0041"],
)
def test_a_text_of_invisible_letters_is_blank(text: str) -> None:
    assert is_blank(text)
    assert is_blank(text * 1000)


@pytest.mark.parametrize("text", ["a", " .", "\u200bx", "\u2801", "\u0301", "\U0001f642", "\ufffd", "\ue000"])
def test_a_text_with_something_to_see_is_not_blank(text: str) -> None:
    assert not is_blank(text)


def test_a_topic_is_cleaned_like_a_name_and_longer() -> None:
    assert clean_topic("Tea\u202e\n and  cake") == "Tea and cake"
    assert clean_topic("a" * 500) == "a" * 200
    family = "\U0001f469\u200d\U0001f467"
    cut = clean_topic(family * 200)
    assert cut
    assert len(cut.encode()) <= TOPIC_BYTES_LIMIT
