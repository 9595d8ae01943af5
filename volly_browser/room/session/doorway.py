"""What is said at the door: our knocks and notices, and those of others turned into facts for those that decide."""

from collections.abc import Sequence

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
"""Seconds in which a few knocks of one identity are read."""

KNOCKS_OF_ONE = 3
"""So many: one that is sent and displayed, and one that is made anew since the first was answered."""

KNOCKS_AT_ONCE = 64
"""Identities whose knocks are read in that time."""

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
        reachability: knows the identities of members.
        throttle: says whom to answer.
        members_throttle: says whose knock in the name of a member to check; that one possibly has just been answered.
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

    # What comes

    async def got_hello(self, said: Said, now: float) -> None:
        """A newcomer knocks, or a member that has lost its keys.  Raises RemoteError if the knock is not acceptable."""
        if self._sequencer.knows(said.sender, said.content):
            return self._admission.got_hello(said.sender, now, announced=said.announced)
        if not self._listens_to(said.sender, now):
            return None
        knock = self._key_packages.read(said.content, said.sender)
        self._admission.got_hello(said.sender, now, announced=said.announced)
        membership = self._seat.membership
        if membership is None or knock.knock.group_id not in (b"", membership.group.group_id):
            return None
        if not membership.knows(knock.knock.ticket):
            return await self._correct(knock, membership, now)
        return await self._take(knock, now)

    def _listens_to(self, identity: str, now: float) -> bool:
        """Reading a knock takes a while, so that each may knock now and then only."""
        self._heard = {key: (at, count) for key, (at, count) in self._heard.items() if now < at + KNOCK_PAUSE}
        first, count = self._heard.get(identity, (now, 0))
        if count >= KNOCKS_OF_ONE or (count == 0 and len(self._heard) >= KNOCKS_AT_ONCE):
            return False
        self._heard[identity] = first, count + 1
        return True

    async def _correct(self, knock: ReadKnock, membership: Membership, now: float) -> None:
        """Tell a newcomer with what to knock; one of us that knocks at another branch knows what it does."""
        is_new = not self._seat.roster.has_met(knock.join.member_id)
        is_for_us = is_new or knock.knock.ticket == NO_TICKET or not knock.knock.group_id
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

    # What we say

    async def knock(self, hello: SayHello, now: float) -> None:
        """Send a fresh key package, and put it on display if we are in no group.  Raises TransportError."""
        knock = Knock(self._post.identity, hello.group_id, hello.ticket)
        offer = await self._key_packages.offer(knock, now)
        self._admission.knocked(hello, now)
        await self._post.say(DoorKind.HELLO, offer, hello.identities)
        if self._seat.membership is None and not hello.is_aside:
            await self._post.display(DoorKind.HELLO, offer)

    async def show_notice(self) -> None:
        """Display that we are in a group."""
        if membership := self._seat.membership:
            self._displayed = membership.group.epoch, self._admission.is_settled
            await self._post.display(DoorKind.NOTICE, self._notice(membership).encode())

    async def show_fresh_notice(self) -> None:
        """Display it anew if we let in, and what is on display will soon be forgotten."""
        membership = self._seat.membership
        if membership is None or not self._sequencer.is_sequencing:
            return
        epoch, was_settled = self._displayed
        if membership.group.epoch >= epoch + STALE_EPOCHS or self._admission.is_settled != was_settled:
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
            self._sequencer.is_sequencing,
            self._admission.is_settled,
            is_answer,
        )
