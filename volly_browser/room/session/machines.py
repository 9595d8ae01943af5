"""The machines of a room, side by side: each knows one thing, and none knows the others."""

from collections.abc import Callable
from dataclasses import dataclass, field

from volly_browser.room.delivery.exchange import Exchange
from volly_browser.room.door.admission import Admission
from volly_browser.room.door.rejoin import Rejoin
from volly_browser.room.group.catch_up import CatchUp
from volly_browser.room.group.refresh import Refresh
from volly_browser.room.group.sequencer import Sequencer
from volly_browser.room.group.throttle import Throttle
from volly_browser.room.group.waiting import WaitingParcels
from volly_browser.room.identity.roster import Reachability, Roster
from volly_browser.room.presence.attendance import Attendance
from volly_browser.room.presence.typing import OwnTyping
from volly_browser.room.session.leaving import Leaving
from volly_browser.room.timing import Timing


@dataclass(frozen=True, slots=True)
class Machines:
    """What is told facts and asked what follows.

    Attributes:
        timing: how long to wait for what.
        exchange: keeps the texts.
        admission: gets us in.
        sequencer: says what we commit.
        catch_up: says when the group has gone on without us.
        rejoin: gets us back.
        refresh: says when we need new keys.
        attendance: says who is still there.
        leaving: gets us out.
        throttle: says whom to answer.
        typing: says when to tell that we write.
        roster: the members of the group.
        reachability: by which transport identities.
        early: parcels for a group that we are not in yet.
        future: parcels for an epoch that we have not entered yet.
    """

    timing: Timing
    exchange: Exchange
    admission: Admission
    sequencer: Sequencer
    catch_up: CatchUp
    rejoin: Rejoin
    refresh: Refresh
    attendance: Attendance
    leaving: Leaving
    throttle: Throttle
    typing: OwnTyping
    roster: Roster = field(default_factory=Roster)
    reachability: Reachability = field(default_factory=Reachability)
    early: WaitingParcels = field(default_factory=WaitingParcels)
    future: WaitingParcels = field(default_factory=WaitingParcels)

    @classmethod
    def start(cls, timing: Timing, exchange: Exchange, member_id: bytes, chance: Callable[[], float]) -> "Machines":
        """Fresh machines for a member; `chance` gives a number from 0 to 1, different each time."""
        return cls(
            timing,
            exchange,
            Admission(timing, chance),
            Sequencer(timing, member_id),
            CatchUp(timing),
            Rejoin(timing),
            Refresh(timing, chance),
            Attendance(timing),
            Leaving(timing),
            Throttle(timing),
            OwnTyping(timing),
        )
