"""`build.py test` runs everything once, in two runs, and fails if one of them fails."""

import sys
from argparse import Namespace

import pytest

from volly_browser.tools import run_tests
from volly_browser.tools.environment import PROJECT

ALL = Namespace(in_page=False, unit=False, handed_on=[])
FOLDERS = {path.name for path in (PROJECT / "tests").iterdir() if any(path.glob("**/test_*.py"))}


@pytest.fixture
def exit_codes(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Those with which the run that waits and the one that computes end, each instead of pytest."""
    codes = {"waits": 0, "computes": 0}

    def command(*arguments: str) -> list[str]:
        name = "computes" if any(argument.startswith("--ignore=") for argument in arguments) else "waits"
        return [sys.executable, "-c", f"print('{name}', {arguments}); raise SystemExit({codes[name]})"]

    monkeypatch.setattr(run_tests, "_set_up", lambda: None)
    monkeypatch.setattr(run_tests, "_pytest", command)
    return codes


def test_each_folder_is_in_one_of_the_runs(exit_codes: dict[str, int], capfd: pytest.CaptureFixture[str]) -> None:
    assert run_tests.run(ALL) == 0
    said = capfd.readouterr().out
    waits, computes = (said[said.index(name) :].splitlines()[0] for name in exit_codes)
    assert said.index(waits) < said.index(computes)
    waited = {name for name in FOLDERS if f"'tests/{name}'" in waits}
    left_out = {name for name in FOLDERS if f"'--ignore=tests/{name}'" in computes}
    assert waited == left_out == {"browser", "livekit"}


@pytest.mark.parametrize("failing", ["waits", "computes"])
def test_one_that_fails_is_a_failure_of_all(exit_codes: dict[str, int], failing: str) -> None:
    exit_codes[failing] = 3
    assert run_tests.run(ALL) == 3
