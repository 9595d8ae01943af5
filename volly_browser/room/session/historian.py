"""Asks for what was said before we came, and tells it to those that come after us."""

import asyncio
from collections.abc import Callable

from volly_browser.room.content.content import Body, Numbered
from volly_browser.room.content.history import HistoryRequest, Inquiry, Relayed, Statement
from volly_browser.room.events import (
    HistoryReceived,
    MemberMisbehaved,
    MessageReceived,
    Misbehaviour,
    RelayedMessage,
    RoomEvent,
)
from volly_browser.room.group.membership import Membership, Received
from volly_browser.room.history.archive import Archive
from volly_browser.room.history.own_words import OwnWords
from volly_browser.room.history.recall import Judged, Outcome, Recall
from volly_browser.room.history.relay import Relay
from volly_browser.room.history.spoken import Spoken
from volly_browser.room.identity.roster import Reachability
from volly_browser.room.mimi import Content
from volly_browser.room.session.past import Past
from volly_browser.room.session.seat import Seat
from volly_browser.room.timing import Timing
from volly_browser.room.wire.post import Post


class Historian(Past):
    """Sends and takes what is said about the past.

    Args:
        seat: our membership.
        post: sends.
        archive: keeps what we can pass on.
        own_words: keeps what we can state.
        recall, relay: decide.
        reachability: knows the identities of members.
        member_id: ours.
        emit: takes the room's events.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        seat: Seat,
        post: Post,
        *,
        archive: Archive,
        own_words: OwnWords,
        recall: Recall,
        relay: Relay,
        reachability: Reachability,
        member_id: bytes,
        emit: Callable[[RoomEvent], None],
        clock: Callable[[], float],
    ) -> None:
        self._seat = seat
        self._post = post
        self._archive = archive
        self._own_words = own_words
        self._recall = recall
        self._relay = relay
        self._reachability = reachability
        self._member_id = member_id
        self._emit = emit
        self._clock = clock
        self._heard_at: dict[bytes, str] = {}
        self.machines = (recall, relay)

    # What happens

    def keep(self, sender: bytes, name: str, numbered: Numbered, message_id: bytes, content: Content) -> None:
        """Keep a message that was sent or shown for those that come later."""
        sequence, lamport, encoded = numbered.sequence, numbered.lamport, numbered.content
        spoken = Spoken(message_id, sender, name, sequence, lamport, content, encoded, content.lifetime)
        self._archive.take(spoken)
        if sender == self._member_id:
            self._own_words.take(spoken)

    def let_in_by(self, member_id: bytes, identity: str) -> None:
        """A member at this identity has let us in."""
        self._heard_at[member_id] = identity
        self._recall.let_in_by(member_id)

    def got(self, received: Received, identity: str, now: float) -> None:
        """Take what a member at this identity says about the past, if it is for us.  Raises ContentError."""
        me, sender, body = self._member_id, received.sender.member_id, received.body
        if isinstance(body, HistoryRequest | Inquiry):
            others = self._seat.others
            self._heard_at = {member_id: at for member_id, at in self._heard_at.items() if member_id in others}
            self._heard_at[sender] = identity
        match body:
            case HistoryRequest(to) if to == me:
                self._relay.got_request(sender, now)
            case Relayed(to) if to == me:
                self._recall.got_relayed(sender, body, now)
            case Inquiry():
                self._relay.got_inquiry(sender, body)
            case Statement(to) if to == me:
                self._recall.got_statement(sender, body)

    def tick(self, now: float) -> None:
        """Let time pass; show the past once all is known of it that can be."""
        self._recall.tick(now)
        if outcome := self._recall.take_outcome(now):
            self._show(outcome)

    # What we send

    async def send_due(self, now: float) -> None:
        """Ask, answer and state what is due.  Raises TransportError; what was not sent stays due."""
        membership = self._seat.membership
        if membership is None:
            return
        if elder := self._recall.member_to_ask(self._reachable, now):
            await self._send(membership, HistoryRequest(elder), elder)
            self._recall.asked(elder, now)
        if inquiry := self._recall.inquiry:
            await self._post.send(await membership.write(inquiry))
            self._recall.inquired()
        if telling := self._relay.next_telling(now):
            await self._send(membership, telling.body, telling.to)
            self._relay.told(telling, now)

    def deadline(self, now: float) -> float | None:
        """Return when something is to be done, if nothing comes before."""
        dues = (self._recall.deadline(now), self._relay.deadline())
        return min((due for due in dues if due is not None), default=None)

    async def _send(self, membership: Membership, body: Body, to: bytes) -> None:
        """Send to one member: to the identity that it has signed, or else to that from which it was heard."""
        identities = self._reachability.identities_of(to) or [self._heard_at[to]]
        await self._post.send(await membership.write(body), identities)

    @property
    def _reachable(self) -> frozenset[bytes]:
        return self._reachability.members | self._heard_at.keys()

    # What we show

    def _show(self, outcome: Outcome) -> None:
        for by, author in outcome.contradictions:
            names = self._seat.roster.name_of
            what = Misbehaviour.FALSE_HISTORY
            self._emit(MemberMisbehaved(by.hex(), names(by), what, author.hex(), names(author)))
        for judged in outcome.judged:
            if judged.is_confirmed:
                self._archive.take(judged.spoken)
        if outcome.judged:
            self._emit(HistoryReceived(tuple(map(self._relayed, outcome.judged))))

    def _relayed(self, judged: Judged) -> RelayedMessage:
        spoken, names = judged.spoken, self._seat.roster.name_of
        message = MessageReceived(
            spoken.sender.hex(),
            names(spoken.sender) or spoken.name,
            spoken.content,
            spoken.sequence,
            max(0.0, min(spoken.content.sent_at / 1000, self._clock())),
            spoken.message_id.hex(),
            spoken.lamport,
        )
        return RelayedMessage(message, judged.by.hex(), names(judged.by), judged.is_confirmed, spoken.left)


def open_historian(
    seat: Seat,
    post: Post,
    *,
    passes_on: int,
    takes: int,
    room_id: str,
    reachability: Reachability,
    member_id: bytes,
    timing: Timing,
    emit: Callable[[RoomEvent], None],
    clock: Callable[[], float],
) -> Historian:
    """Make a historian with its machines; it passes on and takes so many messages.  See there and in `Recall`."""
    now = asyncio.get_running_loop().time
    archive, own_words = Archive(passes_on, now), OwnWords(now)
    return Historian(
        seat,
        post,
        archive=archive,
        own_words=own_words,
        recall=Recall(room_id, takes, timing),
        relay=Relay(archive, own_words, timing, passes_on=passes_on > 0),
        reachability=reachability,
        member_id=member_id,
        emit=emit,
        clock=clock,
    )
