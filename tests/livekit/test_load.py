"""Rooms full of headless members, as `build.py load` makes them, small and short."""

import pytest

from volly_browser.tools.load.measure import Plan, measure
from volly_browser.tools.stack import Stack

pytestmark = pytest.mark.livekit


def test_ten_members_read_everything_once_and_agree(stack: Stack) -> None:
    outcome = measure(stack, Plan(members=10, policy="hybrid", rate=20.0, seconds=2.0, silence=0.5, changes=1))
    remarks = " ".join(outcome.measurement.remarks)
    assert "40 texts were said: read 360 times, 0 lost, 0 repeated." in remarks
    assert "All 10 are in epoch" in remarks
    assert outcome.complete
    assert all(figure.samples for figure in outcome.measurement.figures)
