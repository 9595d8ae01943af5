"""The machines of a room, side by side: each knows one thing, and none knows the others."""

from dataclasses import dataclass, field

from volly_browser.room.admission import Admission
from volly_browser.room.conversation import Conversation
from volly_browser.room.lag import Lag
from volly_browser.room.roster import Reachability, Roster
from volly_browser.room.sequencer import Sequencer
from volly_browser.room.timing import Timing
from volly_browser.room.waiting import WaitingParcels


@dataclass(frozen=True, slots=True)
class Machines:
    """What is told facts and asked what follows.

    Attributes:
        timing: how long to wait for what.
        conversation: keeps the texts.
        admission: gets us in.
        sequencer: says what we commit.
        roster: the members of the group.
        reachability: by which transport identities.
        lag: says when the group has gone on without us.
        early: parcels for a group that we are not in yet.
        future: parcels for an epoch that we have not entered yet.
    """

    timing: Timing
    conversation: Conversation
    admission: Admission
    sequencer: Sequencer
    lag: Lag
    roster: Roster = field(default_factory=Roster)
    reachability: Reachability = field(default_factory=Reachability)
    early: WaitingParcels = field(default_factory=WaitingParcels)
    future: WaitingParcels = field(default_factory=WaitingParcels)

    @classmethod
    def start(cls, timing: Timing, conversation: Conversation, member_id: bytes) -> "Machines":
        """Fresh machines for a member."""
        return cls(timing, conversation, Admission(timing), Sequencer(timing, member_id), Lag(timing))
