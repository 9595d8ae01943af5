"""The page has the rows that are near what is in view, and no more, however many there are."""

import pytest

from volly_browser.ui.timeline.window import ROWS, ROWS_LIMIT, Span, Window

MANY = 20_000


def nowhere(_: str) -> int | None:
    return None


@pytest.mark.parametrize("count", [0, 1, ROWS, ROWS * 3 // 2])
def test_of_few_rows_all_are_there(count: int) -> None:
    assert Window().span(count, nowhere) == Span(0, count)


def test_the_newest_are_followed_and_the_first_of_them_go_now_and_then() -> None:
    window = Window()
    spans = [window.span(count, nowhere) for count in range(MANY, MANY + 200)]
    assert all(span.end == count for span, count in zip(spans, range(MANY, MANY + 200), strict=True))
    assert all(ROWS <= span.end - span.start <= ROWS * 3 // 2 for span in spans)
    assert len({span.start for span in spans}) < 8


def test_what_is_looked_at_stays_whatever_comes_below() -> None:
    window = Window()
    window.look("seen", ROWS)
    for count in (MANY, MANY + 1000):
        assert window.span(count, {"seen": 500}.get) == Span(500 - ROWS // 2, 500 + ROWS // 2)
    window.follow()
    assert window.span(MANY, nowhere).end == MANY


@pytest.mark.parametrize(
    ("place", "span"), [(0, Span(0, ROWS)), (MANY - 1, Span(MANY - ROWS, MANY)), (MANY * 2, Span(MANY - ROWS, MANY))]
)
def test_at_both_ends_there_are_as_many_as_anywhere(place: int, span: Span) -> None:
    window = Window()
    window.look(place, ROWS)
    assert window.span(MANY, nowhere) == span


def test_where_a_row_is_gone_the_earliest_are_shown() -> None:
    window = Window()
    window.look("gone", ROWS)
    assert window.span(MANY, nowhere) == Span(0, ROWS)


@pytest.mark.parametrize(("said", "had"), [(-5, ROWS), (200, 200), (10**9, ROWS_LIMIT)])
def test_a_high_screen_has_more_rows_within_bounds(said: int, had: int) -> None:
    window = Window()
    window.look(MANY // 2, said)
    span = window.span(MANY, nowhere)
    assert span.end - span.start == had
