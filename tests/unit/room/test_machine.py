"""Every machine can be told every fact, whether it cares or not."""

import inspect

import pytest

from tests.unit.room.cast import company
from volly_browser.room.delivery.exchange import Exchange
from volly_browser.room.door.admission import Admission
from volly_browser.room.events import RoomEvent
from volly_browser.room.group.branches import Branches
from volly_browser.room.group.catch_up import CatchUp
from volly_browser.room.group.refresh import Refresh
from volly_browser.room.group.sequencer import Sequencer
from volly_browser.room.identity.roster import Reachability
from volly_browser.room.machine import Machine
from volly_browser.room.presence.attendance import Attendance
from volly_browser.room.session.early import Early
from volly_browser.room.session.will import Will
from volly_browser.room.timing import Timing

ME, A, B = b"M" * 16, b"A" * 16, b"B" * 16
EVENTS: list[RoomEvent] = []
MACHINES = [
    Admission(Timing(), lambda: 0.5),
    Attendance(Timing()),
    Branches(Timing()),
    CatchUp(Timing()),
    Early(Timing()),
    Exchange("room", ME, Timing(), EVENTS.append, chance=lambda: 0.5, clock=lambda: 0.0),
    Reachability(),
    Refresh(Timing(), lambda: 0.5),
    Sequencer(Timing(), ME),
    Will(Timing()),
]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: type(machine).__name__)
def test_every_machine_survives_every_fact_in_any_order(machine: Machine) -> None:
    for _ in range(2):
        machine.link_down()
        machine.group_left()
        machine.link_up(0.0)
        machine.epoch_entered(company(ME, A, ME), 1.0)
        machine.epoch_entered(company(ME, A, ME, B, epoch=6), 2.0)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: type(machine).__name__)
@pytest.mark.parametrize("fact", ["epoch_entered", "group_left", "link_up", "link_down"])
def test_a_fact_has_one_signature(machine: Machine, fact: str) -> None:
    assert inspect.signature(getattr(machine, fact)) == inspect.signature(getattr(Machine(), fact))


def test_a_company_knows_the_others() -> None:
    ours = company(ME, A, ME, B)
    assert (ours.others, ours.size) == ({A, B}, 3)
