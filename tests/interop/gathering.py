"""Participants in one group, kept in step: what one commits all others take in, and then all must agree."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from tests.interop.participant import (
    Ability,
    Committed,
    Kind,
    Participant,
    PendingCommit,
    Proposed,
    Received,
    Refused,
    Wire,
)

GROUP_ID = b"a group of several implementations"
EXPORTS = ((b"", 32), (b"a context", 200))
"""Contexts and lengths of exported secrets: within one hash, and over several."""


class Gathering:
    """The group as the test sees it; `members` are in it, in no particular order."""

    def __init__(self, suite: int, wire: Wire = Wire.PRIVATE) -> None:
        self.suite = suite
        self.wire = wire
        self.members: list[Participant] = []
        self._names = itertools.count()

    async def found(self, creator: Participant) -> None:
        """Have the group created."""
        await creator.create(self.suite, GROUP_ID, self.new_identity())
        self.members = [creator]
        await self.agree()

    async def commit(
        self,
        author: Participant,
        *,
        joining: Sequence[Participant] = (),
        leaving: Sequence[Participant] = (),
        committed: Committed | None = None,
    ) -> PendingCommit:
        """Have these proposals and changes of membership committed, delivered and agreed on."""
        committed = committed or Committed()
        add = [*committed.add, *[await self.key_package(participant) for participant in joining]]
        remove = [*committed.remove, *[await participant.own_leaf() for participant in leaving]]
        pending = await author.commit(replace(committed, add=add, remove=remove), self.wire)
        await self.settle(author, pending, joining, leaving)
        return pending

    async def settle(
        self,
        author: Participant,
        pending: PendingCommit,
        joining: Sequence[Participant] = (),
        leaving: Sequence[Participant] = (),
    ) -> None:
        """Deliver a commit to all whom it concerns, and have them agree."""
        await author.merge()
        self.members = [participant for participant in self.members if participant not in leaving]
        await self.deliver(author, pending.commit)
        await self._see_off(pending, joining, leaving)
        refusing = await self._welcome(pending, joining)
        if refusing:
            await self._remove_strangers(author)
        await self.agree()

    async def _see_off(
        self, pending: PendingCommit, joining: Sequence[Participant], leaving: Sequence[Participant]
    ) -> None:
        """Let the removed members learn it from the commit."""
        for participant in leaving:
            if not joining or Ability.REPLACEMENT not in participant.lacks:
                await participant.process(pending.commit)
                assert not await participant.is_active()

    async def _welcome(self, pending: PendingCommit, joining: Sequence[Participant]) -> list[Participant]:
        """Hand the welcome to the members that the commit adds; return those that wrongly refuse it."""
        refusing = []
        for participant in joining:
            assert pending.welcome is not None
            try:
                await participant.join(pending.welcome)
                self.members.append(participant)
            except Refused as refusal:
                if Ability.UNEVEN_TREES not in participant.lacks or "unmerged_leaves" not in str(refusal):
                    raise
                refusing.append(participant)
        return refusing

    async def _remove_strangers(self, author: Participant) -> None:
        """Remove the leaves of members that did not come."""
        own_leaves = [await participant.own_leaf() for participant in self.members]
        strangers = [member.leaf for member in (await author.view()).members if member.leaf not in own_leaves]
        await self.commit(author, committed=Committed(remove=strangers))

    async def propose(self, author: Participant, proposed: Proposed) -> None:
        """Have something proposed and delivered."""
        proposal = await author.propose(proposed, self.wire)
        assert {received.kind for received in await self.deliver(author, proposal)} <= {Kind.PROPOSAL}

    async def deliver(self, sender: Participant, message: bytes) -> list[Received]:
        """What all others make of a message."""
        return [await participant.process(message) for participant in self.members if participant is not sender]

    async def join_from_outside(self, newcomer: Participant, signer: Participant) -> None:
        """Let a newcomer join, or a member join again, by an external commit to a group info that a member signs."""
        again = newcomer in self.members
        identity = await self._identity(newcomer) if again else self.new_identity()
        info = await signer.group_info()
        commit = await newcomer.external_join(self.suite, identity, info, again=again)
        others = [member for member in self.members if member is not newcomer]
        received = [await member.process(commit) for member in others]
        assert {message.kind for message in received} == {Kind.COMMIT}
        self.members = [*others, newcomer]
        await self.agree()

    async def _identity(self, participant: Participant) -> bytes:
        leaf = await participant.own_leaf()
        return next(member.identity for member in (await participant.view()).members if member.leaf == leaf)

    async def agree(self) -> None:
        """Check that all members see the same epoch, export the same secrets, and know their own leaf."""
        views = [await participant.view() for participant in self.members]
        assert all(view == views[0] for view in views)
        assert len(views[0].members) == len(self.members)
        own_leaves = {await participant.own_leaf() for participant in self.members}
        assert own_leaves == {member.leaf for member in views[0].members}
        for context, length in EXPORTS:
            secrets = {await participant.export("interop", context, length) for participant in self.members}
            assert [len(secret) for secret in secrets] == [length]

    async def talk(self) -> None:
        """Let each member send three messages, which arrive out of order, and all others read them."""
        for sender in self.members:
            texts = [b"", b"one", b"the third, a longer one " * 50]
            sent = [await sender.send(text, b"not secret") for text in texts]
            for number in (2, 0, 1):
                for received in await self.deliver(sender, sent[number]):
                    assert received == Received(Kind.APPLICATION, texts[number], b"not secret")

    async def key_package(self, participant: Participant) -> bytes:
        """A key package for this group, with an identity that nobody had before."""
        return await participant.key_package(self.suite, self.new_identity())

    def new_identity(self) -> bytes:
        """An identity that nobody had before."""
        return f"member {next(self._names)}".encode()
