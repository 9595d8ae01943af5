"""The tests of what the page runs pass in the page's own Python: its library, its wheels, its way to JavaScript.

It runs under Node, in two processes at once.  `build.py test --in-page tests/unit/ui -k links` runs some of them alone.
"""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from threading import Thread

import pytest

from tests.page_python.inside.left_out import LEFT_OUT
from volly_browser.tools import page_tests
from volly_browser.tools.console import Stage

PARTS: Mapping[str, Sequence[str]] = {
    "room": ["tests/unit/room"],
    "all else": [
        "tests/page_python/within",
        "tests/unit/test_depth.py",
        *(f"tests/unit/{folder}" for folder in ("bridge", "chat", "client", "crypto", "mls", "transport", "ui")),
    ],
}
"""Halves of about the same length."""

TAKE_TOO_LONG = {
    "tests/unit/mls/test_histories.py": "a minute and a half",
    "tests/unit/room/test_weather.py": "half a minute",
    "tests/unit/mls/test_group.py::test_a_long_random_history_ends_in_agreement": "10 s",
    "tests/unit/mls/test_state.py::test_a_long_random_history_with_reloads_ends_in_agreement": "5 s",
}
"""Tests that could run here, and how long they would.  What cannot is in `inside.left_out`."""

PATIENCE = 900
"""Seconds for a part, on a machine that has much else to do."""


class Run:
    """pytest in a process of its own, which says on lines of its own what it does.

    Attributes:
        report: all other lines.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.report: list[str] = []
        self._total = 0
        self._begun: list[str] = []
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        self._reading = Thread(target=self._read, daemon=True)
        self._reading.start()

    def wait(self, stage: Stage) -> int:
        """Show what it does until it ends; gives the exit code."""
        while self._reading.is_alive():
            stage.detail(f"{len(self._begun)} of {self._total}" if self._total else "starting")
            self._reading.join(1)
        return self._process.wait()

    @property
    def last(self) -> str:
        """The test that began last."""
        return self._begun[-1] if self._begun else "none"

    def end(self) -> None:
        self._process.kill()
        self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            mark, _, said = line.rstrip().partition(" ")
            if mark != "@@":
                self.report.append(line)
            elif said.isdigit():
                self._total = int(said)
            else:
                self._begun.append(said)


@pytest.fixture(scope="module")
def runs() -> Iterator[dict[str, Run]]:
    options = ["-q", "--progress-lines", *(f"--deselect={name}" for name in TAKE_TOO_LONG)]
    running = {part: Run(page_tests.command([*options, *paths])) for part, paths in PARTS.items()}
    yield running
    for run in running.values():
        run.end()


@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize("part", PARTS)
def test_the_tests_pass_in_the_pages_python(
    part: str, runs: dict[str, Run], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled(), Stage(f"Tests in the page's Python ({part})") as stage:
        code = runs[part].wait(stage)
    report = "".join(runs[part].report)
    assert code == 0, f"{report}\nThe last test that began: {runs[part].last}"
    assert " passed" in report


@pytest.mark.parametrize("name", [*LEFT_OUT, *TAKE_TOO_LONG])
def test_what_is_left_out_is_there(name: str) -> None:
    path, _, test = name.partition("::")
    source = (page_tests.PROJECT / path).read_text()
    assert f"def {test}" in source
