"""Our place in the group, if we have one: the state that all parts of a room share."""

from volly_browser.room.group.membership import Membership
from volly_browser.room.identity.roster import Roster


class Seat:
    """Holds our membership.

    Args:
        roster: of the group; outlives the membership.

    Attributes:
        membership: None while we are in no group.
    """

    def __init__(self, roster: Roster) -> None:
        self.membership: Membership | None = None
        self.roster = roster

    def take(self, membership: Membership) -> None:
        """Take our place in a group."""
        self.membership = membership

    def give_up(self) -> None:
        """Give our place up."""
        self.membership = None
        self.roster.clear()

    @property
    def others(self) -> frozenset[bytes]:
        """The ids of all members but us."""
        return self.membership.company.others if self.membership else frozenset()
