"""Every machine can be told every fact, whether it cares or not."""

import inspect
from collections.abc import Callable
from itertools import permutations

import pytest

from tests.unit.room.cast import company
from volly_browser.room.delivery.exchange import Exchange
from volly_browser.room.delivery.outbox import Outbox
from volly_browser.room.delivery.receipts import Receipts
from volly_browser.room.delivery.reception import Reception
from volly_browser.room.door.admission import Admission
from volly_browser.room.events import RoomEvent
from volly_browser.room.group.branches import Branches
from volly_browser.room.group.catch_up import CatchUp
from volly_browser.room.group.refresh import Refresh
from volly_browser.room.group.sequencer import Sequencer
from volly_browser.room.history.archive import Archive
from volly_browser.room.history.own_words import OwnWords
from volly_browser.room.history.recall import Recall
from volly_browser.room.history.relay import Relay
from volly_browser.room.identity.roster import Reachability
from volly_browser.room.machine import Machine
from volly_browser.room.presence.attendance import Attendance
from volly_browser.room.presence.reading import OwnReading
from volly_browser.room.presence.removals import Removals
from volly_browser.room.session.early import Early
from volly_browser.room.session.will import Will
from volly_browser.room.timing import Timing

ME, A, B = b"M" * 16, b"A" * 16, b"B" * 16
EVENTS: list[RoomEvent] = []
MAKERS: dict[type[Machine], Callable[[], Machine]] = {
    Admission: lambda: Admission(Timing(), lambda: 0.5),
    Attendance: lambda: Attendance(Timing()),
    Branches: lambda: Branches(Timing()),
    CatchUp: lambda: CatchUp(Timing()),
    Early: lambda: Early(Timing()),
    Exchange: lambda: Exchange("room", ME, Timing(), EVENTS.append, chance=lambda: 0.5, clock=lambda: 0.0),
    Outbox: lambda: Outbox(Timing()),
    Reachability: Reachability,
    Recall: lambda: Recall("room", 5, Timing()),
    Receipts: lambda: Receipts(Timing(), lambda: 0.5),
    OwnReading: lambda: OwnReading(Timing()),
    Reception: lambda: Reception(Timing(), ME),
    Refresh: lambda: Refresh(Timing(), lambda: 0.5),
    Relay: lambda: Relay(Archive(5, lambda: 0.0), OwnWords(lambda: 0.0), Timing(), passes_on=True),
    Removals: lambda: Removals(Timing()),
    Sequencer: lambda: Sequencer(Timing(), ME),
    Will: lambda: Will(Timing()),
}
FACTS: dict[str, Callable[[Machine, float], None]] = {
    "link_up": lambda machine, now: machine.link_up(now),
    "link_down": lambda machine, now: machine.link_down(),
    "group_left": lambda machine, now: machine.group_left(),
    "first epoch": lambda machine, now: machine.epoch_entered(company(ME, A, ME), now),
    "later epoch": lambda machine, now: machine.epoch_entered(company(ME, A, ME, B, epoch=6), now),
}


def test_no_machine_is_left_out() -> None:
    assert set(Machine.__subclasses__()) == set(MAKERS)


@pytest.mark.parametrize("make", MAKERS.values(), ids=lambda make: type(make()).__name__)
def test_every_machine_survives_every_fact_in_any_order(make: Callable[[], Machine]) -> None:
    for order in permutations(FACTS.values()):
        machine = make()
        for now, fact in enumerate(order * 2):
            fact(machine, float(now))


@pytest.mark.parametrize("machine", MAKERS)
@pytest.mark.parametrize("fact", ["epoch_entered", "group_left", "link_up", "link_down"])
def test_a_fact_has_one_signature(machine: type[Machine], fact: str) -> None:
    assert inspect.signature(getattr(machine, fact)) == inspect.signature(getattr(Machine, fact))


def test_a_company_knows_the_others() -> None:
    ours = company(ME, A, ME, B)
    assert (ours.others, ours.size) == ({A, B}, 3)
