"""The way into a room and out of it, and the exit codes."""

import asyncio
from collections.abc import Callable

import pytest

from tests.unit.terminal.telling import BOB, NOW
from tests.unit.ui.fake_room import ALICE, FakeRoom, settled
from tests.unit.virtual_time import virtual_time
from volly_browser.chat.timeline import Changed
from volly_browser.room.events import MessageGap, Problem, RoomError, RoomState, StateChanged
from volly_browser.room.mimi import Content
from volly_browser.terminal import visit as visits
from volly_browser.terminal.exits import Exit
from volly_browser.terminal.visit import Parts, Setting, Visit
from volly_browser.transport.contract import TransportRefused


class Room(FakeRoom):
    """A room that lets in when the test says so."""

    def __init__(self, join_fails: Exception | None = None) -> None:
        super().__init__(join_fails)
        self.lets_in = asyncio.Event()
        self.lets_go = asyncio.Event()
        self.lets_go.set()

    async def join(self) -> None:
        await super().join()
        await self.lets_in.wait()

    async def leave(self) -> None:
        await self.lets_go.wait()
        await super().leave()

    async def send(self, content: Content) -> str:
        return await super().send(content)


class Front:
    """Shows nothing, and notes what it is to show."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.shown: set[str] = set()
        self.asked: list[str] = []
        self.last = 0
        self._left = asyncio.Event()

    def changed(self, ids: Changed) -> None:
        self.shown |= ids

    def show_all(self, message_id: str) -> None:
        self.shown.add(message_id)

    def show_last(self, count: int) -> None:
        self.last = count

    def ask_again(self, line: str) -> None:
        self.asked.append(line)

    def leave(self) -> None:
        self._left.set()

    async def run(self) -> None:
        await self._left.wait()


class Person:
    """Runs a visit."""

    def __init__(self, room: Room | None = None, *, ends_with_room: bool = False) -> None:
        self.room = room or Room()
        self.told: list[str] = []
        self.fronts: list[Front] = []
        self.tell_clock_error: Callable[[float], None] = lambda seconds: None

        def open_room(tell_clock_error: Callable[[float], None]) -> Room:
            self.tell_clock_error = tell_clock_error
            return self.room

        setting = Setting("hybrid", 0, "Alice", ends_with_room, self.told.append, lambda sentence: None)
        self.visit = Visit(open_room, setting, self._new_front, lambda: NOW)
        self.ends = asyncio.ensure_future(self.visit.run())

    def _new_front(self, parts: Parts) -> Front:
        self.fronts.append(Front(parts))
        return self.fronts[-1]

    async def is_let_in(self) -> Front:
        await self.room.is_joined_by(ALICE, BOB)
        self.room.lets_in.set()
        await settled()
        [front] = self.fronts
        return front


@virtual_time()
async def test_a_user_that_leaves_has_left() -> None:
    person = Person()
    front = await person.is_let_in()
    front.leave()
    assert await person.ends is Exit.LEFT
    assert person.room.has_left
    assert person.told == []


@virtual_time()
async def test_a_signal_leaves_in_order_wherever_the_visit_stands() -> None:
    before, inside = Person(), Person()
    await inside.is_let_in()
    for person in (before, inside):
        await settled()
        person.visit.leave()
        assert await person.ends is Exit.LEFT
        assert person.room.has_left


@virtual_time()
async def test_what_was_not_sent_is_told_at_the_end() -> None:
    person = Person()
    front = await person.is_let_in()
    await front.parts.obey("hello")
    await settled()
    front.leave()
    assert await person.ends is Exit.UNSENT
    assert person.told == ["1 message was not sent."]


@virtual_time()
async def test_a_server_that_cannot_be_reached_is_a_sentence() -> None:
    person = Person()
    await person.room.happens(StateChanged(RoomState.UNREACHABLE, "No answer from there. Trying again."))
    assert await person.ends is Exit.NO_CONNECTION
    assert person.told == ["No answer from there."]
    assert person.room.has_left


@virtual_time()
async def test_a_server_that_refuses_is_a_sentence() -> None:
    person = Person(Room(TransportRefused("There is no token service.")), ends_with_room=True)
    await person.room.happens(StateChanged(RoomState.FAILED, "There is no token service."))
    assert await person.ends is Exit.NO_CONNECTION
    assert person.told == ["There is no token service."]


@virtual_time()
async def test_a_full_room_is_a_sentence() -> None:
    person = Person()
    await person.room.happens(StateChanged(RoomState.FULL, "This room is full."))
    assert await person.ends is Exit.FULL
    assert person.told == ["This room is full."]


@virtual_time()
async def test_a_room_that_lets_us_in_never_is_not_waited_for() -> None:
    person = Person()
    await asyncio.sleep(visits.ENTERING_LIMIT - 1)
    assert not person.ends.done()
    assert await person.ends is Exit.NOT_LET_IN
    assert "Nobody has let you in" in person.told[0]


@virtual_time()
async def test_a_wrong_clock_is_told_at_once_and_with_what_possibly_came_of_it() -> None:
    person = Person()
    await settled()
    person.tell_clock_error(1.0)
    assert person.told == []
    person.tell_clock_error(-86400.0)
    person.tell_clock_error(-86400.0)
    [sentence] = person.told
    assert "the clock of this device is 24 hours behind" in sentence
    assert await person.ends is Exit.NOT_LET_IN
    assert sentence in person.told[-1]


@virtual_time()
async def test_a_wrong_clock_keeps_nobody_out() -> None:
    person = Person()
    person.tell_clock_error(86400.0)
    front = await person.is_let_in()
    front.leave()
    assert await person.ends is Exit.LEFT


@virtual_time()
async def test_inside_trouble_with_the_server_ends_nothing() -> None:
    person = Person()
    front = await person.is_let_in()
    for state in (RoomState.UNREACHABLE, RoomState.RECONNECTING, RoomState.DISPLACED, RoomState.FULL, RoomState.FAILED):
        await person.room.happens(StateChanged(state, "So it is."))
    person.tell_clock_error(86400.0)
    await asyncio.sleep(100)
    assert not person.ends.done()
    assert "clock" in front.parts.story.notice
    front.leave()
    assert await person.ends is Exit.FAILED
    assert person.told == ["So it is."]


@virtual_time()
async def test_a_script_ends_with_a_room_that_has_failed() -> None:
    person = Person(ends_with_room=True)
    await person.is_let_in()
    await person.room.happens(StateChanged(RoomState.FAILED, "A fault."))
    assert await person.ends is Exit.FAILED


@virtual_time()
async def test_an_error_on_the_way_in_is_a_failure() -> None:
    person = Person(Room(RoomError("A fault.")))
    assert await person.ends is Exit.FAILED
    assert person.told == ["A fault."]


@virtual_time()
async def test_a_room_that_does_not_end_keeps_nobody_in_it() -> None:
    person = Person()
    front = await person.is_let_in()
    person.room.lets_go.clear()
    front.leave()
    await asyncio.sleep(visits.LEAVING_LIMIT - 1)
    assert not person.ends.done()
    await asyncio.sleep(visits.LEAVING_LIMIT + 2)
    assert person.ends.done()


@virtual_time()
async def test_a_second_signal_does_not_wait_for_the_farewell() -> None:
    person = Person()
    front = await person.is_let_in()
    person.room.lets_go.clear()
    front.leave()
    await settled()
    person.visit.leave()
    await asyncio.sleep(1)
    assert person.ends.done()


@virtual_time()
async def test_an_event_that_cannot_be_shown_ends_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person()
    front = await person.is_let_in()
    monkeypatch.setattr(front.parts.story, "take", lambda event: 1 // 0)
    await person.room.happens(MessageGap("b" * 32, "Bob", 1))
    monkeypatch.undo()
    await person.room.happens(Problem("And on it goes."))
    assert front.parts.story.notice == "And on it goes."
    assert "ZeroDivisionError" in capsys.readouterr().err
    front.leave()
    await person.ends
