"""What is said at the door: our knocks and notices, and those of others turned into facts for those that decide."""

from collections.abc import Sequence

from volly_browser.room.door.admission import NO_TICKET, Admission, Place, SayHello
from volly_browser.room.door.key_packages import KeyPackages, KnockRefused, ReadKnock
from volly_browser.room.group.catch_up import CatchUp
from volly_browser.room.group.commits import Stance
from volly_browser.room.group.membership import Membership
from volly_browser.room.group.sequencer import Sequencer
from volly_browser.room.group.throttle import Throttle
from volly_browser.room.session.seat import Seat
from volly_browser.room.wire.door import DoorKind, Said
from volly_browser.room.wire.post import Post
from volly_browser.room.wire.structs import Knock, Notice

STALE_EPOCHS = 16
"""Epochs after which the member that lets in puts its notice on display anew: a knock needs one that is remembered."""


class Doorway:
    """Knocks, and hears who knocks.  Nothing here proves anything of the group.

    Args:
        seat: where we are.
        key_packages: makes and reads them.
        post: sends and displays.
        admission: is told which groups there are.
        sequencer: is told of knocks.
        catch_up: is told of epochs that are not ours.
        throttle: says whom to answer.
        members_throttle: says whose knock in the name of a member to check, who has possibly just been answered.
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
        throttle: Throttle,
        members_throttle: Throttle,
    ) -> None:
        self._seat = seat
        self._key_packages = key_packages
        self._post = post
        self._admission = admission
        self._sequencer = sequencer
        self._catch_up = catch_up
        self._throttle = throttle
        self._members_throttle = members_throttle
        self._displayed_epoch = 0

    # What comes

    async def got_hello(self, said: Said, now: float) -> None:
        """A newcomer knocks, or a member that has lost its keys.  Raises RemoteError if the knock is not acceptable."""
        if self._sequencer.knows(said.sender, said.content):
            return self._admission.got_hello(said.sender, now, announced=said.announced)
        knock = self._key_packages.read(said.content, said.sender)
        self._admission.got_hello(said.sender, now, announced=said.announced)
        membership = self._seat.membership
        if membership is None or knock.knock.group_id not in (b"", membership.group.group_id):
            return None
        if not membership.knows(knock.knock.ticket):
            return await self._correct(knock, membership, now)
        return await self._take(knock, now)

    async def _correct(self, knock: ReadKnock, membership: Membership, now: float) -> None:
        """Tell a newcomer with what to knock; one that knocks at another branch of ours knows what it does."""
        is_for_us = knock.knock.ticket == NO_TICKET or not knock.knock.group_id
        if is_for_us and self._sequencer.is_sequencing and self._throttle.take_turn(knock.join.identity, now):
            await self.answer(membership, [knock.join.identity])

    async def _take(self, knock: ReadKnock, now: float) -> None:
        join, roster = knock.join, self._seat.roster
        if join.renewal <= roster.renewal_of(join.member_id):
            return  # it got in, and its knock is still on display; or it is being played again
        is_member = roster.find(join.member_id) is not None
        if is_member and not self._members_throttle.take_turn(join.identity, now):
            return
        if is_member and await self._key_packages.forged([join]):
            raise KnockRefused("A knock at the door in the name of a member has a wrong signature.")
        self._catch_up.gone(join.identity)
        self._sequencer.got_hello(join, now, checked=is_member)

    async def got_notice(self, said: Said, now: float) -> None:
        """A peer says that it is in a group.  Raises DecodeError."""
        notice, membership = Notice.decode(said.content), self._seat.membership
        place = Place(
            notice.group_id,
            notice.epoch,
            notice.branch,
            notice.members,
            notice.highest_seniority,
            bool(notice.lets_in),
        )
        self._admission.got_notice(said.sender, place, now, is_answer=bool(notice.is_answer))
        if membership is None or notice.group_id != membership.group.group_id:
            return
        match membership.stance(notice.epoch, notice.branch):
            case Stance.AHEAD:
                self._catch_up.saw_ahead(said.sender, notice.epoch, now)
            case Stance.FORKED:
                self._catch_up.saw_fork(said.sender, now)

    # What we say

    async def knock(self, hello: SayHello, now: float) -> None:
        """Send a fresh key package, and put it on display if we are in no group.  Raises TransportError."""
        knock = Knock(self._post.identity, hello.group_id, hello.ticket)
        offer = await self._key_packages.offer(knock, hello.seniority, now)
        self._admission.knocked(hello, now)
        await self._post.say(DoorKind.HELLO, offer, hello.identities)
        if self._seat.membership is None:
            await self._post.display(DoorKind.HELLO, offer)

    async def show_notice(self) -> None:
        """Display that we are in a group."""
        if membership := self._seat.membership:
            self._displayed_epoch = membership.group.epoch
            await self._post.display(DoorKind.NOTICE, self._notice(membership).encode())

    async def show_fresh_notice(self) -> None:
        """Display it anew if we let in, and what is on display will soon be forgotten."""
        membership = self._seat.membership
        if membership is None or not self._sequencer.is_sequencing:
            return
        if membership.group.epoch >= self._displayed_epoch + STALE_EPOCHS:
            await self.show_notice()

    async def say_notice(self) -> None:
        """Say again where we are, if we let in, also when alone: it may get lost, the next time comes soon.

        The server possibly told that we left, or that what is on display is of another one; and those that have split
        off learn so that there is another branch.  Raises TransportError.
        """
        membership = self._seat.membership
        if membership and self._sequencer.is_sequencing:
            await self._post.say(DoorKind.NOTICE, self._notice(membership).encode(), reliable=False)

    async def answer(self, membership: Membership, identities: Sequence[str]) -> None:
        """Tell those that have knocked with something else where we are.  Raises TransportError."""
        await self._post.say(DoorKind.NOTICE, self._notice(membership, is_answer=True).encode(), identities)

    def _notice(self, membership: Membership, *, is_answer: bool = False) -> Notice:
        company = membership.company
        return Notice(
            company.group_id,
            company.epoch,
            membership.branch,
            company.size,
            company.highest_seniority,
            self._sequencer.is_sequencing,
            is_answer,
        )
