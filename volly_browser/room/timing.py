"""Every duration that the room's machines go by, in seconds."""

from dataclasses import dataclass

SMALL_GROUP = 12
"""People up to whom nothing takes longer because of their number."""


def crowding(people: int, few: int = SMALL_GROUP) -> float:
    """How many times as long to wait where there are more than a few: all of them keep everybody busy."""
    return max(1.0, people / few)


@dataclass(frozen=True, slots=True)
class Timing:
    """The room's patience; tests may shorten it.

    None of these lies on the path of an ordinary join or message: each says how long to wait for what should have
    come at once.
    """

    silent_peer: float = 1.0
    """For a peer that is there but announces nothing; then it is taken for none of us."""

    unanswered_hello: float = 3.0
    """Until a newcomer knocks again, with a fresh key package; doubles each time; longer in a crowd."""

    longest_unanswered_hello: float = 30.0

    knock_elsewhere: float = 0.05
    """Between a knock at one group and one at a better one."""

    deserted_group: float = 12.0
    """For any word from members who are said to be there; then we begin a group of our own."""

    closed_group: float = 45.0
    """For members who are there, and let nobody in; then we begin a group of our own, too."""

    takeover: float = 3.0
    """How long each next in rank leaves a due commit to those before it; longer in a crowd."""

    commit_pause: float = 0.02
    """Between two commits, for every other member, who all have to follow: whoever knocks meanwhile shares the next."""

    longest_commit_pause: float = 1.0

    commit_again: float = 5.0
    """Until a commit that could not be made is tried again."""

    absence: float = 10.0
    """From a member's leaving the transport to its removal from the group."""

    heartbeat: float = 4.0
    """Between two signs of life of a member; longer in a crowd."""

    silences: float = 3.5
    """Heartbeats that a member may miss before it is removed."""

    commit_in_flight: float = 0.3
    """From the first sign of an epoch that we have no commit for to asking for it; longer in a crowd."""

    ask_again: float = 1.0
    """Until a question that was not answered is asked again, of somebody else if may be; longer in a crowd."""

    answer_again: float = 0.5
    """Until somebody's next question is answered."""

    early: float = 4.0
    """For how long a message is kept that came before the keys for it; longer in a crowd."""

    doubt: float = 1.5
    """For how long an unproven claim that the group has gone on keeps us from committing."""

    doubt_again: float = 30.0
    """Until another claim may do so again."""

    last_word: float = 2.0
    """From a member's removal to telling of it, if no farewell of that member has come."""

    proof: float = 20.0
    """For how long it counts that a member has proved to be in another branch."""

    unheard: float = 6.5
    """From the last word of any other member to our taking ourselves for alone; longer in a crowd."""

    acquaintance: float = 10.0
    """For how long a group in which not a word was said may be left for a better one by itself."""

    settled_place: float = 3.0
    """For how long another conversation has to be there before a person is asked about it."""

    propose_again: float = 60.0
    """Between two such questions."""

    full_room: float = 600.0
    """How long to wait for a place in a full room; then we begin a group of our own."""

    refresh_soon: float = 5.0
    """From entering a group to giving our leaf new keys; in large groups more."""

    refresh_every: float = 600.0

    refresh_messages: int = 100
    """Messages of ours after which our leaf gets new keys, too."""

    refresh_retry: float = 6.0
    """Until a refresh that was not accepted is tried again."""

    refresh_overdue: float = 900.0
    """After how long with the same keys, in company, a member is told so."""

    receipt: float = 0.3
    """From a message's coming to its acknowledgement, and for every square of the group's size a little more."""

    receipt_growth: float = 0.002

    lack: float = 0.4
    """From learning of a message that is not there to saying so; doubles each time."""

    resend_after: float = 1.2
    """A receipt that comes sooner after a message says nothing about it: they may have crossed."""

    nudge: float = 2.0
    """Beyond the time that receipts take: until the others are told how much we have sent; doubles each time."""

    typing: float = 3.0
    """Between two notices that we are writing."""

    gone_sender: float = 60.0
    """How long a message waits for an earlier one whose sender is not in the group any more."""

    forget_gone: float = 300.0
    """How long messages are kept for somebody who is not in the group any more, and may come back."""

    last_words: float = 5.0
    """How long leaving waits for everything to be sent and acknowledged."""

    farewell: float = 1.5
    """How long leaving waits for the commit that removes us."""

    will: float = 0.5
    """From an epoch to having another farewell ready in it, in case the page ends; longer in a crowd."""

    stale_will: float = 5.0
    """For how long that of an ended epoch has to do, however large the crowd; others open it for twice as long."""

    will_again: float = 30.0
    """Until it is made anew: messages sent after it came first, and its key is forgotten a minute later."""

    first_retry: float = 0.5
    """Until the second attempt to reach the server; doubles each time."""

    longest_retry: float = 10.0
