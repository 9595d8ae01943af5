"""Each adversary does its harm, and honest people lose nothing that is theirs by any of them."""

from collections import Counter

import pytest

from tests.simulation.adversaries import Adversaries
from tests.simulation.history import History, Visit
from tests.simulation.invariants import check
from tests.simulation.options import ADVERSARIES, HAZARDS, Options
from tests.simulation.simulation import simulate

NO_MEMBERS = tuple(name for name in ADVERSARIES if name != "member")


def test_each_adversary_does_something(monkeypatch: pytest.MonkeyPatch) -> None:
    done: Counter[str] = Counter()
    attack = Adversaries.attack

    async def counted(adversaries: Adversaries, who: str) -> None:
        await adversaries._attacks[who]()
        done[who] += 1

    async def watched(adversaries: Adversaries, who: str) -> None:
        monkeypatch.setattr(Adversaries, "attack", counted)
        try:
            await counted(adversaries, who)
        except Exception:
            await attack(adversaries, "nobody")  # which is left out, as is one that cannot be made now
        finally:
            monkeypatch.setattr(Adversaries, "attack", watched)

    monkeypatch.setattr(Adversaries, "attack", watched)
    for seed in range(3):
        simulate(Options(seed, members=4, minutes=1.0, hazards=ADVERSARIES))
    assert set(done) == set(ADVERSARIES)


@pytest.mark.parametrize("policy", ["classical", "hybrid", "post-quantum", "transition"])
def test_no_member_loses_its_place_to_a_stranger(policy: str) -> None:
    outcome = simulate(Options(4, members=4, minutes=0.5, policy=policy, hazards=NO_MEMBERS))
    assert outcome.holds, str(outcome)


@pytest.mark.parametrize("seed", range(8))
def test_all_holds_among_adversaries_of_all_kinds(seed: int) -> None:
    outcome = simulate(Options(seed, members=2 + seed % 4, minutes=0.5, hazards=ADVERSARIES))
    assert outcome.holds, str(outcome)


@pytest.mark.parametrize("seed", range(4))
def test_all_holds_among_adversaries_on_a_network_that_does_its_worst(seed: int) -> None:
    outcome = simulate(Options(seed, members=3, minutes=0.5, hazards=tuple(HAZARDS)))
    assert outcome.holds, str(outcome)


@pytest.mark.parametrize("is_fair", [True, False])
def test_a_member_that_was_put_out_is_found_if_nobody_may_put_it_out(is_fair: bool) -> None:
    history = History([Visit("A.1", expelled=[3.0])], is_fair=is_fair)
    assert [broken.kind for broken in check(history)] == (["expelled"] if is_fair else [])
