"""TLC tries everything that the model can do, and finds a violation if one of its rules is taken out."""

from pathlib import Path

import pytest

from volly_browser.tools import tlc
from volly_browser.tools.tlc import Findings

HERE = Path(__file__).parent
TLC = tlc.find()
LIMIT = 800.0
"""Seconds: each takes less than half a minute if nothing else is done."""

STATES = {
    "Sequencer": {"departures": 300, "haste": 800, "forgery": 60},
    "Branches": {"hasty": 500, "split": 800, "ties": 1200, "forger": 4000, "duel": 3000, "lure": 100},
}
"""The least number of states that each configuration has; with fewer, something does not happen any more."""

needs_tlc = pytest.mark.skipif(
    TLC is None, reason="needs Java and the TLA+ tools: python3 build.py test installs them, or says why it cannot"
)
pytestmark = pytest.mark.timeout(LIMIT + 60)


def check(module: str, config: Path, scratch: Path) -> Findings:
    assert TLC is not None
    scratch.mkdir()
    return TLC.check(HERE / f"{module}.tla", config, scratch, LIMIT)


def check_with(rule: str, instead: str, module: str, name: str, scratch: Path) -> Findings:
    """Check a configuration in which one thing takes the place of a rule."""
    config = scratch / "other.cfg"
    config.write_text((HERE / f"{name}.cfg").read_text() + f"CONSTANT {rule} <- {instead}\n")
    return check(module, config, scratch / "scratch")


def test_every_configuration_is_checked() -> None:
    assert {path.stem for path in HERE.glob("*.cfg")} == {*STATES["Sequencer"], *STATES["Branches"]}


@needs_tlc
@pytest.mark.parametrize(("module", "name"), [(module, name) for module, names in STATES.items() for name in names])
def test_all_that_may_happen_comes_to_a_good_end(module: str, name: str, tmp_path: Path) -> None:
    found = check(module, HERE / f"{name}.cfg", tmp_path / "scratch")
    assert not found.violated, found.output
    assert found.states >= STATES[module][name], found.output


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
    assert check_with(rule, instead, "Broken", name, tmp_path).violated == violated


@needs_tlc
@pytest.mark.parametrize(
    ("name", "rule", "instead", "violated"),
    [
        ("duel", "Ends", "EndsPast", "OneCommitPerEpoch"),
        ("duel", "IsSigned", "Unsigned", "NobodyIsLuredAway"),
        ("duel", "IsEnough", "Never", "NothingGoesOnForEver"),
        ("forger", "IsMet", "Always", "NobodyIsLuredAway"),
        ("forger", "LeadingOn", "InBranch", "NobodyIsLuredAway"),
        ("ties", "Outweighs", "Polite", "NobodySwaps"),
        ("split", "Opens", "OpensAgain", "NothingGoesOnForEver"),
        ("ties", "Outweighs", "Undecided", "NobodyIsStuck"),
        ("lure", "Takes", "FromAnybody", "NobodyIsLuredAway"),
    ],
)
def test_a_broken_rule_about_branches_is_found_out(
    name: str, rule: str, instead: str, violated: str, tmp_path: Path
) -> None:
    assert check_with(rule, instead, "BrokenBranches", name, tmp_path).violated == violated
