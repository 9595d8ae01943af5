from random import Random

from tests.simulation.branches import drawn_branches
from tests.unit.mls.party import Party
from volly_browser.room import labels


async def exported(label: str) -> list[bytes]:
    """What two groups export while their branches are drawn from one seed."""
    with drawn_branches(Random(1)):
        groups = [(await Party.of(1))[0] for _ in range(2)]
        return [group.export(label, b"", labels.BRANCH_LENGTH) for group in groups]


async def test_branches_are_the_same_in_every_run_and_all_different() -> None:
    first, second = await exported(labels.BRANCH), await exported(labels.BRANCH)
    assert first == second
    assert len(set(first)) == 2


async def test_everything_else_stays_as_secret_as_it_is() -> None:
    assert not set(await exported("another label")) & set(await exported("another label"))
