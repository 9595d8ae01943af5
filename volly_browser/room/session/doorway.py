"""What is said at the door: our knocks, and those of others turned into facts for those who decide."""

from collections.abc import Sequence
from dataclasses import replace

from volly_browser.room.door.admission import Knock
from volly_browser.room.door.entrance import Entrance, KnockRefused
from volly_browser.room.door.group_age import GroupAge, group_age
from volly_browser.room.group.membership import Membership
from volly_browser.room.session.machines import Machines
from volly_browser.room.wire.forks import Standing
from volly_browser.room.wire.frames import Kind, Parcel
from volly_browser.room.wire.post import Post
from volly_browser.room.wire.structs import Hello, Presence


class Doorway:
    """Knocks, and hears who knocks and who is inside.

    Args:
        entrance: makes and checks key packages.
        post: sends and displays.
        machines: are told.
        door_key: reads the age of groups.
    """

    def __init__(self, entrance: Entrance, post: Post, machines: Machines, door_key: bytes) -> None:
        self._entrance = entrance
        self._post = post
        self._machines = machines
        self._door_key = door_key
        self._eldest = (b"", b"")

    def age(self, group_id: bytes) -> GroupAge:
        """How old a group is.  Raises GroupIdError."""
        return group_age(self._door_key, group_id)

    async def got_hello(self, parcel: Parcel, now: float, *, announced: bool = False) -> None:
        """Somebody knocks.  Raises RemoteError where the knock cannot be accepted."""
        machines, hello = self._machines, Hello.decode(parcel.payload)
        if machines.sequencer.knows(parcel.sender, hello.key_package):
            return machines.admission.got_hello(parcel.sender, now, announced=announced)
        join = self._entrance.read(hello, parcel.sender, machines.roster)
        if join.member_id == self._entrance.member_id:
            return None
        known = machines.roster.find(join.member_id)
        if known and await self._entrance.forged([join]):
            raise KnockRefused("Somebody at the door claims to be a member, with a wrong signature.")
        machines.admission.got_hello(parcel.sender, now, announced=announced)
        machines.reachability.is_at(join.member_id, parcel.sender)
        machines.sequencer.member_back(join.member_id)
        machines.attendance.heard(join.member_id, now)
        machines.catch_up.knocks(parcel.sender)
        if known is None or join.seniority > known.seniority:  # else it is the one that got it in, and came late
            machines.sequencer.got_hello(join, now, checked=known is not None)
        return None

    def got_presence(self, parcel: Parcel, now: float) -> Presence:
        """Somebody is in a group.  Raises RemoteError where that cannot be."""
        machines, presence = self._machines, Presence.decode(parcel.payload)
        age = self.age(presence.group_id)
        machines.admission.got_presence(parcel.sender, age, presence.highest_seniority, now)
        machines.admission.told_outdated(presence.required_seniority)
        machines.reachability.is_at(presence.member_id, parcel.sender)
        self._eldest = (presence.group_id, presence.eldest)
        return presence

    def standing(self, membership: Membership) -> Standing:
        """Of our branch of the group."""
        return self._presence(membership).standing

    async def knock(self, knock: Knock, now: float, *, display: bool) -> None:
        """Send a fresh key package to all, and put it on display where we are in no group.  Raises TransportError.

        Where it is on display for all, it is sent only to who is likely to let us in, and sees it so a little sooner.
        """
        hello = (await self._entrance.hello(knock, now)).encode()
        self._machines.admission.knocked(knock, now)
        await self._post.send(Kind.HELLO, hello, self._identities_of_eldest(knock.group_id) if display else ())
        if display:
            await self._post.display(Kind.HELLO, hello)

    def _identities_of_eldest(self, group_id: bytes) -> list[str]:
        """By which the first member of a group can be reached; empty, which means all, where that is not known."""
        known_group, eldest = self._eldest
        return self._machines.reachability.identities_of(eldest) if known_group == group_id else []

    async def show_presence(self, membership: Membership) -> None:
        """Display that we are in a group."""
        await self._post.display(Kind.PRESENCE, self._presence(membership).encode())

    async def say_present(self, membership: Membership) -> None:
        """Give everybody a sign of life, which may get lost: the next one comes soon.  Raises TransportError."""
        await self._post.send(Kind.PRESENCE, self._presence(membership).encode(), reliable=False)

    async def tell_presence(self, membership: Membership, to: Sequence[str], required_seniority: int = 0) -> None:
        """Tell those who are not up to date, so that they knock again.  Raises TransportError."""
        presence = replace(self._presence(membership), required_seniority=required_seniority)
        await self._post.send(Kind.PRESENCE, presence.encode(), to)

    def _presence(self, membership: Membership) -> Presence:
        group, roster = membership.group, self._machines.roster
        eldest = roster.entries[0]
        return Presence(
            group.group_id,
            group.epoch,
            membership.branch,
            self._entrance.member_id,
            eldest_seniority=eldest.seniority,
            eldest=eldest.member_id,
            members=len(roster.entries),
            highest_seniority=roster.highest_seniority,
        )
