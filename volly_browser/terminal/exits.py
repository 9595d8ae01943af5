"""The exit codes, by which scripts know what happened."""

from enum import IntEnum


class Exit(IntEnum):
    """How a visit ended."""

    LEFT = 0
    """The user has left, and all that was written was sent."""
    UNSENT = 1
    """The user has left before all that was written could be sent."""
    WRONG_USE = 2
    """The link is no invite, or an option is wrong."""
    NO_CONNECTION = 3
    """The site, its token service or LiveKit cannot be reached, or refuses."""
    FULL = 4
    """The room is full."""
    NOT_LET_IN = 5
    """No member has let us in, possibly since our clock is wrong."""
    FAILED = 6
    """An error in this program ended the visit."""
