"""One patch a frame, with as little in it as has changed."""

import json
from collections.abc import Callable

import pytest

from tests.unit.chat.contents import BOB, CAROL, NAMES, Talk
from tests.unit.ui.fake_page import FakeDocument
from tests.unit.ui.fake_timeline import FakeTimeline
from volly_browser.chat.timeline import Changed, Entry, Timeline
from volly_browser.room.events import MessageDelivered, MessageQueued, MessageReceived, MessageSent
from volly_browser.room.mimi import text_content
from volly_browser.ui import wording
from volly_browser.ui.element import Page
from volly_browser.ui.people.naming import Naming
from volly_browser.ui.people.people import Acquaintances, Person
from volly_browser.ui.timeline.conversation import Conversation
from volly_browser.ui.timeline.drawing import Clock, Drawing
from volly_browser.ui.timeline.fate import FOR_SOMEBODY
from volly_browser.ui.timeline.rows import Row
from volly_browser.ui.timeline.searching import SearchView
from volly_browser.ui.timeline.view import ListOfRows, TimelineView
from volly_browser.ui.timeline.window import ROWS

CLOCK = Clock(lambda seconds: f"{seconds:.0f} o'clock", lambda seconds: f"day {seconds // 86400:.0f}")
ALICE = Person("0" * 32, "Alice", is_self=True)


class Frames:
    """A page that draws when the test says so."""

    def __init__(self) -> None:
        self.page = FakeTimeline()
        self.planned: list[Callable[[], None]] = []
        self.refuses = False
        self.on_change: list[Callable[[Changed], None]] = []
        self.met = Acquaintances()
        self.conversation = Conversation("Alice", lambda: 2000.0, self._changed)
        draws = Drawing(self.conversation, ALICE, self.met, CLOCK)
        self.view = TimelineView(self.conversation, draws, ListOfRows(self._take, self.planned.append))
        self.timeline = Timeline("Alice")
        self.talk = Talk()
        self.conversation.enter(self.timeline)

    def takes(self, event: object) -> None:
        self.conversation.changed(self.timeline.apply(event, 2000.0))  # type: ignore[arg-type]

    def hears(self, text: str) -> MessageReceived:
        said = self.talk.says(BOB, text)
        self.takes(said)
        return said

    def draw(self) -> None:
        planned, self.planned[:] = list(self.planned), []
        for draw in planned:
            draw()

    @property
    def steps(self) -> list[list[object]]:
        """Of the last patch."""
        return list(self.page.patches[-1]["steps"])

    def _changed(self, ids: Changed) -> None:
        for tell in (self.view.changed, *self.on_change):
            tell(ids)

    def _take(self, patch: str) -> None:
        if self.refuses:
            raise ValueError("The page does not take this.")
        self.page.apply(patch)


@pytest.fixture
def frames(faults: list[BaseException]) -> Frames:
    return Frames()


def test_whatever_happens_within_a_frame_is_one_patch(frames: Frames) -> None:
    before = len(frames.page.patches)
    for number in range(1000):
        frames.hears(f"{number}")
    assert len(frames.planned) == 1
    frames.draw()
    assert len(frames.page.patches) == before + 1
    assert len(frames.page.rows) <= ROWS * 3 // 2
    assert frames.page.lines[-1] == "BBob9992000 o'clock"


def test_of_a_message_that_comes_only_that_one_is_drawn_and_sent(frames: Frames) -> None:
    for number in range(30):
        frames.hears(f"{number}")
    frames.draw()
    frames.hears("one more")
    frames.draw()
    assert [step[0] for step in frames.steps] == ["insert"]
    assert len(json.dumps(frames.page.patches[-1])) < 600


def test_what_becomes_of_a_message_is_one_step(frames: Frames) -> None:
    frames.takes(MessageQueued("a" * 64, "a" * 32, text_content("Hi", bytes(16), 0.0)))
    frames.draw()
    frames.takes(MessageSent("a" * 64, 1))
    frames.takes(MessageDelivered("a" * 64, 1, 1))
    frames.draw()
    assert [step[0] for step in frames.steps] == ["set"]
    assert frames.page.lines[-1].endswith("Received")


def test_what_comes_between_two_messages_parts_them(frames: Frames) -> None:
    first, between, last = (frames.talk.says(sender, "Hello") for sender in (BOB, CAROL, BOB))
    for said in (first, last):
        frames.takes(said)
    frames.draw()
    assert "same" in frames.page.rows[f"1/{last.message_id}"]["look"]
    frames.takes(between)
    frames.draw()
    assert "same" not in frames.page.rows[f"1/{last.message_id}"]["look"]
    assert [step[0] for step in frames.steps] == ["insert", "set"]


def test_what_messages_wait_for_may_change(frames: Frames) -> None:
    frames.takes(MessageQueued("a" * 64, "a" * 32, text_content("Hi", bytes(16), 0.0)))
    frames.view.waits_as(FOR_SOMEBODY)
    frames.draw()
    assert frames.page.lines[-1].endswith("Waiting for somebody")


def test_where_nothing_looks_different_nothing_is_sent(frames: Frames) -> None:
    frames.hears("Hello")
    frames.draw()
    before = len(frames.page.patches)
    frames.view.people_changed()
    frames.draw()
    assert len(frames.page.patches) == before


def test_a_name_that_gets_a_tag_is_drawn_with_it_in_all_that_was_said(frames: Frames) -> None:
    frames.hears("Hello")
    frames.draw()
    frames.met.meet({BOB: Person(BOB, NAMES[BOB], is_self=False, tag="abcd-efgh")})
    frames.view.people_changed()
    frames.draw()
    assert "abcd-efgh" in frames.page.lines[-1]


def test_what_is_looked_at_is_sent_and_how_many_rows_are_not_there(frames: Frames) -> None:
    said = [frames.hears(f"message {number}") for number in range(1000)]
    frames.draw()
    seen = f"1/{said[500].message_id}"
    frames.view.look(seen, 0, ROWS)
    frames.draw()
    assert seen in frames.page.rows
    patch = frames.page.patches[-1]
    assert patch["above"] + len(frames.page.rows) + patch["below"] == 1000
    frames.view.look("", 0, ROWS)
    frames.draw()
    assert "message 0" in frames.page.lines[0]
    frames.view.look("", -1, ROWS)
    frames.draw()
    assert "message 999" in frames.page.lines[-1]


def test_new_messages_below_what_is_looked_at_are_told_and_not_sent(frames: Frames) -> None:
    for number in range(200):
        frames.hears(f"{number}")
    frames.view.look("", 0, ROWS)
    frames.draw()
    frames.view.read("", is_watched=False)
    new = frames.hears("new")
    frames.view.message_came(f"1/{new.message_id}", is_for_us=True)
    frames.draw()
    assert frames.steps == []
    assert (frames.page.patches[-1]["unread"], frames.page.patches[-1]["below"]) == ([1, f"1/{new.message_id}", 1], 141)


def test_a_line_stands_over_the_first_message_that_was_not_read_until_all_is_read_and_we_say_something(
    frames: Frames,
) -> None:
    frames.hears("read")
    frames.view.read("", is_watched=False)
    first, second = (f"1/{frames.hears(text).message_id}" for text in ("one", "two"))
    for row_id in (first, second):
        frames.view.message_came(row_id, is_for_us=False)
    frames.draw()
    assert [row.get("unread", "") for row in frames.page.rows.values()] == ["", "New messages", ""]
    assert "same" not in frames.page.rows[first]["look"], "its author is named below the line"
    frames.view.read(second, is_watched=True)
    frames.draw()
    assert frames.page.patches[-1]["unread"] == [0, first, 0]
    assert frames.page.rows[first]["unread"]
    frames.view.said_something()
    frames.draw()
    assert "unread" not in frames.page.rows[first]


def test_what_we_say_is_shown_wherever_we_were(frames: Frames) -> None:
    for number in range(200):
        frames.hears(f"{number}")
    frames.view.look("", 0, ROWS)
    frames.draw()
    frames.takes(MessageQueued("a" * 64, "a" * 32, text_content("Hi", bytes(16), 0.0)))
    frames.view.said_something()
    frames.draw()
    assert frames.page.patches[-1]["follow"]
    assert "Hi" in frames.page.lines[-1]


def test_a_page_that_did_not_take_a_patch_gets_everything_with_the_next(
    frames: Frames, faults: list[BaseException]
) -> None:
    frames.hears("one")
    frames.draw()
    frames.hears("lost on its way")
    frames.refuses = True
    frames.draw()
    assert [type(fault) for fault in faults] == [ValueError]
    faults.clear()
    frames.refuses = False
    frames.hears("two")
    frames.draw()
    assert frames.page.patches[-1]["fresh"]
    assert ["one" in frames.page.lines[0], "lost" in frames.page.lines[1], "two" in frames.page.lines[2]] == [True] * 3


def test_at_the_end_nothing_is_left_in_the_page(frames: Frames) -> None:
    frames.hears("Hello")
    frames.draw()
    frames.view.close()
    frames.hears("too late")
    frames.draw()
    assert frames.page.lines == []


def test_what_quotes_a_message_is_drawn_again_with_it(frames: Frames) -> None:
    first = frames.talk.says(BOB, "first")
    answer = frames.talk.answers(CAROL, first, "an answer")
    frames.takes(answer)
    frames.draw()
    assert frames.page.rows[f"1/{answer.message_id}"]["quote"][2] == wording.NOT_HERE
    for said, quote in ((first, "first"), (frames.talk.edits(BOB, first, "changed"), "changed")):
        frames.takes(said)
        frames.draw()
        assert frames.page.rows[f"1/{answer.message_id}"]["quote"][2] == quote
    frames.conversation.changed(frames.timeline.drop(first.message_id))
    frames.draw()
    assert frames.page.rows[f"1/{answer.message_id}"]["quote"][2] == wording.NOT_HERE


def test_a_search_that_is_open_draws_only_rows_that_it_concerns(
    frames: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = SearchView(
        Page(FakeDocument()),
        frames.conversation,
        frames.view,
        Naming(frames.met),
        schedule=frames.planned.append,
        now=lambda: 0.0,
    )
    frames.on_change.append(search.changed)
    said = [frames.hears(f"word {number}") for number in range(30)]
    search.look_for("word 7")
    frames.draw()
    frames.draw()
    [seventh] = [row["row_id"] for row in frames.page.rows.values() if row.get("found")]
    assert "hit" in frames.page.rows[seventh]["look"]
    drawn: list[str] = []
    draw_row = Drawing.row

    def counted(drawing: Drawing, row_id: str, entry: Entry, before: Entry | None) -> Row:
        drawn.append(row_id)
        return draw_row(drawing, row_id, entry, before)

    monkeypatch.setattr(Drawing, "row", counted)
    frames.takes(frames.talk.edits(BOB, said[3], "something else"))
    frames.draw()
    assert drawn == [f"1/{said[3].message_id}"]
    drawn.clear()
    frames.takes(frames.talk.edits(BOB, said[7], "no longer"))
    frames.takes(frames.talk.edits(BOB, said[9], "word 7"))
    frames.draw()
    assert drawn == [f"1/{said[number].message_id}" for number in (7, 9)]
    assert "hit" in frames.page.rows[f"1/{said[9].message_id}"]["look"]
    search.close()
    frames.draw()
    assert not any(row.get("found") or "hit" in row["look"] for row in frames.page.rows.values())
