"""What makes vectors: an engine whose choices come from a seed, and groups whose messages are written down."""

import hashlib
from collections.abc import Sequence
from random import Random

from tests.vectors.runners.common import Case
from volly_browser.crypto.native import NativeEngine
from volly_browser.mls.group import Group, PendingCommit
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.proposals import Add, ExternalPsk, Proposal, Psk
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CipherSuite

NOW = 1_700_000_000.0


class SeededEngine(NativeEngine):
    """The native engine, with random bytes that come from a seed.

    Attributes:
        now: seconds since 1970, when key packages are made.
    """

    def __init__(self, seed: bytes, now: float = NOW) -> None:
        super().__init__()
        self.now = now
        self._seed = seed
        self._drawn = 0

    def random(self, length: int) -> bytes:
        """The next bytes."""
        self._drawn += 1
        return hashlib.shake_256(self._seed + self._drawn.to_bytes(8, "big")).digest(length)

    def chance(self) -> Random:
        """For choices other than of bytes."""
        return Random(int.from_bytes(self.random(16), "big"))


class Party:
    """The members of a group, each with its own state, by their names.

    Args:
        engine: chooses and computes.
        suite: of the group.

    Attributes:
        groups: the states.
        psks: the pre-shared keys that all members have.
        epochs: what was sent in each epoch, as vectors of passive clients have it.
    """

    def __init__(self, engine: SeededEngine, suite: CipherSuite) -> None:
        self.engine = engine
        self.suite = suite
        self._settings = Settings(clock=lambda: engine.now)
        self.groups: dict[str, Group] = {}
        self.psks: list[PskBundle] = []
        self.epochs: list[Case] = []
        self._proposals: list[str] = []

    def new_psk(self) -> Psk:
        """The name of a pre-shared key that all members have."""
        psk = PskBundle(ExternalPsk(self.engine.random(8)), self.engine.random(32))
        self.psks.append(psk)
        return psk.name

    async def bundle(self, name: str) -> KeyPackageBundle:
        """A key package."""
        return await KeyPackageBundle.generate(self.engine, self.suite, name.encode(), now=self.engine.now)

    async def found(self, name: str) -> None:
        """Create the group."""
        group_id, creator = self.engine.random(16), await self.bundle(name)
        self.groups[name] = await Group.create(self.engine, self.suite, group_id, creator, settings=self._settings)

    async def commit(
        self, author: str, proposals: Sequence[Proposal] = (), *, public: bool = False, with_path: bool = True
    ) -> PendingCommit:
        """A commit that all members have taken in; removed members are members no longer."""
        group = self.groups[author]
        pending = await group.commit(proposals, self.psks, public=public, with_path=with_path)
        for name, other in list(self.groups.items()):
            if name != author:
                await other.process(pending.commit, self.psks)
                if other.closed:
                    del self.groups[name]
        group.merge(pending)
        self.epochs.append(
            {
                "proposals": self._proposals,
                "commit": pending.commit.hex(),
                "epoch_authenticator": group.epoch_authenticator.hex(),
            }
        )
        self._proposals = []
        return pending

    async def join(self, name: str, bundle: KeyPackageBundle, pending: PendingCommit) -> None:
        """Let a newcomer enter by the welcome."""
        assert pending.welcome is not None
        self.groups[name] = await Group.join(
            self.engine, pending.welcome, bundle, optional_psks=self.psks, settings=self._settings
        )

    async def add(self, author: str, name: str) -> None:
        """A commit that adds a newcomer, which joins."""
        bundle = await self.bundle(name)
        await self.join(name, bundle, await self.commit(author, [Add(bundle.key_package)]))

    async def propose(self, author: str, proposal: Proposal | None, *, public: bool = False) -> None:
        """A proposal that all members know; None for an update."""
        group = self.groups[author]
        message = await (group.propose_update() if proposal is None else group.propose(proposal, public=public))
        for name, other in self.groups.items():
            if name != author:
                await other.process(message)
        self._proposals.append(message.hex())
