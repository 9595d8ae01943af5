"""Every duration that the room's machines go by, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """The room's patience; tests may shorten it.

    None of these lies on the path of an ordinary join or message: each says how long to wait for what should have
    come at once.
    """

    silent_peer: float = 1.0
    """For a peer that is there but announces nothing; then it is taken for none of us."""

    unanswered_hello: float = 3.0
    """Until a newcomer knocks again, with a fresh key package; doubles each time."""

    longest_unanswered_hello: float = 30.0

    deserted_group: float = 12.0
    """For any answer from members who are said to be there; then we begin a group of our own."""

    takeover: float = 3.0
    """How long each next in rank leaves a due commit to those before it."""

    absence: float = 10.0
    """From a member's leaving the transport to its removal from the group."""

    missing_commit: float = 4.0
    """From the first sign of an epoch that we have no commit for to giving our keys up and knocking again."""

    missing_message: float = 3.0
    """How long later messages of a sender wait for an earlier one before the gap is shown."""

    farewell: float = 1.5
    """How long leaving waits for the commit that removes us."""

    first_retry: float = 0.5
    """Until the second attempt to reach the server; doubles each time."""

    longest_retry: float = 10.0
