"""How long the room's machines wait for what, in seconds."""

from dataclasses import dataclass

SMALL_GROUP = 12
"""Number of people up to which it prolongs nothing."""


def crowding(people: int, few: int = SMALL_GROUP) -> float:
    """Return the factor by which to wait longer in a crowd, in which every member has more to do."""
    return max(1.0, people / few)


@dataclass(frozen=True, slots=True)
class Timing:
    """The durations that a room goes by; tests shorten them.

    None of these lies on the path of an ordinary join or message: each says how long to wait for something that should
    have come at once.
    """

    silent_peer: float = 1.0
    """For the announcement of a peer that is connected; after that it does not count as a member."""

    unanswered_hello: float = 3.0
    """Until a newcomer knocks again, with a fresh key package; doubles each time; longer in a crowd."""

    longest_unanswered_hello: float = 30.0

    knock_elsewhere: float = 0.05
    """Between a knock at one group and one at a better one."""

    deserted_group: float = 12.0
    """For any frame from members that are said to be there; after that we begin a group of our own."""

    closed_group: float = 45.0
    """For members that are there and let no newcomer in; after that we begin a group of our own, too."""

    takeover: float = 3.0
    """For which each member leaves a due commit to the one before it in rank; longer in a crowd."""

    commit_pause: float = 0.02
    """Between two commits, times the other members, which all have to follow; knocks meanwhile share the next."""

    longest_commit_pause: float = 1.0

    commit_again: float = 5.0
    """Until a commit that could not be made is tried again."""

    absence: float = 10.0
    """From a member's leaving the transport to its removal from the group."""

    heartbeat: float = 4.0
    """Between two signs of life of a member; longer in a crowd."""

    silences: float = 3.5
    """Heartbeats that a member has to miss before it is removed."""

    commit_in_flight: float = 0.3
    """From the first sign of an epoch whose commit we lack to asking for it; longer in a crowd."""

    ask_again: float = 1.0
    """Until an unanswered question is asked again, of another member if possible; longer in a crowd if behind."""

    ask_in_vain: float = 60.0
    """Until an identity is asked again that did not answer any of several questions; longer in a crowd."""

    answer_again: float = 0.5
    """Until the next question from the same identity is answered."""

    early: float = 4.0
    """From the coming of a message for a later epoch to entering another group, after which it is dropped."""

    doubt: float = 1.5
    """For which an unproven claim that the group has gone on keeps us from committing; longer in a crowd."""

    doubt_again: float = 30.0
    """Until another such claim can do so again."""

    last_word: float = 2.0
    """From a member's removal to its report, if no farewell of that member has come."""

    proof: float = 20.0
    """For which a member's proof counts that it is in another branch."""

    unheard: float = 6.5
    """From the last frame of any other member until we count as alone; longer in a crowd."""

    acquaintance: float = 10.0
    """For which a group without any message can be left for a better one without asking."""

    settled_place: float = 3.0
    """For which another conversation has to be there before the user is asked about it."""

    propose_again: float = 60.0
    """Between two such questions."""

    met_only: float = 15.0
    """From our first knock at a group that we were in until a stranger's Welcome into it is followed, too."""

    full_room: float = 600.0
    """For a place in a full room; after that we begin a group of our own."""

    refresh_soon: float = 5.0
    """From entering a group to giving our leaf new keys; in large groups more."""

    refresh_every: float = 600.0

    refresh_messages: int = 100
    """Messages after which our leaf gets new keys, too."""

    refresh_retry: float = 6.0
    """Until a refresh that was not accepted is tried again."""

    refresh_overdue: float = 900.0
    """For which a member can have the same keys, in company, before the user is told."""

    receipt: float = 0.3
    """From a message's arrival to its acknowledgement; grows with the square of the group's size."""

    receipt_growth: float = 0.002

    lack: float = 0.4
    """From learning of a missing message to reporting it; doubles each time."""

    resend_after: float = 1.2
    """A receipt that arrives sooner after a message does not count for it: they possibly crossed."""

    nudge: float = 2.0
    """Until the others are told how much we have sent, beyond the time that receipts take; doubles each time."""

    relay: float = 0.5
    """From a newcomer's coming to telling it what was said before, so that what is under way then has arrived."""

    recall: float = 4.0
    """For the answer of a member that was asked for that, and for each part of it; longer in a crowd."""

    recall_at_most: float = 30.0
    """For all answers together; longer in a crowd."""

    inquiry: float = 5.0
    """For the authors to say which of these messages still stand; longer in a crowd."""

    typing: float = 3.0
    """Between two notices that we are writing."""

    reading: float = 3.0
    """Between two notices of what we have read, the first after a third of it; longer in a crowd."""

    gone_sender: float = 60.0
    """For which a message waits for an earlier one whose sender has left the group."""

    forget_gone: float = 300.0
    """For which messages are kept for a member that has left the group and possibly comes back."""

    last_words: float = 5.0
    """For which leaving waits until all messages are sent and acknowledged."""

    farewell: float = 1.5
    """For which leaving waits for the commit that removes us."""

    will: float = 0.5
    """From entering an epoch to having a farewell ready in it, in case the page ends; longer in a crowd."""

    stale_will: float = 5.0
    """For which the farewell of an ended epoch has to do, in any crowd; others open it for twice as long."""

    will_again: float = 30.0
    """Until the farewell is made anew: later messages overtake it, and its key is deleted a minute after that."""

    first_retry: float = 0.5
    """Until the second attempt to reach the server; doubles each time."""

    longest_retry: float = 10.0
