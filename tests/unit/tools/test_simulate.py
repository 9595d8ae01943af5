"""`build.py simulate`: what it says, and how it ends."""

import json
from collections.abc import Iterator

import pytest

from tests.simulation.crowd import CrowdOutcome
from tests.simulation.invariants import Broken
from tests.simulation.options import HAZARDS, Options
from tests.simulation.outcome import Outcome
from volly_browser.tools import simulate, verbs

Said = tuple[int, str, str]


class Tool:
    """The verb, with simulations of which the given seeds break something, and note what they are asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.asked: list[Options] = []
        self.breaking: set[int] = set()
        self._capsys = capsys
        monkeypatch.setattr(simulate, "simulate", self._simulate)
        monkeypatch.setattr(simulate, "campaign", self._campaign)

    def __call__(self, *arguments: str) -> Said:
        chosen = verbs.parse(["simulate", *arguments])
        assert chosen is not None
        code = simulate.run(chosen[1])
        return code, *self._capsys.readouterr()

    def _campaign(self, first_seed: int, minutes: float) -> Iterator[Outcome]:
        return (self._simulate(Options(first_seed + number)) for number in range(round(minutes)))

    def _simulate(self, options: Options) -> Outcome:
        self.asked.append(options)
        broken = (Broken("lost", "A text is lost."),) if options.seed in self.breaking else ()
        return Outcome(options, 2, 10, 10, 0, 3, 0, 1.5, broken)


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tool:
    return Tool(monkeypatch, capsys)


def test_it_ends_well_where_all_holds_and_says_so(tool: Tool) -> None:
    code, said, _ = tool("--seed", "5")
    assert code == 0
    assert said.startswith("seed 5: ")
    assert tool.asked == [Options(5)]


def test_it_ends_with_1_where_something_is_broken_and_says_how_to_see_it_again(tool: Tool) -> None:
    tool.breaking = {5}
    some = ("--hazards", "loss,lies", "--crashes", "2", "--history", "50")
    code, said, _ = tool("--seed", "5", "--members", "7", "--minutes", "0.5", *some)
    assert code == simulate.BROKEN
    assert "A text is lost." in said
    again = said.split("build.py simulate ")[1].split()
    tool(*again)
    assert tool.asked[0] == tool.asked[1]


def test_json_has_all_figures(tool: Tool) -> None:
    tool.breaking = {5}
    _, said, _ = tool("--seed", "5", "--json")
    figures = json.loads(said)
    assert figures["lost"] == 1
    assert (figures["seed"], figures["sent"], figures["delivered"], figures["agreed"]) == (5, 10, 10, True)
    for name in ("members", "minutes", "duplicated", "altered", "gaps", "epochs", "forks", "seconds_to_agree"):
        assert name in figures


def test_forever_ends_with_the_first_seed_that_breaks_something(tool: Tool) -> None:
    tool.breaking = {8}
    code, said, _ = tool("--seed", "5", "--forever", "--json")
    assert code == simulate.BROKEN
    assert [json.loads(line)["seed"] for line in said.splitlines()] == [5, 6, 7, 8]


def test_a_campaign_goes_on_after_what_breaks_and_ends_with_a_total(tool: Tool) -> None:
    tool.breaking = {6}
    code, said, _ = tool("--seed", "5", "--campaign", "3", "--json")
    assert code == simulate.BROKEN
    *each, total = map(json.loads, said.splitlines())
    assert [figures["seed"] for figures in each] == [5, 6, 7]
    assert (total["simulations"], total["minutes"], total["sent"], total["broken"]) == (3, 3.0, 30, 1)


def test_a_campaign_in_which_all_holds_ends_well(tool: Tool) -> None:
    code, said, _ = tool("--campaign", "2")
    assert code == 0
    assert said.splitlines()[-1].startswith("2 simulations of 2 min together: 4 visits, 20 texts sent")
    assert said.endswith("none with anything broken\n")


def test_hazards_are_named_or_come_with_their_number(tool: Tool) -> None:
    tool("--hazards", "none", "--loss", "0.1")
    tool("--hazards", "skew,loss")
    tool("--hazards", "all", "--partitions", "2")
    assert [options.hazards for options in tool.asked] == [("loss",), ("loss", "skew"), tuple(HAZARDS)]
    assert (tool.asked[0].loss, tool.asked[2].partitions) == (0.1, 2)


def test_a_hazard_that_does_not_exist_is_refused_with_those_that_do(tool: Tool) -> None:
    code, _, said = tool("--hazards", "loss,boredom")
    assert code == simulate.NO_HAZARD
    assert "'boredom'" in said
    assert all(name in said for name in HAZARDS)
    assert tool.asked == []


def test_a_whole_simulation_can_be_traced(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = verbs.parse(["simulate", "--members", "2", "--minutes", "0.1", "--hazards", "none", "--trace"])
    assert chosen is not None
    assert simulate.run(chosen[1]) == 0
    said, traced = capsys.readouterr()
    assert said.startswith("seed 0: 2 people")
    assert "The network heals." in traced


@pytest.mark.parametrize(("lost", "code"), [(0, 0), (1, simulate.BROKEN)])
def test_a_crowd_comes_as_it_is_asked_for_and_whoever_loses_a_place_breaks_it(
    tool: Tool, monkeypatch: pytest.MonkeyPatch, lost: int, code: int
) -> None:
    asked = []

    def crowd(people: int, policy: str, *, seed: int) -> CrowdOutcome:
        asked.append((people, policy, seed))
        return CrowdOutcome(people, 200, people - 200, lost, 0, 1.0, 0.5, 52, 3, 3, 4.0, 199)

    monkeypatch.setattr(simulate, "crowd", crowd)
    assert tool("--crowd", "300", "--policy", "hybrid", "--seed", "7")[0] == code
    assert asked == [(300, "hybrid", 7)]
    assert json.loads(tool("--crowd", "300", "--json")[1])["told"] == 100
