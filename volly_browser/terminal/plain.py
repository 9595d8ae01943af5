"""A chat as a stream of lines: for scripts, for screen readers, and for terminals that can do no more.

What members say goes to the output, a line each, `name: text`; all else that happens goes to the error output.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TextIO

from volly_browser.chat.message import Delivery, Message, Stage
from volly_browser.chat.timeline import Changed, Entry, Note
from volly_browser.terminal.cleaning import clean, one_line
from volly_browser.terminal.input_lines import LineTooLong, read_lines
from volly_browser.terminal.lines import LINE_END, Lines
from volly_browser.terminal.story import Story
from volly_browser.terminal.wrapping import cut
from volly_browser.ui import wording
from volly_browser.ui.timeline.conversation import Remark

WIDTH = 80
"""Cells of a line of what `/history` shows."""

CELLS_AT_ONCE = 2000
"""Cells of a line for a terminal; a program can read more."""

PATIENCE = 30.0
"""Seconds that what was written has to be sent after the input has ended."""


@dataclass(frozen=True, slots=True)
class Streams:
    """What is read and written.

    Attributes:
        descriptor: of the input.
        output: takes what members say.
        errors: takes all else.
    """

    descriptor: int
    output: TextIO
    errors: TextIO


class Plain:
    """Shows a story line by line, and reads lines.

    Args:
        story: what is shown.
        lines: of the story, for what is shown again.
        take: takes each line that is read.
        streams: what is read and written.
        has_commands: whether a person types, who names messages by their numbers.
    """

    def __init__(
        self,
        story: Story,
        lines: Lines,
        take: Callable[[str], Awaitable[None]],
        streams: Streams,
        *,
        has_commands: bool,
    ) -> None:
        self._story = story
        self._lines = lines
        self._take = take
        self._streams = streams
        self._has_commands = has_commands
        self._label = ""
        self._seen: dict[str, Message] = {}
        self._leaving = asyncio.Event()
        self._is_all_sent = asyncio.Event()

    def changed(self, ids: Changed) -> None:
        """Write what is new, and what has become of what was written before."""
        timeline = self._story.timeline
        here = [entry_id for entry_id in ids if timeline.find(entry_id)]
        for entry_id in sorted(here, key=timeline.index):
            match timeline.find(entry_id):
                case Note(event=Remark(text, is_warning)):
                    self._tell(f"{'!' if is_warning else '*'} {text}")
                case Message() as message:
                    self._show(self._seen.get(entry_id), message)
                    self._seen[entry_id] = message
        for entry_id in ids.difference(here):
            self._seen.pop(entry_id, None)
        self._tell_status()
        self._tell_notice()
        if not self._story.unsent:
            self._is_all_sent.set()
        else:
            self._is_all_sent.clear()

    def show_last(self, count: int) -> None:
        """Write the last so many messages again, as they are now."""
        timeline, before = self._story.timeline, None
        for entry in timeline[slice(max(0, len(timeline) - count), None)]:
            self._draw(entry, before or entry)
            before = entry

    def show_all(self, message_id: str) -> None:
        """Write all of a message again."""
        self._lines.unfolded.add(message_id)
        if entry := self._story.timeline.find(message_id):
            self._draw(entry, entry)

    def ask_again(self, line: str) -> None:
        """Write a line that is to be typed on."""
        self._tell(f"> {line}")

    def leave(self) -> None:
        """Read no more."""
        self._leaving.set()

    async def run(self) -> None:
        """Read until the input ends or the user leaves; what a script has written is waited for until it is sent."""
        reading = asyncio.create_task(self._read())
        leaving = asyncio.create_task(self._leaving.wait())
        try:
            await asyncio.wait({reading, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reading.cancel()
            leaving.cancel()

    async def _read(self) -> None:
        async for line in read_lines(self._streams.descriptor):
            if isinstance(line, LineTooLong):
                self._tell(f"! {line}")
            else:
                await self._take(line)
                self._tell_notice()
        if self._story.unsent and not self._has_commands:
            self._is_all_sent.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._is_all_sent.wait()

    def _draw(self, entry: Entry, before: Entry) -> None:
        for line in self._lines.of(entry, before, WIDTH):
            self._write(self._streams.output, "".join(piece.text for piece in line))

    def _show(self, before: Message | None, message: Message) -> None:
        if before is None:
            self._say(message)
            return
        if message.is_deleted and not before.is_deleted:
            self._tell(f"* {self._name(message)} deleted {self._which(message)}.")
        elif message.text != before.text:
            self._tell(f"* {self._name(message)} changed {self._which(message)}: {self._text(message)}")
        if message.reactions != before.reactions and not message.is_deleted:
            under = "  ".join(self._lines.reactions(message)) or "no reaction any more"
            self._tell(f"* Under {self._which(message)}: {under}")
        if self._has_commands and message.delivery != before.delivery and _is_settled(message.delivery):
            self._tell(f"* {self._which(message)}: {self._fate(message)}")

    def _say(self, message: Message) -> None:
        if self._has_commands:
            about = f" (answers {self._which(answered)})" if (answered := self._answered(message)) else ""
            fate = f" [{self._fate(message)}]" if message.is_own else ""
            told = f" ({told})" if (told := self._lines.relayed(message)) else ""
            for_us = f" ({wording.MENTIONS_YOU})" if self._lines.is_for_us(message) else ""
            said = f"[{self._which(message)}] {self._name(message)}{about}{told}{for_us}: {self._text(message)}{fate}"
            self._write(self._streams.output, said)
        elif message.came_at is not None:  # a program answers what is said now
            self._write(self._streams.output, f"{self._name(message)}: {self._text(message)}")

    def _name(self, message: Message) -> str:
        return wording.YOU if message.is_own else self._lines.named(message)

    def _which(self, message: Message) -> str:
        return f"{self._story.numbers.of(message.message_id)}" if self._has_commands else "a message"

    def _text(self, message: Message) -> str:
        return self._lines.said(message).replace("\n", LINE_END)

    def _fate(self, message: Message) -> str:
        return self._story.marks(message).fate.words

    def _answered(self, message: Message) -> Message | None:
        answered = self._story.timeline.find(message.reply_to or "")
        return answered if isinstance(answered, Message) else None

    def _tell_status(self) -> None:
        before, self._label = self._label, self._story.status.label
        if self._label != before:
            self._tell(f"* {self._label}. {self._story.trouble}")

    def _tell_notice(self) -> None:
        notice, self._story.notice = self._story.notice, ""
        if notice:
            self._tell(f"! {notice}")

    def _tell(self, sentence: str) -> None:
        self._write(self._streams.errors, "\n".join(map(one_line, clean(sentence).split("\n"))))

    def _write(self, stream: TextIO, line: str) -> None:
        """Write a line; if nothing reads the output any more, leave."""
        try:
            print(cut(line, CELLS_AT_ONCE) if stream.isatty() else line, file=stream, flush=True)
        except (OSError, ValueError):
            self.leave()


def _is_settled(delivery: Delivery | None) -> bool:
    return delivery is not None and (delivery.is_complete or delivery.stage is Stage.FAILED)
