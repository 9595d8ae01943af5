"""Members of a group without a room around them: what the tests of single steps are written in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from volly_browser.crypto.native import NativeEngine
from volly_browser.mls.events import Member
from volly_browser.mls.group import Group
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.proposals import Add, Remove
from volly_browser.mls.suites import suite_for
from volly_browser.room.content.content import Candidate, Order
from volly_browser.room.door.admission import NO_TICKET
from volly_browser.room.door.key_packages import KeyPackages
from volly_browser.room.door.knocks import Join
from volly_browser.room.group.commit_rules import CommitRules
from volly_browser.room.group.membership import EpochChanged, Membership, Removed
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.group.settings import settings_of
from volly_browser.room.identity.credential import OwnIdentity
from volly_browser.room.identity.ranking import ranking_after
from volly_browser.room.identity.roster import Roster
from volly_browser.room.invite import Invite
from volly_browser.room.wire.structs import Knock

INVITE = Invite.from_room_name("garden", "classical")
ENGINE = NativeEngine()
NOW = 1_700_000_000.0


@dataclass
class Side:
    """One person, with all that a membership needs.

    Attributes:
        clock: what its settings show, in a list of one.
    """

    name: str
    invite: Invite
    identity: OwnIdentity
    roster: Roster
    rules: CommitRules
    key_packages: KeyPackages
    clock: list[float]
    membership_or_none: Membership | None = field(default=None)

    @property
    def membership(self) -> Membership:
        assert self.membership_or_none is not None
        return self.membership_or_none

    @property
    def member_id(self) -> bytes:
        return self.identity.member_id

    def sit_down(self, group: Group) -> None:
        """The person is in a group, alone."""
        self._sit_down(group, [self.member_id])

    async def come_in(self, by: "Side", welcome: bytes) -> None:
        """The person is let in by a member whose commit is merged."""
        joined = await self.key_packages.join(await by.membership.welcomed(welcome), by.name)
        self.key_packages.took(joined)
        self._sit_down(joined.group, joined.ranking)

    def _sit_down(self, group: Group, ranking: Sequence[bytes]) -> None:
        self.membership_or_none = Membership(
            group, ranking, self.roster, self.invite, identity=self.identity, rules=self.rules
        )

    async def knock(self, identity: str = "", ticket: bytes = NO_TICKET) -> Join:
        """A knock, as the member that lets in reads it."""
        knock = Knock(identity or self.name, b"", ticket)
        return self.key_packages.read(await self.key_packages.offer(knock, 0.0), knock.identity).join

    async def follow(self, message: bytes) -> EpochChanged | Removed:
        """Take an order.  Raises what is wrong with it."""
        received = await self.membership.read(message)
        assert isinstance(received.body, Order)
        return await self.membership.follow(received.body.commit, message, received.sender.leaf_index)


async def newcomer(name: str, invite: Invite = INVITE) -> Side:
    suite, clock, roster = suite_for(invite.policy), [NOW], Roster(suite_for(invite.policy))
    pair = await SignatureKeyPair.generate(ENGINE, suite)
    identity = OwnIdentity(ENGINE, suite, invite.room_id, name, pair)
    rules = CommitRules(suite, invite.psk_id, roster)
    settings = settings_of(suite, invite.room_id, lambda: clock[0], rules.judge, rules.judge_members)
    key_packages = KeyPackages(ENGINE, suite, settings, invite, identity=identity)
    return Side(name, invite, identity, roster, rules, key_packages, clock)


async def host(name: str, invite: Invite = INVITE) -> Side:
    side = await newcomer(name, invite)
    side.sit_down(await side.key_packages.begin())
    return side


async def admit(by: Side, *names: str, others: Sequence[Side] = ()) -> list[Side]:
    """Let newcomers in by one commit that the others follow."""
    sides = [await newcomer(name, by.invite) for name in names]
    await let_in(by, *[(side, await side.knock()) for side in sides], others=others)
    return sides


async def let_in(by: Side, *joins: tuple[Side, Join], others: Sequence[Side] = ()) -> None:
    """Add newcomers that have knocked, possibly members that lost their keys."""
    committed = await by.membership.commit(Changes(tuple(join for _, join in joins)))
    by.membership.merge(committed)
    for other in others:
        assert await other.follow(committed.order)
    assert committed.welcome is not None
    for side, _ in joins:
        await side.come_in(by, committed.welcome)


async def three() -> tuple[Side, Side, Side]:
    alice = await host("Alice")
    [bob] = await admit(alice, "Bob")
    [carol] = await admit(alice, "Carol", others=(bob,))
    return alice, bob, carol


async def commit_alone(by: Side, changes: Changes | None = None) -> bytes:
    """One member commits, and gives the order out that it merged."""
    committed = await by.membership.commit(changes or Changes())
    by.membership.merge(committed)
    return committed.order


def ranking_with(roster: Roster, proposals: Iterable[object]) -> tuple[bytes, ...]:
    """The order of the members after a commit of these proposals."""
    leaves = {proposal.removed for proposal in proposals if isinstance(proposal, Remove)}
    removed = {entry.member_id for entry in roster.entries if entry.leaf_index in leaves}
    packages = [proposal.key_package for proposal in proposals if isinstance(proposal, Add)]
    members = [roster.identify(Member.at(0, package.leaf_node)) for package in packages]
    return ranking_after(roster.ranking, removed, [member.member_id for member in members])


async def candidate_with(by: Side, *proposals: object) -> Candidate:
    """A commit of a member that does not keep to the rules."""
    psk = by.membership.psk_for(ranking_with(by.roster, proposals))
    wanted = [*proposals, by.membership.group.psk_proposal(psk.name)]
    pending = await by.membership.group.commit(wanted, (psk,))  # type: ignore[arg-type]
    return Candidate(pending.commit)
