"""Members of a group without a room around them: what the tests of single steps are written in."""

from dataclasses import dataclass

from volly_browser.room.door.entrance import Entrance

from volly_browser.crypto.native import NativeEngine
from volly_browser.room.door.admission import Knock
from volly_browser.room.group.commits import Verdict
from volly_browser.room.group.membership import Membership
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.identity.roster import Roster
from volly_browser.room.invite import Invite

INVITE = Invite.from_room_name("garden", "classical")


@dataclass
class Side:
    """One member, with all that a membership needs."""

    entrance: Entrance
    roster: Roster
    membership: Membership

    async def follow(self, payload: bytes) -> Verdict | None:
        read = await self.membership.read_order(payload)
        if read is None:
            return None
        if read.verdict is Verdict.FOLLOW:
            await self.membership.follow(read)
        return read.verdict


def newcomer(name: str, invite: Invite = INVITE) -> Entrance:
    return Entrance(NativeEngine(), invite, name, lambda: 1_700_000_000.0)


async def host(name: str, invite: Invite = INVITE) -> Side:
    entrance, roster = newcomer(name, invite), Roster()
    return Side(entrance, roster, Membership(entrance.engine, await entrance.begin(), roster, entrance.psks))


async def admit(
    by: Side, *names: str, others: tuple[Side, ...] = (), seniority: int = 1, invite: Invite = INVITE
) -> list[Side]:
    """Let newcomers in by one commit that the others follow."""
    entrances = [newcomer(name, invite) for name in names]
    joins = [
        by.entrance.read(await entrance.hello(Knock(b"", seniority), 0.0), name, by.roster)
        for name, entrance in zip(names, entrances, strict=True)
    ]
    committed = await by.membership.commit(Changes(tuple(joins)))
    by.membership.merge(committed)
    for other in others:
        assert await other.follow(committed.payload) is Verdict.FOLLOW
    assert committed.welcome is not None
    sides = []
    for entrance in entrances:
        roster = Roster()
        group = await entrance.join(committed.welcome)
        sides.append(Side(entrance, roster, Membership(entrance.engine, group, roster, entrance.psks)))
    return sides


async def three() -> tuple[Side, Side, Side]:
    alice = await host("Alice")
    [bob] = await admit(alice, "Bob")
    [carol] = await admit(alice, "Carol", others=(bob,), seniority=2)
    return alice, bob, carol


async def group_info_for(guest: Entrance, host: Side) -> bytes:
    """A group info of the host's group, as an answer to a question of the guest."""
    question = await guest.question(b"", (), guest.name)
    return await host.entrance.asking.answer(question, await host.membership.group.group_info())
