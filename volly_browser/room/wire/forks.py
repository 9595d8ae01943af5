"""Which of two branches of a group stays, where no order tells: their members know no common epoch any more.

Otherwise the orders that split them decide; see `commits`.  Both sides judge by what each member says of its branch at
the door, so that they come to the same end.

What is said at the door is some seconds old.  So a branch only ever gets a better standing: every commit makes it
longer, and whoever stands lower commits nothing more.  Then the best of all never sees a better one, and never gives
way, while all others do; otherwise two branches could each give way to what the other one was.
"""

from typing import NamedTuple


class Standing(NamedTuple):
    """Sorts the branches of one group: the one that stays comes first.

    Attributes:
        shortness: the number of its present epoch, negated.
        eldest: (seniority, member id) of the member that has been in it longest.
        fewness: the number of members, negated.
        branch: tells apart what is equal otherwise.
    """

    shortness: int
    eldest: tuple[int, bytes]
    fewness: int
    branch: bytes
