"""Sends our knocks and notices at the door, and turns those of others into facts for the machines."""

from collections.abc import Sequence

from volly_browser.errors import RemoteError
from volly_browser.room import labels
from volly_browser.room.door.admission import NO_TICKET, Admission, Place, SayHello
from volly_browser.room.door.key_packages import KeyPackages, KnockRefused, ReadKnock
from volly_browser.room.group.catch_up import CatchUp
from volly_browser.room.group.commits import Stance
from volly_browser.room.group.membership import Membership
from volly_browser.room.group.sequencer import Sequencer
from volly_browser.room.group.throttle import Throttle
from volly_browser.room.identity.roster import Reachability
from volly_browser.room.session.seat import Seat
from volly_browser.room.wire.door import DoorKind, Said
from volly_browser.room.wire.post import Post
from volly_browser.room.wire.structs import Knock, Notice

KNOCK_PAUSE = 0.02
"""Seconds in which `KNOCKS_OF_ONE` knocks of one identity are read."""

KNOCKS_OF_ONE = 3
"""Knocks of one identity: one that is sent, the same on display, and one that corrects it after an answer."""

KNOCKS_AT_ONCE = 64
"""Identities whose knocks are read in `KNOCK_PAUSE`."""

STALE_EPOCHS = 16
"""Epochs after which the sequencer displays its notice again, since a knock has to name a remembered epoch."""


class NoticeRefused(RemoteError):
    """A notice at the door is of a group that cannot be entered."""


class Doorway:
    """Knocks, and reads knocks and notices, none of which proves anything about the group.

    Args:
        seat: our membership.
        key_packages: makes and reads them.
        post: sends and displays.
        admission: takes places in groups.
        sequencer: takes knocks.
        catch_up: takes hints of epochs that are not ours.
        reachability: knows the identities of members.
        throttle: limits our answers.
        members_throttle: limits the checks of knocks in the name of members, apart from answers.
    """

    def __init__(
        self,
        seat: Seat,
        key_packages: KeyPackages,
        post: Post,
        *,
        admission: Admission,
        sequencer: Sequencer,
        catch_up: CatchUp,
        reachability: Reachability,
        throttle: Throttle,
        members_throttle: Throttle,
    ) -> None:
        self._seat = seat
        self._key_packages = key_packages
        self._post = post
        self._admission = admission
        self._sequencer = sequencer
        self._catch_up = catch_up
        self._reachability = reachability
        self._throttle = throttle
        self._members_throttle = members_throttle
        self._heard: dict[str, tuple[float, int]] = {}
        self._displayed = 0, False

    # What we receive

    async def got_hello(self, said: Said, now: float) -> None:
        """Take a knock of a newcomer, or of a member that has lost its keys.  Raises RemoteError if it is refused."""
        if self._sequencer.knows(said.sender, said.content):
            return self._admission.got_hello(said.sender, now, announced=said.announced)
        if not self._take_turn(said.sender, now):
            return None
        knock = self._key_packages.read(said.content, said.sender)
        self._admission.got_hello(said.sender, now, announced=said.announced)
        membership = self._seat.membership
        if membership is None or knock.knock.group_id not in (b"", membership.group.group_id):
            return None
        if not membership.knows(knock.knock.ticket):
            return await self._correct(knock, membership, now)
        return await self._take(knock, now)

    def _take_turn(self, identity: str, now: float) -> bool:
        """Count a knock of an identity; return whether to read it, which takes a while and so is limited."""
        self._heard = {key: (at, count) for key, (at, count) in self._heard.items() if now < at + KNOCK_PAUSE}
        first, count = self._heard.get(identity, (now, 0))
        if count >= KNOCKS_OF_ONE or (count == 0 and len(self._heard) >= KNOCKS_AT_ONCE):
            return False
        self._heard[identity] = first, count + 1
        return True

    async def _correct(self, knock: ReadKnock, membership: Membership, now: float) -> None:
        """Tell a newcomer which group and branch to name; a member that names another branch does so on purpose."""
        is_new = not self._seat.roster.has_met(knock.join.member_id)
        is_for_us = is_new or knock.knock.ticket == NO_TICKET or not knock.knock.group_id
        if is_for_us and self._sequencer.is_sequencing and self._throttle.take_turn(knock.join.identity, now):
            await self.answer(membership, [knock.join.identity])

    async def _take(self, knock: ReadKnock, now: float) -> None:
        join, roster = knock.join, self._seat.roster
        if join.renewal <= roster.renewal_of(join.member_id):
            return  # it was added, and its knock is still on display; or this is a replay
        is_member = roster.find(join.member_id) is not None
        if is_member and not self._members_throttle.take_turn(join.identity, now):
            return
        if is_member and await self._key_packages.forged([join]):
            raise KnockRefused("A knock at the door in the name of a member has a wrong signature.")
        self._catch_up.gone(join.identity)
        self._sequencer.got_hello(join, now, checked=is_member)

    async def got_notice(self, said: Said, now: float) -> None:
        """Take a peer's notice of its group.  Raises DecodeError, NoticeRefused."""
        notice, membership = Notice.decode(said.content), self._seat.membership
        if notice.epoch > labels.EPOCH_LIMIT:
            raise NoticeRefused("A notice at the door names an epoch that no group reaches.")
        place = Place(
            notice.group_id,
            notice.epoch,
            notice.branch,
            notice.members,
            bool(notice.lets_in),
            bool(notice.is_settled),
        )
        self._admission.got_notice(said.sender, place, now, is_answer=bool(notice.is_answer))
        if membership is None or notice.group_id != membership.group.group_id:
            return
        is_member = self._reachability.member_at(said.sender) is not None
        match membership.stance(notice.epoch, notice.branch):
            case Stance.AHEAD:
                self._catch_up.saw_ahead(said.sender, notice.epoch, now, is_member=is_member)
            case Stance.FORKED:
                self._catch_up.saw_fork(said.sender, now, is_member=is_member)

    # What we send

    async def knock(self, hello: SayHello, now: float) -> None:
        """Send a fresh key package, and put it on display if we are in no group.  Raises TransportError."""
        knock = Knock(self._post.identity, hello.group_id, hello.ticket)
        offer = await self._key_packages.offer(knock, now)
        self._admission.knocked(hello, now)
        await self._post.say(DoorKind.HELLO, offer, hello.identities or None)
        if self._seat.membership is None and not hello.is_aside:
            await self._post.display(DoorKind.HELLO, offer)

    async def show_notice(self) -> None:
        """Display our notice."""
        if membership := self._seat.membership:
            self._displayed = membership.group.epoch, self._admission.is_settled
            await self._post.display(DoorKind.NOTICE, self._notice(membership).encode())

    async def show_fresh_notice(self) -> None:
        """Display our notice again if we are the sequencer and the epoch on display will soon be forgotten."""
        membership = self._seat.membership
        if membership is None or not self._sequencer.is_sequencing:
            return
        epoch, was_settled = self._displayed
        if membership.group.epoch >= epoch + STALE_EPOCHS or self._admission.is_settled != was_settled:
            await self.show_notice()

    async def say_notice(self) -> None:
        """Send our notice to all peers if we are the sequencer, unreliably, since the next follows soon.

        The server possibly reported that we left, or displays another's notice as ours; and members that have split
        off learn of this branch.  Raises TransportError.
        """
        membership = self._seat.membership
        if membership and self._sequencer.is_sequencing:
            await self._post.say(DoorKind.NOTICE, self._notice(membership).encode(), reliable=False)

    async def answer(self, membership: Membership, identities: Sequence[str]) -> None:
        """Send our notice to peers whose knock named another group or branch.  Raises TransportError."""
        await self._post.say(DoorKind.NOTICE, self._notice(membership, is_answer=True).encode(), identities)

    def _notice(self, membership: Membership, *, is_answer: bool = False) -> Notice:
        company = membership.company
        return Notice(
            company.group_id,
            company.epoch,
            membership.branch,
            company.size,
            self._sequencer.is_sequencing,
            self._admission.is_settled,
            is_answer,
        )
