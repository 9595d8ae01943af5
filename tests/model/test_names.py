"""The model names the states and the steps as the code does."""

import re
from pathlib import Path
from typing import get_args

from volly_browser import room
from volly_browser.room.door import admission
from volly_browser.room.group.commits import Stance

HERE = Path(__file__).parent
MODEL = (HERE / "Sequencer.tla").read_text()
MODULES = {path.name for path in Path(room.__file__).parent.rglob("*.py")}


def members(definition: str) -> set[str]:
    """The strings between the braces of a set in the model."""
    found = re.search(rf"^{definition} ==.*?\{{(.*?)\}}", MODEL, re.MULTILINE | re.DOTALL)
    assert found, f"The model defines no {definition}."
    return set(re.findall(r'"(\w+)"', found[1]))


def test_the_stances_are_those_of_the_code() -> None:
    assert members("Stance") == {stance.name for stance in Stance}


def test_the_steps_of_a_newcomer_are_those_of_the_code_but_for_asking_a_person() -> None:
    steps = members("Step")
    assert steps | {"Propose"} == {step.__name__ for step in get_args(admission.Step)}
    assert all(f"\n{step}(p) ==" in MODEL for step in steps)


def test_the_modules_that_the_sections_stand_for_exist() -> None:
    for model in (MODEL, (HERE / "Branches.tla").read_text()):
        named = set(re.findall(r"(?<!/)\b(\w+\.py)\b", model))
        assert {"sequencer.py", "commits.py", "branches.py", "catch_up.py", "admission.py"} <= named
        assert named <= MODULES
