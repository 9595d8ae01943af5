"""Reads lines from a file descriptor, whatever it is: a terminal, a pipe, a file."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError

from volly_browser.errors import LocalError
from volly_browser.room.labels import TEXT_BYTES_LIMIT

READ_AT_ONCE = 65_536
"""Bytes that are read in one go."""


class LineTooLong(LocalError):
    """A line has more bytes than a text can have."""


class Splitter:
    """Splits bytes into lines of at most `TEXT_BYTES_LIMIT` bytes; nothing of a longer one is kept."""

    def __init__(self) -> None:
        self._begun = bytearray()
        self._is_too_long = False

    def feed(self, data: bytes) -> list[str | LineTooLong]:
        """Take bytes; return the lines that are complete."""
        *ended, rest = data.split(b"\n")
        lines = [self._ended(part) for part in ended]
        self._keep(rest)
        return lines

    def end(self) -> list[str | LineTooLong]:
        """Return the last line, if it has no end."""
        return [self._ended(b"")] if self._begun or self._is_too_long else []

    def _keep(self, part: bytes) -> None:
        self._begun += part
        if len(self._begun) > TEXT_BYTES_LIMIT:
            self._begun.clear()
            self._is_too_long = True

    def _ended(self, part: bytes) -> str | LineTooLong:
        self._keep(part)
        line, is_too_long = self._begun.decode(errors="replace"), self._is_too_long
        self._begun.clear()
        self._is_too_long = False
        if is_too_long:
            return LineTooLong(f"A line has more than {TEXT_BYTES_LIMIT} bytes and was not sent.")
        return line.removesuffix("\r")


async def read_lines(descriptor: int) -> AsyncIterator[str | LineTooLong]:
    """Iterate over lines until the end of the input; nothing more is read before a line was taken.

    A thread of its own reads, since no event loop can wait for all kinds of files; it does not keep the program from
    ending.
    """
    loop = asyncio.get_running_loop()
    blocks: asyncio.Queue[bytes] = asyncio.Queue(1)

    def read() -> None:
        data = b"\n"
        while data:
            try:
                data = os.read(descriptor, READ_AT_ONCE)
            except OSError:
                data = b""
            handing_over = blocks.put(data)
            try:
                asyncio.run_coroutine_threadsafe(handing_over, loop).result()
            except (RuntimeError, CancelledError):  # the loop has ended, or ends
                handing_over.close()
                return

    threading.Thread(target=read, daemon=True).start()
    splitter = Splitter()
    while data := await blocks.get():
        for line in splitter.feed(data):
            yield line
    for line in splitter.end():
        yield line
