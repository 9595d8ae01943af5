"""Whole simulations: what is wrong with a room is found, and the same options give the same outcome."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.acts import Come, Mute, Say, Split
from tests.simulation.network import HostileNetwork
from tests.simulation.options import Options
from tests.simulation.plan import FAIR, Plan
from tests.simulation.simulation import simulate

PROJECT = Path(__file__).resolve().parents[2]
TWO = (Come(0.0, 0), Come(1.0, 1))
OPTIONS = Options(1, members=2, minutes=0.2)


def let_happen(monkeypatch: pytest.MonkeyPatch, *acts: Come | Say | Split | Mute) -> None:
    monkeypatch.setattr("tests.simulation.simulation.make_plan", lambda _: Plan(FAIR, 0.0, acts))


def let_nothing_heal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HostileNetwork, "heal", lambda _: None)


def test_two_people_that_talk_in_peace_hear_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    let_happen(monkeypatch, *TWO, Say(5.0, 0, "hello"), Say(6.0, 1, "hello back"))
    outcome = simulate(OPTIONS)
    assert outcome.holds
    assert (outcome.visits, outcome.seconds_to_agree) == (2, 0.0)
    assert outcome.sent == outcome.delivered == 4, "and each says at the end that it is there"


def test_a_room_that_stays_split_is_found_to_disagree(monkeypatch: pytest.MonkeyPatch) -> None:
    let_happen(monkeypatch, *TWO, Split(5.0, (0, 1), noticed=True), Say(6.0, 0, "hello"))
    let_nothing_heal(monkeypatch)
    outcome = simulate(Options(1, members=2, minutes=0.5))
    assert outcome.seconds_to_agree is None
    assert outcome.count("disagreed") == outcome.count("lost") == 1
    assert json.loads(outcome.as_json())["agreed"] is False
    assert outcome.options.command in str(outcome)


def test_what_never_arrives_is_found_to_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    let_happen(monkeypatch, *TWO, Mute(11.0, 0, 1, 1e9), Say(11.5, 0, "hello"))
    let_nothing_heal(monkeypatch)
    outcome = simulate(Options(1, members=2, minutes=0.2, patience=5.0))
    assert outcome.count("lost") >= 1
    assert "B.1 lacks" in str(outcome)


def test_a_room_that_shows_everything_twice_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from volly_browser.room.session.event_queue import EventQueue

    put = EventQueue.put
    monkeypatch.setattr(EventQueue, "put", lambda queue, event: (put(queue, event), put(queue, event)))
    let_happen(monkeypatch, *TWO, Say(5.0, 0, "hello"))
    assert simulate(OPTIONS).count("duplicated") == 3


def test_a_task_that_crashes_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from volly_browser.room.wire.announcer import Announcer

    async def crash(_: Announcer) -> None:
        raise ValueError("a mistake")

    monkeypatch.setattr(Announcer, "run", crash)
    let_happen(monkeypatch, *TWO)
    found = str(simulate(OPTIONS))
    assert "A task crashed: ValueError('a mistake')" in found
    assert "The room failed" in found


def replay(seed: int, hash_seed: int) -> str:
    """The JSON of a simulation in a process of its own."""
    program = (
        "from tests.simulation.options import Options; from tests.simulation.simulation import simulate;"
        f"print(simulate(Options({seed}, members=4, minutes=0.5)).as_json())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    return result.stdout


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_outcome_in_another_process(seed: int) -> None:
    assert replay(seed, hash_seed=1) == replay(seed, hash_seed=2)


def test_different_seeds_give_different_outcomes() -> None:
    assert len({simulate(Options(seed, members=3, minutes=0.3)).as_json() for seed in range(3)}) == 3
