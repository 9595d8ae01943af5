"""The model names the states as the code does, and goes the ways that the code's tables say."""

import re
from enum import Enum
from pathlib import Path
from typing import get_args

import pytest
from volly_browser.room.door.rejoin import Stage

from volly_browser.room.door import admission, rejoin
from volly_browser.room.group.commits import Stance, Verdict

MODEL = (Path(__file__).parent / "Sequencer.tla").read_text()
ROOM = Path(rejoin.__file__).parent

NAMED = {"Verdict": Verdict, "Stance": Stance, "Stage": Stage}


def members(definition: str) -> str:
    """What stands between the braces where the model defines a set."""
    found = re.search(rf"^{definition} ==.*?\{{(.*?)\}}", MODEL, re.MULTILINE | re.DOTALL)
    assert found, f"The model defines no {definition}."
    return found[1]


def strings(text: str) -> set[str]:
    return set(re.findall(r'"(\w+)"', text))


def table_of_stages(text: str) -> set[tuple[str, str]]:
    """From which stage to which one the rows of a table lead."""
    stages = {stage.name for stage in Stage}
    rows = re.findall(r"^ *\| (\w+) +\|[^|]*\| (\w+) +\|", text, re.MULTILINE)
    return {
        (before, after)
        for first, after in rows
        if after in stages
        for before in (stages - {after} if first == "any" else {first})
    }


@pytest.mark.parametrize("name", NAMED)
def test_the_states_are_those_of_the_code(name: str) -> None:
    enumeration: type[Enum] = NAMED[name]
    assert strings(members(name)) == {state.name for state in enumeration}


def test_the_steps_of_a_newcomer_are_those_of_the_code_and_are_what_the_model_does() -> None:
    steps = strings(members("Step"))
    assert steps == {step.__name__ for step in get_args(admission.Step)}
    assert all(f"\n{step}(p) ==" in MODEL for step in steps)


def test_the_way_back_is_that_of_the_table() -> None:
    transitions = set(re.findall(r'<<"(\w+)", "(\w+)">>', members("Transitions")))
    assert transitions == table_of_stages(rejoin.__doc__ or "")


def test_no_state_is_named_that_the_code_does_not_have() -> None:
    known = set().union(*(strings(members(name)) for name in NAMED))
    assert {name for name in strings(MODEL) if name.isupper()} == known


def test_the_modules_that_the_sections_stand_for_exist() -> None:
    named = set(re.findall(r"\b(\w+\.py)\b", MODEL))
    assert {"sequencer.py", "commits.py", "catch_up.py", "rejoin.py", "admission.py"} <= named
    assert [name for name in named if not (ROOM / name).is_file()] == []
