"""Campaigns: enough of everything, each seed as it is by itself, and whatever breaks is in the total."""

from dataclasses import replace

from tests.simulation.campaign import Total, campaign
from tests.simulation.invariants import Broken
from tests.simulation.options import HAZARDS, Options
from tests.simulation.outcome import Outcome
from tests.simulation.seeds import campaigning
from tests.simulation.simulation import simulate

MINUTES = 3.0


def test_a_campaign_lasts_as_long_as_it_should_and_each_seed_goes_as_by_itself() -> None:
    outcomes = list(campaign(40, MINUTES))
    assert [outcome.options for outcome in outcomes] == [campaigning(40 + number) for number in range(len(outcomes))]
    assert sum(outcome.options.minutes for outcome in outcomes) >= MINUTES
    assert sum(outcome.options.minutes for outcome in outcomes[:-1]) < MINUTES
    assert outcomes[0] == simulate(campaigning(40))


def test_a_campaign_has_everything_in_it() -> None:
    asked = [campaigning(seed) for seed in range(400)]
    assert {options.members for options in asked} == {2, 3, 4, 5, 6, 8, 10, 12}
    assert {options.minutes for options in asked} == {0.5, 1.0, 2.0, 5.0, 10.0}
    assert {options.policy for options in asked} == {"classical", "hybrid", "post-quantum", "transition"}
    for name in HAZARDS:
        assert sum(1 for options in asked if name in options.hazards) >= 100
    assert sum(1 for options in asked if options.hazards == tuple(HAZARDS)) >= 60


def test_a_total_adds_up_and_says_how_many_are_broken() -> None:
    total = Total()
    good = Outcome(Options(1, minutes=0.5), 2, 10, 20, 1, 3, 0, 1.5, ())
    total.add(good)
    total.add(replace(good, broken=(Broken("lost", "A text is lost."), Broken("lost", "Another one is lost."))))
    assert total == Total(2, 1.0, 4, 20, 40, 2, 6, 0, 1)
