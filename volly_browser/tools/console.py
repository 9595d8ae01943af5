"""Running other programs with a line that shows their progress, and a sentence if one fails."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from volly_browser.errors import LocalError

QUIET_INTERVAL = 15.0
"""Seconds between lines if the output is not a terminal."""
KEPT_LINES = 15
"""Lines of a failed program's output that are shown."""


class SetupError(LocalError):
    """Something that Volly needs on this machine is missing or broken; the text says what and what to do."""


def stop_on_signals() -> None:
    """Let Ctrl-C, SIGTERM and SIGHUP raise KeyboardInterrupt, also if a script started us in the background."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


class Stage:
    """One step of the set-up, shown as `title: detail (12 s)`: rewritten in place on a terminal, else now and then.

    Nothing is shown of a step that takes less than a second.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._detail = ""
        self._started = time.monotonic()
        self._ended = threading.Event()
        self._shown = False
        self._terminal = sys.stderr.isatty()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        if self._shown:
            self._detail = "done" if error is None else "failed"
            self._show(last=True)

    def detail(self, text: str) -> None:
        """What the step is doing now."""
        self._detail = text

    def _tick(self) -> None:
        interval = 1.0
        while not self._ended.wait(interval):
            self._show()
            interval = 1.0 if self._terminal else QUIET_INTERVAL

    def _show(self, *, last: bool = False) -> None:
        self._shown = True
        line = f"{self._title}: {self._detail or 'started'} ({time.monotonic() - self._started:.0f} s)"
        if not self._terminal:
            print(line, file=sys.stderr, flush=True)
            return
        width = os.get_terminal_size(sys.stderr.fileno()).columns - 1
        print(f"\r\x1b[K{line[:width]}", end="\n" if last else "", file=sys.stderr, flush=True)


def run(
    title: str,
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    describe: Callable[[str], str | None] = lambda line: None,
) -> str:
    """Run a program to its end under a Stage and return its output (both streams).

    Args:
        title: what the user sees.
        command: the program and its arguments.
        cwd: its working directory.
        environment: variables in addition to ours.
        describe: turns a line of the program's output into the detail to show, or None to leave it.

    Raises:
        SetupError: the program is missing or failed; the text ends with its last lines.
    """
    arguments = [str(part) for part in command]
    output: list[str] = []
    with Stage(title) as stage:
        try:
            process = subprocess.Popen(
                arguments,
                cwd=cwd,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        except OSError as error:
            raise SetupError(f"{title}: cannot run {arguments[0]}: {error.strerror}.") from error
        with process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    output.append(line)
                    detail = describe(line.strip())
                    if detail is not None:
                        stage.detail(detail)
            except BaseException:
                process.terminate()  # Ctrl-C: the program must not go on running without us
                raise
        if process.returncode != 0:
            tail = "".join(deque(output, KEPT_LINES)).rstrip()
            raise SetupError(f"{title} failed (exit code {process.returncode}). Its last words:\n{tail}")
    return "".join(output)
