import sys
import time
from pathlib import Path

import psutil
import pytest

from volly_browser.tools import console
from volly_browser.tools.console import SetupError, Stage


def test_a_program_gives_its_output() -> None:
    assert console.run("Test", [sys.executable, "-c", "print('hello')"]) == "hello\n"


def test_a_failing_program_is_quoted() -> None:
    script = "import sys; [print('noise', n) for n in range(100)]; sys.exit('no network')"
    with pytest.raises(SetupError, match=r"Fetching failed \(exit code 1\)") as caught:
        console.run("Fetching", [sys.executable, "-c", script])
    assert str(caught.value).endswith("no network")
    assert "noise 1\n" not in str(caught.value)


def test_a_missing_program_is_named() -> None:
    with pytest.raises(SetupError, match="cannot run no-such-program"):
        console.run("Test", ["no-such-program"])


def test_a_program_cannot_ask_questions() -> None:
    with pytest.raises(SetupError, match="EOF"):
        console.run("Test", [sys.executable, "-c", "input()"])


def test_every_line_can_become_the_detail() -> None:
    seen: list[str] = []

    def describe(line: str) -> str:
        seen.append(line)
        return line

    console.run("Test", [sys.executable, "-c", "print('a'); print('b')"], describe=describe)
    assert seen == ["a", "b"]


def test_a_long_step_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    with Stage("LiveKit") as stage:
        stage.detail("compiling")
        time.sleep(1.2)
    shown = capsys.readouterr().err.splitlines()
    assert shown[0] == "LiveKit: compiling (1 s)"
    assert shown[-1] == "LiveKit: done (1 s)"


def test_a_short_step_is_not_worth_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Stage("Nothing"):
        pass
    assert capsys.readouterr().err == ""


def test_an_interrupted_program_does_not_stay_behind(tmp_path: Path) -> None:
    def interrupt(line: str) -> str:
        (tmp_path / "pid").write_text(line)
        raise KeyboardInterrupt

    script = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(KeyboardInterrupt):
        console.run("Test", [sys.executable, "-c", script], describe=interrupt)
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))
