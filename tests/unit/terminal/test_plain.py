"""What a script reads and writes."""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.unit.terminal.telling import BOB, CAROL, Telling
from volly_browser.room.events import MessageGap, Problem, RoomMember, RoomState
from volly_browser.room.labels import TEXT_BYTES_LIMIT
from volly_browser.terminal import plain
from volly_browser.terminal.plain import CELLS_AT_ONCE, Plain, Streams


class Script:
    """Reads what is written, and writes lines."""

    def __init__(self, *, has_commands: bool = False, take: Callable[[str], Awaitable[None]] | None = None) -> None:
        self.telling = Telling()
        self.taken: list[str] = []
        self.output, self.errors = io.StringIO(), io.StringIO()
        self.reads, self.writes = os.pipe()
        self.front = Plain(
            self.telling.story,
            self.telling.lines,
            take or self._take,
            Streams(self.reads, self.output, self.errors),
            has_commands=has_commands,
        )

        self.front.changed(frozenset())
        assert self.told == ["* Sealed, post-quantum."]
        self.errors.truncate(self.errors.seek(0))

    async def _take(self, line: str) -> None:
        self.taken.append(line)

    def everything_changed(self) -> None:
        self.front.changed(frozenset(self.telling.story.timeline.ids(slice(None))))

    def hears(self, text: str, member: RoomMember = BOB, reply_to: str | None = None) -> str:
        message_id = self.telling.hears(text, member, reply_to)
        self.front.changed(frozenset([message_id]))
        return message_id

    @property
    def said(self) -> list[str]:
        return self.output.getvalue().splitlines()

    @property
    def told(self) -> list[str]:
        return self.errors.getvalue().splitlines()


@asynccontextmanager
async def running(script: Script) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(script.front.run())
    yield task
    script.front.leave()
    await task


async def test_what_others_say_is_a_line_each_and_what_happens_goes_elsewhere() -> None:
    script = Script()
    script.everything_changed()
    script.hears("Hello")
    script.hears("two\nlines")
    assert script.said == ["Bob: Hello", "Bob: two ⏎ lines"]
    assert script.told == ["* You are in the room. Bob is here. What was written before you came is not shown."]


async def test_our_own_texts_are_not_written_back() -> None:
    script = Script()
    message_id = script.telling.writes("mine")
    script.front.changed(frozenset([message_id]))
    script.telling.sends(message_id, 1)
    script.front.changed(frozenset([message_id]))
    assert (script.said, script.told) == ([], [])


async def test_changes_deletions_and_reactions_are_told() -> None:
    script = Script()
    telling = script.telling
    message_id = script.hears("Helo")
    for content in (
        telling.contents.edit(message_id, "Hello\n* Carol came in."),
        telling.contents.reaction(message_id, "👍"),
        telling.contents.retraction(message_id),
    ):
        telling.receives(content)
        script.front.changed(frozenset([message_id]))
    assert script.said == ["Bob: Helo"]
    assert script.told == [
        "* Bob changed a message: Hello ⏎ * Carol came in.",
        "* Under a message: 👍 Bob",
        "* Bob deleted a message.",
    ]


async def test_a_person_has_numbers_answers_and_what_became_of_texts() -> None:
    script = Script(has_commands=True)
    asked = script.hears("Really?")
    message_id = script.telling.writes("Yes")
    script.front.changed(frozenset([message_id]))
    script.telling.sends(message_id, 1)
    script.front.changed(frozenset([message_id]))
    script.hears("Good", reply_to=message_id)
    assert script.said == ["[1] Bob: Really?", "[2] you: Yes [Waiting to be sent]", "[3] Bob (answers 2): Good"]
    assert script.told == ["* 2: Received"]
    assert asked


async def test_the_history_is_shown_as_it_is_now() -> None:
    script = Script(has_commands=True)
    message_id = script.telling.hears("Helo")
    script.telling.receives(script.telling.contents.edit(message_id, "Hello"))
    script.front.show_last(1)
    assert script.said[-1].endswith("Bob: Hello  edited")


class OnScreen(io.StringIO):
    """An output that a person sees."""

    def isatty(self) -> bool:
        return True


async def test_a_terminal_gets_no_endless_line_and_all_of_it_on_request() -> None:
    script = Script(has_commands=True)
    script.front._streams = Streams(script.reads, OnScreen(), script.errors)
    message_id = script.hears("x" * 60_000)
    [line] = script.front._streams.output.getvalue().splitlines()  # type: ignore[attr-defined]
    assert len(line) == CELLS_AT_ONCE
    script.front.show_all(message_id)
    _, *lines = script.front._streams.output.getvalue().splitlines()  # type: ignore[attr-defined]
    assert sum(line.count("x") for line in lines) == 60_000
    assert max(map(len, lines)) <= plain.WIDTH


async def test_a_program_gets_whole_lines() -> None:
    script = Script()
    script.hears("x" * 60_000)
    assert script.said == [f"Bob: {'x' * 60_000}"]


@pytest.mark.parametrize("text", ["\x1b]0;x\x07hi", "a\rBob: b", "a\u2028Bob: b", "\u202eevil", "\x9b2J"])
async def test_nothing_of_a_text_or_name_is_obeyed(text: str) -> None:
    script = Script()
    script.hears(text, RoomMember(BOB.member_id, text, False))
    script.telling.happens(MessageGap(BOB.member_id, text, 2))
    script.telling.happens(Problem(text))
    script.everything_changed()
    written = script.output.getvalue() + script.errors.getvalue()
    assert script.output.getvalue().count("\n") == 1
    assert all(letter.isprintable() or letter == "\n" for letter in written)


async def test_no_name_ends_early() -> None:
    script = Script()
    script.hears("hm", RoomMember(BOB.member_id, "Carol: yes", False))
    assert script.said == ["Carol· yes: hm"]


async def test_every_line_is_taken_until_the_input_ends() -> None:
    script = Script()
    os.write(script.writes, b"one\n/who\nthree")
    os.close(script.writes)
    await script.front.run()
    assert script.taken == ["one", "/who", "three"]


async def test_a_line_that_is_too_long_is_told_and_the_next_one_taken() -> None:
    script = Script()
    os.set_blocking(script.writes, True)
    async with running(script) as task:
        await asyncio.to_thread(os.write, script.writes, b"x" * (TEXT_BYTES_LIMIT + 1) + b"\nnext\n")
        os.close(script.writes)
        await task
    assert script.taken == ["next"]
    assert f"more than {TEXT_BYTES_LIMIT} bytes" in script.told[-1]


async def test_at_the_end_of_the_input_what_was_not_sent_is_waited_for() -> None:
    script = Script()
    message_id = script.telling.writes("wait for me")
    async with running(script) as task:
        os.close(script.writes)
        await asyncio.sleep(0.1)
        assert not task.done()
        script.telling.sends(message_id)
        script.front.changed(frozenset([message_id]))
        await asyncio.wait_for(task, 5)


async def test_it_is_not_waited_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "PATIENCE", 0.05)
    script = Script()
    script.telling.is_in(RoomState.JOINED)
    script.telling.writes("nobody comes")
    os.close(script.writes)
    await asyncio.wait_for(script.front.run(), 5)


class Closed(io.StringIO):
    """An output that nothing reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


async def test_if_nothing_reads_the_output_the_visit_ends_in_order() -> None:
    script = Script()
    script.front._streams = Streams(script.reads, Closed(), script.errors)
    async with running(script) as task:
        script.hears("to nobody")
        await asyncio.wait_for(task, 5)


async def test_how_things_stand_is_told_whenever_that_changes() -> None:
    script = Script()
    script.telling.is_in(RoomState.UNREACHABLE, "No answer.")
    script.front.changed(frozenset())
    script.telling.is_in(RoomState.JOINED)
    script.front.changed(frozenset())
    assert script.told == ["* No connection. No answer. /now tries at once.", "* Sealed, post-quantum."]


async def test_a_notice_is_told_once() -> None:
    script = Script()
    script.telling.happens(Problem("Something is wrong."))
    script.front.changed(frozenset())
    script.front.changed(frozenset())
    assert script.told == ["! Something is wrong."]


def test_a_person_is_told_what_was_said_before_and_by_whom_and_a_program_is_not() -> None:
    script, person = Script(), Script(has_commands=True)
    for reader in (script, person):
        contents = reader.telling.contents
        reader.telling.is_told(contents.text("what to do"), CAROL)
        reader.everything_changed()
    assert script.said == []
    assert person.said == ["[1] Carol (from Bob's page, not confirmed): what to do"]
