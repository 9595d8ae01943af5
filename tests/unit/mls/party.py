"""Groups for tests: several members in one process, on the native engine."""

import asyncio
import copy
from collections.abc import Sequence
from typing import Any, TypeVar

from volly_browser.crypto.engine import Operation
from volly_browser.crypto.native import NativeEngine
from volly_browser.mls.events import CommitApplied, Event
from volly_browser.mls.group import Group, PendingCommit
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.proposals import Add, Proposal
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CLASSICAL, CipherSuite

Result = TypeVar("Result")
Options = Any
"""What `Group.commit` takes by name."""

ENGINE = NativeEngine()
GROUP_ID = b"a group"
NOW = 1_800_000_000.0


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


class CountingEngine(NativeEngine):
    """The native engine, which counts how often it is awaited."""

    def __init__(self) -> None:
        super().__init__()
        self.awaits = 0

    async def run(self, operations: Sequence[Operation[Result]]) -> list[Result]:
        self.awaits += 1
        return await super().run(operations)


class SlowEngine(NativeEngine):
    """The native engine, which lets others run before it answers, as WebCrypto does."""

    async def run(self, operations: Sequence[Operation[Result]]) -> list[Result]:
        await asyncio.sleep(0)
        return await super().run(operations)


async def bundle(name: str = "alice", suite: CipherSuite = CLASSICAL) -> KeyPackageBundle:
    return await KeyPackageBundle.generate(ENGINE, suite, name.encode(), now=NOW)


class Party:
    """Members that receive every commit at once."""

    def __init__(self, founder: Group, settings: Settings) -> None:
        self.members = [founder]
        self.settings = settings

    @classmethod
    async def of(
        cls,
        count: int,
        suite: CipherSuite = CLASSICAL,
        settings: Settings | None = None,
        group_id: bytes = GROUP_ID,
    ) -> "Party":
        """`count` members, all added by the first in one commit."""
        settings = settings or Settings(clock=Clock())
        founder = await Group.create(ENGINE, suite, group_id, await bundle("member 0", suite), settings=settings)
        party = cls(founder, settings)
        if count > 1:
            await party.add(*[await bundle(f"member {number}", suite) for number in range(1, count)])
        return party

    def __getitem__(self, number: int) -> Group:
        return self.members[number]

    async def add(self, *bundles: KeyPackageBundle, by: int = 0) -> list[Group]:
        """Add newcomers; they are members when this returns."""
        pending = await self.commit(by, [Add(newcomer.key_package) for newcomer in bundles])
        assert pending.welcome is not None
        joined = [await Group.join(ENGINE, pending.welcome, newcomer, settings=self.settings) for newcomer in bundles]
        self.members += joined
        self.check_agreement()
        return joined

    async def commit(self, by: int, proposals: Sequence[Proposal] = (), **options: Options) -> PendingCommit:
        """A commit of one member, which all others process and the committer merges."""
        committer = self.members[by]
        pending = await committer.commit(proposals, **options)
        psks = options.get("psks", ())
        for member in list(self.members):
            if member is not committer:
                event = await member.process(pending.commit, psks)
                if not isinstance(event, CommitApplied):
                    self.members.remove(member)
        committer.merge(pending)
        self.check_agreement()
        return pending

    async def propose_update(self, by: int) -> None:
        """A member proposes a new key for itself, and all others hear of it."""
        message = await self.members[by].propose_update()
        for member in self.members:
            if member is not self.members[by]:
                await member.process(message)

    def check_agreement(self) -> None:
        """All members are in the same epoch of the same group."""
        assert len({(member.epoch, member.epoch_authenticator) for member in self.members}) == 1
        assert all(member.members() == self.members[0].members() for member in self.members)

    async def all_talk(self) -> None:
        """A message from each member reaches all others."""
        for sender in self.members:
            message = await sender.encrypt(f"from {sender.own_leaf_index}".encode())
            for receiver in self.members:
                if receiver is not sender:
                    assert data_of(await receiver.process(message)) == f"from {sender.own_leaf_index}".encode()


def twin(group: Group) -> Group:
    """A member with the same state, which changes alone."""
    copied: Group = copy.deepcopy(group, {id(group.engine): group.engine})
    return copied


def data_of(event: Event) -> bytes:
    """The data of an application message."""
    data: bytes = getattr(event, "data", b"")
    assert data, f"{event} is not an application message"
    return data


def flip(message: bytes, position: int) -> bytes:
    """The message with one bit changed."""
    changed = bytearray(message)
    changed[position] ^= 0x10
    return bytes(changed)
