import pytest

from volly_browser.chat.emoji import folded, is_emoji

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize("emoji", ["❤", "❤️", "👍🏿", "1️⃣", "🇩🇪", ENGLAND, "👩🏽‍⚕️", "👨‍👩‍👧‍👦", "‼️", "©️"])
def test_an_emoji_is_one_however_many_characters_it_has(emoji: str) -> None:
    assert is_emoji(emoji)


@pytest.mark.parametrize(
    "text", ["", "a", "1", "👍👍", "👍 ", "¶", "±", "🇩", "🇩🇪🇩🇪", "\ufe0f", "\u200d", "😀\u0301", "\ud83d"]
)
def test_what_is_none_is_none(text: str) -> None:
    assert not is_emoji(text)


@pytest.mark.parametrize(("one", "other"), [("❤", "❤️"), ("👍", "👍🏿"), ("👩🏽‍⚕️", "👩🏿‍⚕"), ("1⃣", "1️⃣"), ("☺︎", "☺️")])
def test_what_people_take_for_the_same_counts_as_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_what_differs_counts_as_different() -> None:
    assert len({folded(emoji) for emoji in ("❤", "👍", "👎", "👩‍⚕️", "👨‍⚕️", "🇩🇪", "🇫🇷")}) == 7
    assert folded("🏿") == "🏿", "a tone alone"
