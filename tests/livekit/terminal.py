"""A program in a pseudo-terminal, with a person before it who types and reads the screen."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

PROJECT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds that a busy machine may take from a key to the other screen."""

CTRL_C, CTRL_D, ESCAPE, PAGE_UP, END = "\x03", "\x04", "\x1b", "\x1b[5~", "\x1b[F"


_BEFORE_A_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Takes the terminal as the one whose Ctrl-C and whose end are signals, and becomes the program."""


class Terminal:
    """The program `python3 -m volly_browser` in a terminal of this size.

    Attributes:
        written: all bytes that the terminal was given.
    """

    def __init__(
        self, *arguments: str, columns: int = 80, lines: int = 24, env: Mapping[str, str] | None = None
    ) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.written = bytearray()
        self._descriptor, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BEFORE_A_TERMINAL, "-m", "volly_browser", *arguments],
            cwd=PROJECT,
            env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})},
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)

    @property
    def lines(self) -> list[str]:
        """What is on the screen."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def types(self, text: str) -> None:
        """Press keys; `\\r` is Enter."""
        os.write(self._descriptor, text.encode())

    def says(self, text: str) -> None:
        """Type a line, and press Enter."""
        self.types(f"{text}\r")

    def until(self, condition: Callable[[list[str]], object], what: str) -> None:
        """Read until the screen is as it is to be."""
        deadline = time.monotonic() + PATIENCE
        while not condition(self.lines):
            if time.monotonic() > deadline or not self._read(0.2):
                raise AssertionError(f"Expected {what}; the screen shows:\n{self.text}\n(exit {self._process.poll()})")

    def shows(self, *texts: str) -> None:
        """Wait until one line has all these texts."""
        self.until(lambda lines: any(all(text in line for text in texts) for line in lines), f"a line with {texts}")

    def hides(self, text: str) -> None:
        """Wait until no line has this text."""
        self.until(lambda lines: not any(text in line for line in lines), f"no line with {text!r}")

    def number_of(self, text: str) -> int:
        """The number of the message that begins with a text."""
        [line] = [line for line in self.lines if f": {text}" in line]
        return int(line.split()[0])

    def ends(self) -> int:
        """Wait for the end; gives the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"It does not end; the screen shows:\n{self.text}")
            self._read(0.2)
        while self._read(0.0):
            pass
        return self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def _read(self, seconds: float) -> bool:
        """Read what has come, or wait for it; False if no more can come."""
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return seconds > 0 and self._process.poll() is None
        try:
            data = os.read(self._descriptor, 65_536)
        except OSError:
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._descriptor)
