"""Which of two branches of a group stays, where no order tells: their members know no common epoch any more.

Otherwise the orders that split them decide; see `commits`.  Both sides judge by what each member says of its branch at
the door, so that they come to the same end.
"""

from typing import NamedTuple


class Standing(NamedTuple):
    """Sorts the branches of one group: the one that stays comes first.

    Attributes:
        eldest: (seniority, member id) of the member that has been in it longest.
        fewness: the number of members, negated.
        branch: tells apart what is equal otherwise.
    """

    eldest: tuple[int, bytes]
    fewness: int
    branch: bytes
