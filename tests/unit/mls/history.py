"""A group through its life: members come, go, talk, heal and are robbed, and after each step everything must be right.

`History` does what it is told; `test_histories` has chance tell it.
"""

from collections.abc import Sequence

from tests.unit.mls.agreement import check_agreement
from tests.unit.mls.party import ENGINE, GROUP_ID, NOW, Clock, data_of, twin
from tests.unit.mls.plans import EXTENSIONS, PSKS, Change, Letter, Plan
from tests.unit.mls.spies import Ghost, Step, Thief, open_commit, refused
from volly_browser.mls.events import CommitApplied, RemovedFromGroup
from volly_browser.mls.group import ExternalJoin, Group, LeafRenewal, PendingCommit
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.proposals import Add, Proposal, Remove
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CipherSuite

SPIES_LIMIT = 3
"""Ghosts, and thieves, that are kept in mind; the oldest are forgotten."""


class History:
    """The members of a group, and what others hold of it.

    Args:
        suite: of the group.
        limit: the most members.
    """

    def __init__(self, suite: CipherSuite, limit: int) -> None:
        self.members: list[Group] = []
        self._suite = suite
        self._limit = limit
        self._settings = Settings(clock=Clock())
        self._letters: list[Letter] = []
        self._thieves: list[Thief] = []
        self._ghosts: list[Ghost] = []
        self._names = 0

    async def begin(self, count: int) -> None:
        """A group of so many members."""
        founder = await self._bundle()
        self.members.append(await Group.create(ENGINE, self._suite, GROUP_ID, founder, settings=self._settings))
        await self.commit(0, Plan(adds=count - 1))

    def member(self, place: int) -> Group:
        """The member at a place."""
        return self.members[place % len(self.members)]

    # What is said

    async def talk(self, senders: Sequence[int], backwards: bool) -> None:
        """Members say something, and the others hear it in the order of sending or the other way round."""
        letters = [await self.send(sender) for sender in senders]
        for letter in letters[::-1] if backwards else letters:
            for ghost in self._ghosts:
                await ghost.reads_in_vain(letter.message)
            for thief in self._thieves:
                if thief.victim is not letter.sender:
                    assert data_of(await twin(thief.stolen).process(letter.message)) == letter.data
            await self._read(letter)

    async def send(self, sender: int) -> Letter:
        """A member says something that stays on its way."""
        author = self.member(sender)
        data = f"letter of {author.own_leaf_index} in {author.epoch}".encode()
        readers = [member for member in self.members if member is not author]
        self._letters.append(Letter(author, author.epoch, data, await author.encrypt(data), readers))
        return self._letters[-1]

    async def deliver(self, place: int) -> None:
        """Something that was sent, maybe long ago, arrives."""
        if self._letters:
            await self._read(self._letters[place % len(self._letters)])

    async def _read(self, letter: Letter) -> None:
        self._letters.remove(letter)
        for reader in [reader for reader in letter.readers if reader in self.members]:
            if reader.epoch - letter.epoch <= self._settings.past_epochs:
                assert data_of(await reader.process(letter.message)) == letter.data
            await refused(reader, letter.message)  # for the second time, or because it is too late

    # What changes the group

    async def commit(self, by: int, plan: Plan) -> None:
        """Make a member's commit, which all follow."""
        author = self.member(by)
        removed = [member for member in dict.fromkeys(map(self.member, plan.removes)) if member is not author]
        updated = [member for member in dict.fromkeys(map(self.member, plan.updates)) if member not in removed]
        bundles = [await self._bundle() for _ in range(min(plan.adds, self._limit - len(self.members)))]
        proposals: list[Proposal] = [Add(bundle.key_package) for bundle in bundles]
        proposals += [Remove(member.own_leaf_index) for member in removed]
        proposals += [author.psk_proposal(psk.name) for psk in PSKS[: plan.psks]]
        proposals += [author.psk_proposal(author.resumption_psk.name)] if plan.resumption and not bundles else []
        proposals += [EXTENSIONS[plan.extensions]] if plan.extensions is not None else []
        change = Change(author, removed, [member for member in updated if member is not author])
        change.unheard_by = self.members[-1] if plan.unheard and self.members[-1] is not author else None
        await self._propose(change, proposals if plan.by_reference else [], plan.public)
        replaced = await author.commit(psks=PSKS, public=plan.public) if plan.replaces else None
        pending = await author.commit(
            [] if plan.by_reference else proposals,
            PSKS,
            with_path=plan.with_path,
            renewal=await self._renewal() if plan.renews else None,
            public=plan.public,
        )
        if replaced:
            await refused(author, replaced.commit, PSKS)
        await self._spread(change, pending.commit, pending)
        for bundle in bundles:
            assert pending.welcome is not None
            joined = await Group.join(ENGINE, pending.welcome, bundle, optional_psks=PSKS, settings=self._settings)
            await self._joined(joined, pending.commit)
        await check_agreement(self.members)

    async def race(self, winner: int, loser: int, plan: Plan) -> None:
        """Two members commit at once, and the first one's commit counts."""
        loses = self.member(loser)
        if self.member(winner) is not loses:
            lost = await loses.commit([loses.psk_proposal(PSKS[0].name)], PSKS)
            await self.commit(winner, plan)
            assert loses.closed or loses.pending is None
            for member in self.members:
                await refused(member, lost.commit, PSKS)

    async def join_from_outside(self, host: int, returning: int | None, void: int) -> None:
        """Let a newcomer, or a member in its own place, join by an external commit; proposals become void."""
        if returning is None and len(self.members) >= self._limit:
            returning = host
        lost = [] if returning is None or len(self.members) == 1 else [self.member(returning)]
        for place in range(void):
            proposal = Remove(self.member(place + 1).own_leaf_index)
            await self._propose(Change(self.member(place), [], []), [proposal], public=False)
        join = ExternalJoin(
            await self._bundle(),
            lost[0].own_leaf_index if lost else None,
            PSKS[:1],
        )
        info = await self.member(host).group_info()
        joined, commit = await Group.join_external(ENGINE, info, join, settings=self._settings)
        await self._spread(Change(joined, lost, []), commit)
        await self._joined(joined, commit)
        await check_agreement(self.members)

    async def _bundle(self) -> KeyPackageBundle:
        self._names += 1
        return await KeyPackageBundle.generate(ENGINE, self._suite, f"member {self._names}".encode(), now=NOW)

    async def _renewal(self) -> LeafRenewal:
        self._names += 1
        return LeafRenewal(await SignatureKeyPair.generate(ENGINE, self._suite), f"member {self._names}".encode())

    async def _joined(self, newcomer: Group, commit: bytes) -> None:
        """A newcomer reads nothing of what was before."""
        for message in [letter.message for letter in self._letters[:2]] + [commit]:
            await refused(newcomer, message, PSKS)
        self.members.append(newcomer)

    async def _propose(self, change: Change, proposals: Sequence[Proposal], public: bool) -> None:
        """Let members take turns in proposing; a member to be updated proposes that itself."""
        for member in change.updated:
            await self._hear(change, member, await member.propose_update())
        for place, proposal in enumerate(proposals):
            proposer = self.member(place)
            self._thieves = [thief for thief in self._thieves if thief.victim is not proposer]  # they do not hear it
            await self._hear(change, proposer, await proposer.propose(proposal, public=public))

    async def _hear(self, change: Change, proposer: Group, message: bytes) -> None:
        thieves = [thief.stolen for thief in self._thieves if thief.victim is not proposer]
        for listener in [*(member for member in self.members if member is not proposer), *thieves]:
            if listener is change.unheard_by:
                change.unheard.append(message)
            else:
                await listener.process(message)

    async def _spread(self, change: Change, message: bytes, pending: PendingCommit | None = None) -> None:
        """Let all process a commit, which only members of the epoch can."""
        others = [member for member in self.members if member is not change.author]
        if not others:
            assert pending is not None
            return change.author.merge(pending)
        content, before = await open_commit(others[0], message), others[0]._current
        witness = next((member for member in others if member not in (*change.removed, *change.updated)), None)
        witness_keys = witness._current.private_keys if witness else {}
        gone = [Ghost(member) for member in change.removed]
        for member in others:
            if member is change.unheard_by and change.unheard:
                await refused(member, message, PSKS)
                for proposal in change.unheard:
                    await member.process(proposal, PSKS)
            event = await member.process(message, PSKS)
            assert isinstance(event, RemovedFromGroup if member in change.removed else CommitApplied)
        if pending is not None:
            change.author.merge(pending)
        self.members = [member for member in self.members if member not in change.removed]
        step = Step(message, content, before, change.author._current, PSKS)
        assert await step.opened_with(witness_keys) == (1 if witness and content.path else 0)
        await self._shake_off(change, step, gone)

    async def _shake_off(self, change: Change, step: Step, gone: list[Ghost]) -> None:
        thieves, self._thieves = self._thieves, []
        for thief in thieves:
            healing = (change.author,) if step.commit.path else ()
            if thief.victim in (*healing, *change.removed, *change.updated):
                gone.append(Ghost(thief.stolen))
            elif thief.victim is not change.author:
                await thief.follows(step)
                self._thieves.append(thief)
        self._ghosts = [*self._ghosts, *gone][-SPIES_LIMIT:]
        for ghost in self._ghosts:
            await ghost.haunts_in_vain(step)

    # What happens to one member

    def steal(self, place: int) -> None:
        """Let a spy read the memory of a member."""
        self._thieves = [*self._thieves, Thief.of(self.member(place))][-SPIES_LIMIT:]

    async def restart(self, place: int) -> None:
        """A member's program is started again."""
        before = self.member(place)
        after = await Group.import_state(ENGINE, await before.export_state(), self._settings)
        self.members[place % len(self.members)] = after
        for letter in self._letters:
            letter.sender = after if letter.sender is before else letter.sender
            letter.readers = [after if reader is before else reader for reader in letter.readers]
        for thief in self._thieves:
            thief.victim = after if thief.victim is before else thief.victim
