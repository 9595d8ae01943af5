"""What is on the screen while messages come and the user scrolls."""

from random import Random

import pytest

from tests.unit.terminal.telling import Telling, text_of
from volly_browser.chat import timeline
from volly_browser.terminal.viewport import Viewport

WIDTH, HEIGHT = 60, 10


class Reading:
    """A user that reads a long conversation."""

    def __init__(self, messages: int = 50) -> None:
        self.telling = Telling()
        for number in range(messages):
            self.telling.hears(f"text {number} " + "and more " * (number % 20))
        self.viewport = Viewport(self.telling.story.timeline, self.telling.lines.of)

    @property
    def seen(self) -> list[str]:
        return [text_of(line) for line in self.viewport.lines(WIDTH, HEIGHT)]

    @property
    def all(self) -> list[str]:
        return list(self.telling._all(WIDTH))

    def scroll(self, lines: int) -> None:
        self.viewport.scroll(lines, WIDTH, HEIGHT)


def test_at_first_the_end_is_seen_and_what_comes_is_followed() -> None:
    reading = Reading()
    assert reading.seen == reading.all[-HEIGHT:]
    reading.telling.hears("the last")
    assert reading.seen[-1].endswith("the last")


def test_few_lines_are_all_seen() -> None:
    reading = Reading(1)
    assert reading.seen == reading.all
    reading.scroll(5)
    assert reading.seen == reading.all
    assert reading.viewport.is_at_end


def test_nothing_at_all_can_be_scrolled() -> None:
    viewport = Viewport(timeline.Timeline("Alice"), Telling().lines.of)
    viewport.scroll(3, WIDTH, HEIGHT)
    assert viewport.lines(WIDTH, HEIGHT) == []


def test_each_line_can_be_scrolled_to_up_and_down() -> None:
    reading = Reading()
    total = len(reading.all)
    for up in range(1, total - HEIGHT + 1):
        reading.scroll(1)
        assert reading.seen == reading.all[total - HEIGHT - up : total - up], up
    reading.scroll(1)
    assert reading.seen == reading.all[:HEIGHT]
    for down in range(1, total - HEIGHT + 1):
        reading.scroll(-1)
        assert reading.seen == reading.all[down : down + HEIGHT], down
    assert reading.viewport.is_at_end


def test_any_way_up_and_down_shows_what_lies_there() -> None:
    reading, random = Reading(), Random(7)
    total, place = len(reading.all), 0
    for _ in range(200):
        step = random.randint(-25, 25)
        reading.scroll(step)
        place = min(max(place + step, 0), total - HEIGHT)
        assert reading.seen == reading.all[total - HEIGHT - place : total - place]
        assert reading.viewport.is_at_end == (place == 0)


def test_what_comes_moves_nothing_while_the_user_reads_above() -> None:
    reading = Reading()
    reading.scroll(20)
    before = reading.seen
    reading.telling.hears("later")
    assert reading.seen == before
    reading.viewport.to_end()
    assert reading.seen[-1].endswith("later")


def test_an_edit_of_what_is_seen_shows_in_its_place() -> None:
    reading = Reading(3)
    message_id = reading.telling.story.numbers.message_id(2)
    reading.viewport.to(message_id, WIDTH, HEIGHT)
    reading.telling.receives(reading.telling.contents.edit(message_id, "short"))
    assert any(line.endswith("short  edited") for line in reading.seen)


def test_a_message_is_shown_at_the_top_if_enough_follows_it() -> None:
    reading = Reading()
    for number, is_first in ((10, True), (49, False)):
        reading.viewport.to(reading.telling.story.numbers.message_id(number), WIDTH, HEIGHT)
        assert (f" {number} " in reading.seen[0]) == is_first
        assert len(reading.seen) == HEIGHT


def test_if_what_is_seen_is_forgotten_the_end_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = Reading()
    monkeypatch.setattr(timeline, "ENTRIES_LIMIT", 5)
    reading.scroll(10_000)
    reading.telling.hears("the last")
    assert reading.seen[-1].endswith("the last")


def test_only_what_is_seen_is_drawn() -> None:
    reading = Reading(500)
    drawn: list[str] = []

    def draw(entry: object, before: object, width: int) -> list[object]:
        drawn.append(str(entry))
        return reading.telling.lines.of(entry, before, width)  # type: ignore[arg-type, return-value]

    Viewport(reading.telling.story.timeline, draw).lines(WIDTH, HEIGHT)  # type: ignore[arg-type]
    assert len(drawn) <= HEIGHT
