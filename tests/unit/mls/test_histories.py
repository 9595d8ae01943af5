"""Random histories of a group, as chance has them; a failing one is shrunk to the few steps that matter.

The default run takes some seconds and is the same every time.  For a long one, each time another, of about an hour:

    VOLLY_EXAMPLES=200 python -m pytest tests/unit/mls/test_histories.py --timeout 0
"""

import asyncio
from collections.abc import Coroutine
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.unit.fuzzing.examples import examples
from tests.unit.mls.history import History
from tests.unit.mls.party import ENGINE
from tests.unit.mls.plans import EXTENSIONS, PSKS, Plan
from volly_browser.mls.suites import CLASSICAL, HYBRID

places = st.integers(0, 59)
few = st.lists(places, max_size=2)
plans = st.builds(
    Plan,
    adds=st.integers(0, 3),
    removes=few,
    updates=few,
    psks=st.integers(0, len(PSKS)),
    resumption=st.booleans(),
    extensions=st.none() | st.integers(0, len(EXTENSIONS) - 1),
    by_reference=st.booleans(),
    unheard=st.booleans(),
    renews=st.booleans(),
    replaces=st.booleans(),
    with_path=st.booleans(),
    public=st.booleans(),
)


class Life(RuleBasedStateMachine):
    """One group of the classical suite, from two to a dozen members."""

    suite = CLASSICAL
    sizes = st.integers(2, 9)
    limit = 12

    def __init__(self) -> None:
        super().__init__()
        ENGINE.random = Random(1).randbytes  # type: ignore[method-assign] - the same in every run
        self._runner = asyncio.Runner()
        self._history = History(self.suite, self.limit)

    def _run(self, step: Coroutine[Any, Any, object]) -> None:
        self._runner.run(step)

    def teardown(self) -> None:
        self._runner.close()
        del ENGINE.random

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self._run(self._history.begin(data.draw(self.sizes)))

    @rule(by=places, plan=plans, robbed=few, senders=few)
    def commit(self, by: int, plan: Plan, robbed: list[int], senders: list[int]) -> None:
        for sender in senders:
            self._run(self._history.send(sender))
        for place in robbed:
            self._history.steal(place)
        self._run(self._history.commit(by, plan))

    @rule(winner=places, loser=places, plan=plans)
    def race(self, winner: int, loser: int, plan: Plan) -> None:
        self._run(self._history.race(winner, loser, plan))

    @rule(host=places, returning=st.none() | places, void=st.integers(0, 2))
    def join_from_outside(self, host: int, returning: int | None, void: int) -> None:
        self._run(self._history.join_from_outside(host, returning, void))

    @rule(senders=st.lists(places, min_size=1, max_size=4), backwards=st.booleans())
    def talk(self, senders: list[int], backwards: bool) -> None:
        self._run(self._history.talk(senders, backwards))

    @rule(order=st.lists(places, min_size=1, max_size=4))
    def deliver(self, order: list[int]) -> None:
        for place in order:
            self._run(self._history.deliver(place))

    @rule(place=places)
    def restart(self, place: int) -> None:
        self._run(self._history.restart(place))


class HybridLife(Life):
    """The same with the suite of the default policy, and fewer members."""

    suite = HYBRID
    sizes = st.sampled_from([2, 3, 4])


class LargeLife(Life):
    """The same with many members."""

    sizes = st.integers(40, 60)
    limit = 60


TestLife = Life.TestCase
TestLife.settings = examples(18, steps=20)
TestHybridLife = HybridLife.TestCase
TestHybridLife.settings = examples(3, steps=15)
TestLargeLife = LargeLife.TestCase
TestLargeLife.settings = examples(2, steps=5)
