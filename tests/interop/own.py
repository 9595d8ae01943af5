"""Our own MLS as a participant, with the suites that the other implementations have."""

from tests.interop import participant as theirs
from tests.interop.participant import Ability, Committed, GroupView, Kind, Proposed, Received, SeenMember, Wire
from volly_browser.crypto.engine import Algorithm
from volly_browser.crypto.hpke import AES_256_GCM, HKDF_SHA512
from volly_browser.crypto.kem import X_WING_SHAKE, Derive
from volly_browser.crypto.native import NativeEngine
from volly_browser.mls.events import ApplicationMessage, ProposalReceived
from volly_browser.mls.extensions import Extension
from volly_browser.mls.group import ExternalJoin, Group, PendingCommit
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.key_package import KeyPackage, KeyPackageBundle
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.messages import MLSMessage
from volly_browser.mls.proposals import (
    Add,
    ExternalPsk,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    Remove,
    ResumptionPsk,
    ResumptionUsage,
)
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.suites import CLASSICAL, POST_QUANTUM, TRANSITION, CipherSuite

ENGINE = NativeEngine()

SUITES = {
    suite.id: suite
    for suite in (
        CLASSICAL,
        TRANSITION.with_derive(Derive.SHAKE),
        POST_QUANTUM.with_derive(Derive.SHAKE),
        CipherSuite(
            83,  # as ts-mls 1.6.4 numbers it
            "MLS_256_XWING_AES256GCM_SHA512_Ed25519",
            X_WING_SHAKE,
            HKDF_SHA512,
            AES_256_GCM,
            Algorithm.ED25519,
        ),
    )
}
"""By id.  ts-mls's 87 is not among them: the engines have no ML-DSA-87."""


class OwnMember:
    """A `Participant` by `volly_browser.mls`.

    Attributes:
        with_path: whether commits have a path even where their proposals allow to leave it out.
    """

    implementation = "volly_browser.mls"
    lacks: frozenset[Ability] = frozenset()

    def __init__(self, *, with_path: bool = True) -> None:
        self.with_path = with_path
        self._signature_keys: dict[int, SignatureKeyPair] = {}
        self._bundles: list[KeyPackageBundle] = []
        self._psks: list[PskBundle] = []
        self._group: Group | None = None
        self._pending: PendingCommit | None = None

    @property
    def group(self) -> Group:
        """The group that this member created or joined."""
        assert self._group is not None
        return self._group

    async def key_package(self, suite: int, identity: bytes) -> bytes:
        bundle = await self._bundle(suite, identity)
        self._bundles.append(bundle)
        return bundle.message

    async def external_psk(self, psk_id: bytes, secret: bytes) -> None:
        self._psks.append(PskBundle(ExternalPsk(psk_id), secret))

    async def create(self, suite: int, group_id: bytes, identity: bytes) -> None:
        creator = await self._bundle(suite, identity)
        self._group = await Group.create(ENGINE, SUITES[suite], group_id, creator)

    async def join(self, welcome: bytes) -> None:
        self._group = await Group.join(ENGINE, welcome, self._bundles, optional_psks=self._psks)
        self._bundles.clear()

    async def group_info(self) -> bytes:
        return await self.group.group_info()

    async def external_join(self, suite: int, identity: bytes, group_info: bytes, *, again: bool = False) -> bytes:
        earlier = self.group.own_leaf_index if again else None
        join = ExternalJoin(await self._bundle(suite, identity), earlier)
        self._group, commit = await Group.join_external(ENGINE, group_info, join)
        return commit

    async def propose(self, proposed: Proposed, wire: Wire = Wire.PRIVATE) -> bytes:
        if proposed.update:
            return await self.group.propose_update()
        return await self.group.propose(self._proposal(proposed), public=wire is Wire.PUBLIC)

    async def commit(self, committed: Committed, wire: Wire = Wire.PRIVATE) -> theirs.PendingCommit:
        self._pending = await self.group.commit(
            self._proposals(committed), self._psks, with_path=self.with_path, public=wire is Wire.PUBLIC
        )
        return theirs.PendingCommit(self._pending.commit, self._pending.welcome)

    async def merge(self) -> None:
        assert self._pending is not None
        self.group.merge(self._pending)

    async def discard(self) -> None:
        assert self._pending is not None
        self.group.discard(self._pending)

    async def process(self, message: bytes) -> Received:
        event = await self.group.process(message, self._psks)
        if isinstance(event, ApplicationMessage):
            return Received(Kind.APPLICATION, event.data, event.authenticated_data)
        return Received(Kind.PROPOSAL if isinstance(event, ProposalReceived) else Kind.COMMIT)

    async def send(self, data: bytes, authenticated_data: bytes = b"") -> bytes:
        return await self.group.encrypt(data, authenticated_data)

    async def view(self) -> GroupView:
        info = MLSMessage.decode(await self.group.group_info(with_tree=False)).body
        assert isinstance(info, GroupInfo)
        return GroupView(
            self.group.group_id,
            self.group.epoch,
            tuple(SeenMember(seen.leaf_index, seen.identity, seen.signature_key) for seen in self.group.members()),
            info.group_context.tree_hash,
            info.group_context.confirmed_transcript_hash,
            self.group.epoch_authenticator,
        )

    async def own_leaf(self) -> int:
        return self.group.own_leaf_index

    async def is_active(self) -> bool:
        return not self.group.closed

    async def export(self, label: str, context: bytes, length: int) -> bytes:
        return self.group.export(label, context, length)

    async def _bundle(self, suite: int, identity: bytes) -> KeyPackageBundle:
        """A key package with the one signature key that this member has for the suite."""
        if suite not in self._signature_keys:
            self._signature_keys[suite] = await SignatureKeyPair.generate(ENGINE, SUITES[suite])
        return await KeyPackageBundle.generate(ENGINE, SUITES[suite], identity, self._signature_keys[suite])

    def _proposal(self, proposed: Proposed) -> Proposal:
        one = Committed(
            add=() if proposed.add is None else [proposed.add],
            remove=() if proposed.remove is None else [proposed.remove],
            psks=() if proposed.psk is None else [proposed.psk],
            extensions=proposed.extensions,
        )
        [proposal] = self._proposals(one)
        return proposal

    def _proposals(self, committed: Committed) -> list[Proposal]:
        proposals: list[Proposal] = [Add(KeyPackage.from_message(message)) for message in committed.add]
        proposals += [Remove(leaf) for leaf in committed.remove]
        proposals += [self.group.psk_proposal(ExternalPsk(psk_id)) for psk_id in committed.psks]
        proposals += [self._resumption(epoch) for epoch in committed.resumption]
        if committed.extensions is not None:
            extensions = tuple(Extension(extension.type, extension.data) for extension in committed.extensions)
            proposals.append(GroupContextExtensions(extensions))
        return proposals

    def _resumption(self, epoch: int) -> PreSharedKey:
        return self.group.psk_proposal(ResumptionPsk(ResumptionUsage.APPLICATION, self.group.group_id, epoch))
