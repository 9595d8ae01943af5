"""Rooms on a network that does its worst: whatever happened, afterwards all are in one group and have heard everything.

`python3 build.py simulate --campaign 10000` looks for more, on all cores.
"""

import pytest

from tests.simulation.failed_seeds import FAILED, Failed
from tests.simulation.options import HAZARDS, Options
from tests.simulation.seeds import CHECKED, short, told
from tests.simulation.simulation import simulate

CHUNK = 10


def check(seeds: range) -> None:
    outcomes = [simulate(short(seed)) for seed in seeds]
    broken = [outcome for outcome in outcomes if not outcome.holds]
    assert not broken, "\n".join(map(str, broken))


@pytest.mark.parametrize("chunk", [CHECKED[start : start + CHUNK] for start in CHECKED[::CHUNK]], ids=str)
def test_all_holds_whatever_happens(chunk: range) -> None:
    check(chunk)


@pytest.mark.parametrize("chunk", [range(400, 410), range(410, 420)], ids=str)
def test_all_holds_where_newcomers_are_told_what_was_said_before(chunk: range) -> None:
    outcomes = [simulate(told(seed)) for seed in chunk]
    broken = [outcome for outcome in outcomes if not outcome.holds]
    assert not broken, "\n".join(map(str, broken))
    assert sum(outcome.told for outcome in outcomes) > 20


def test_all_holds_where_receipts_go_aside_as_in_large_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("volly_browser.room.delivery.receipts.RECEIPTS_TO_ALL", 2)
    check(range(300, 320))


@pytest.mark.parametrize("failed", FAILED, ids=lambda failed: f"{failed.options.seed}: {failed.found}")
def test_what_once_failed_holds(failed: Failed) -> None:
    outcome = simulate(failed.options)
    assert outcome.holds, str(outcome)


@pytest.mark.parametrize("policy", ["hybrid", "post-quantum", "transition"])
def test_the_other_policies_hold_as_well(policy: str) -> None:
    outcome = simulate(Options(1, members=3, minutes=0.5, policy=policy))
    assert outcome.holds, str(outcome)


def test_the_short_simulations_have_everything_in_them() -> None:
    asked = [short(seed) for seed in CHECKED]
    assert {options.members for options in asked} == {2, 3, 4, 5, 6, 8, 10, 12}
    for name in HAZARDS:
        assert sum(1 for options in asked if name in options.hazards) >= 40
    assert sum(1 for options in asked if options.hazards == tuple(HAZARDS)) >= 20
