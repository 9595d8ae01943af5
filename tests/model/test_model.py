"""TLC tries everything that the model can do, and finds a violation if one of its rules is taken out."""

from pathlib import Path

import pytest

from volly_browser.tools import tlc
from volly_browser.tools.tlc import Findings

HERE = Path(__file__).parent
TLC = tlc.find()
LIMIT = 800.0
"""Seconds: each takes less than half a minute where nothing else is done."""

STATES = {"departures": 300, "haste": 800, "forgery": 60}
"""The least number of states that each configuration has; with fewer, something does not happen any more."""

needs_tlc = pytest.mark.skipif(
    TLC is None, reason="needs Java and the TLA+ tools: python3 build.py test installs them, or says why it cannot"
)
pytestmark = pytest.mark.timeout(LIMIT + 60)


def check(module: str, config: Path, scratch: Path) -> Findings:
    assert TLC is not None
    scratch.mkdir()
    return TLC.check(HERE / module, config, scratch, LIMIT)


def test_every_configuration_is_checked() -> None:
    assert {path.stem for path in HERE.glob("*.cfg")} == STATES.keys()


@needs_tlc
@pytest.mark.parametrize("name", STATES)
def test_all_that_may_happen_comes_to_a_good_end(name: str, tmp_path: Path) -> None:
    found = check("Sequencer.tla", HERE / f"{name}.cfg", tmp_path / "scratch")
    assert not found.violated, found.output
    assert found.states >= STATES[name], found.output


@needs_tlc
@pytest.mark.parametrize(
    ("name", "rule", "instead", "violated"),
    [
        ("haste", "IsRemoved", "Unnoticed", "EveryoneBelongs"),
        ("departures", "Expel", "Never", "NobodyIsStuck"),
        ("forgery", "Proved", "Hearsay", "NobodyIsLuredAway"),
        ("forgery", "IsBound", "Never", "NobodyIsLuredAway"),
        ("forgery", "Vain", "Never", "NobodyIsStuck"),
    ],
)
def test_a_broken_rule_is_found_out(name: str, rule: str, instead: str, violated: str, tmp_path: Path) -> None:
    config = tmp_path / "broken.cfg"
    config.write_text((HERE / f"{name}.cfg").read_text() + f"CONSTANT {rule} <- {instead}\n")
    assert check("Broken.tla", config, tmp_path / "scratch").violated == violated
