"""A patch makes of the rows that the page has those that it is to have, in few steps."""

import json
from random import Random

import pytest

from tests.unit.ui.fake_timeline import FakeTimeline
from volly_browser.ui.timeline.patch import Step, difference
from volly_browser.ui.timeline.rows import Choice, Emoji, Quote, Row


def rows(names: str, **changes: str) -> list[Row]:
    """A row for each letter, some with a text of their own."""
    return [Row(row_id=name, text=changes.get(name, name)) for name in names]


def by_id(rows: list[Row]) -> dict[str, Row]:
    return {row.row_id: row for row in rows}


def patched(before: list[Row], steps: list[Step]) -> list[object]:
    """What a page has that had these rows, and took these steps."""
    page = FakeTimeline()
    for each in (difference({}, before), steps):
        page.apply(json.dumps({"fresh": False, "steps": each}))
    return list(page.rows.values())


@pytest.mark.parametrize(
    ("before", "now", "steps"),
    [
        (rows("abc"), rows("abc"), []),
        (rows("ab"), rows("abc"), [["insert", {"row_id": "c", "text": "c"}, "b"]]),
        (rows("bc"), rows("abc"), [["insert", {"row_id": "a", "text": "a"}, ""]]),
        (rows("abc"), rows("bc"), [["remove", "a"]]),
        (rows("abc"), rows("abc", b="B"), [["set", {"row_id": "b", "text": "B"}]]),
        (rows("abcd"), rows("bcda"), [["move", "a", "d"]]),
        (rows("abcd"), rows("dabc"), [["move", "d", ""]]),
        (rows("abcd"), rows("dabc", d="D"), [["move", "d", ""], ["set", {"row_id": "d", "text": "D"}]]),
    ],
)
def test_a_change_is_as_few_steps_as_possible(before: list[Row], now: list[Row], steps: list[Step]) -> None:
    assert difference(by_id(before), now) == steps


@pytest.mark.parametrize("seed", range(300))
def test_whatever_changes_the_page_has_what_it_is_to_have(seed: int) -> None:
    dice = Random(seed)
    letters = "abcdefghijklmnopqrst"
    before = rows("".join(dice.sample(letters, dice.randrange(len(letters)))))
    names = dice.sample(letters, dice.randrange(len(letters)))
    now = rows("".join(names), **{name: "other" for name in names if dice.random() < 0.3})
    wanted = json.loads(json.dumps([row.packed for row in now]))
    assert patched(before, difference(by_id(before), now)) == wanted


def test_a_row_says_only_what_is_not_as_always() -> None:
    row = Row(
        row_id="a",
        quote=Quote("b", "Bob", "Hello"),
        text="see *this*",
        is_markdown=True,
        choices=(Choice("unfold", "Show all"),),
        reactions=(Emoji("👍", 2, is_own=True, names="Bob and you"),),
    )
    assert row.packed == {
        "row_id": "a",
        "quote": ["b", "Bob", "Hello", False],
        "text": "see *this*",
        "is_markdown": True,
        "choices": [["unfold", "Show all"]],
        "reactions": [["👍", 2, True, "Bob and you"]],
    }
