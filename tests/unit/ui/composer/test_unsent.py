"""What a tab keeps of texts that were not sent: whatever it gives back, nothing breaks."""

import json

import pytest

from volly_browser.ui.composer.unsent import UNSENT_LIMIT, Unsent, pack, unpack

TEXTS = [Unsent("Hello", 12.5), Unsent('"quoted" \u2068and\u2069 \U0001f44b\n', 0.0)]


def test_what_was_kept_is_there_again() -> None:
    assert unpack(pack(TEXTS)) == TEXTS
    assert unpack(pack([])) == []
    nested = [Unsent('[[["{' + "[" * 1000 + '\\"', 1.5)]
    assert unpack(pack(nested)) == nested


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "no JSON",
        "null",
        "{}",
        "5",
        '"text"',
        "[[]]",
        "[5]",
        '[["text"]]',
        '[["text", "12"]]',
        "[[1, 2.0]]",
        "[" * 10**5,
        '{"a":' * 10**5,
        '[["text", ' + "[" * 10**5,
    ],
)
def test_what_is_no_such_text_is_left_out(kept: str) -> None:
    assert unpack(kept) == []


def test_one_that_is_broken_keeps_none_of_the_others_out() -> None:
    assert unpack(json.dumps([["one", 1.0], None, ["two", 2.0]])) == [Unsent("one", 1.0), Unsent("two", 2.0)]


def test_of_very_many_texts_only_the_first_are_taken() -> None:
    texts = [Unsent(str(number), 0.0) for number in range(UNSENT_LIMIT + 5)]
    assert unpack(pack(texts)) == texts[:UNSENT_LIMIT]
