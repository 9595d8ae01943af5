"""A member's state of a group as bytes, so that it can outlive the program; no part of RFC 9420.

`Group.export_state` says how to treat the bytes: they hold every secret that the member has.  A digest notices
accidents.  A state that was wrong from the beginning is noticed if that is cheap: the parts of an epoch have to belong
together, and private keys to public ones.  Only the caller's seal keeps out malice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from typing import Annotated

from volly_browser.crypto.engine import DerivePublicKey, Engine, InvalidKey
from volly_browser.crypto.kem import Derive
from volly_browser.mls.codec import FixedOpaque, Integer, Opaque, Struct, Text, Uint32, Uint64, Vector
from volly_browser.mls.commit_creation import PendingCommit
from volly_browser.mls.epoch import Epoch
from volly_browser.mls.epoch_state import EpochState, MessageKeysState
from volly_browser.mls.errors import InvalidState
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.past_epochs import PastEpochs, PastKeys
from volly_browser.mls.proposal_list import SentProposal
from volly_browser.mls.proposal_store import ProposalStore
from volly_browser.mls.proposals import ProposalRef
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CipherSuite, UnknownSuite, suite_for

MAX_UINT64 = (1 << 64) - 1


class StateVersion(IntEnum):
    """The format of a state; another format gets another number, and old ones are refused."""

    SECOND = 2


@dataclass(frozen=True, slots=True)
class PastState(Struct):
    """The message keys of an epoch that has ended, and when they are to be deleted, in milliseconds since 1970."""

    keys: MessageKeysState
    until: Uint64


@dataclass(frozen=True, slots=True)
class WaitingProposal(Struct):
    """A proposal that waits for a commit."""

    reference: ProposalRef
    sent: SentProposal


@dataclass(frozen=True, slots=True)
class OwnUpdate(Struct):
    """The key pair of a leaf that we proposed."""

    public_key: Opaque
    private_key: Opaque = field(repr=False)


@dataclass(frozen=True, slots=True)
class PendingState(Struct):
    """A commit of ours that was neither merged nor discarded, and the epoch that it begins."""

    pending: PendingCommit
    epoch: EpochState


@dataclass(frozen=True, slots=True)
class GroupState(Struct):
    """The whole state.  `derive` is the DeriveKeyPair of the suite, which the suite's number leaves open."""

    derive: Text
    own_leaf_index: Uint32
    epoch: EpochState
    past: Vector[PastState]
    resumption_psks: Vector[PskBundle]
    proposals: Vector[WaitingProposal]
    own_updates: Vector[OwnUpdate]
    pending: PendingState | None


@dataclass(frozen=True, slots=True)
class StoredState(Struct):
    """What is stored: an encoded GroupState, with its version before it and its SHA-256."""

    version: Annotated[StateVersion, Integer(2)]
    digest: Annotated[bytes, FixedOpaque(32)]
    group_state: Opaque = field(repr=False)

    @classmethod
    def of(cls, state: GroupState) -> "StoredState":
        """Wrap a state."""
        encoded = state.encode()
        return cls(StateVersion.SECOND, sha256(encoded).digest(), encoded)

    def unwrap(self) -> GroupState:
        """Return the state.  Raises InvalidState if it was damaged, and DecodeError if it is malformed all the same."""
        if sha256(self.group_state).digest() != self.digest:
            raise InvalidState("The stored state was damaged: its digest is another one.")
        return GroupState.decode(self.group_state)


@dataclass(frozen=True, slots=True)
class MemberState:
    """What a group keeps for its member."""

    epoch: Epoch
    past: PastEpochs
    proposals: ProposalStore
    pending: tuple[PendingCommit, Epoch] | None


def write_state(member: MemberState) -> bytes:
    """The encoded StoredState.

    Raises:
        UnknownSuite: the suite is not in the table, so that the state could not be read again.
    """
    epoch, past = member.epoch, member.past
    suite_for(epoch.suite.id)
    state = GroupState(
        epoch.suite.kem.derive,
        epoch.own_leaf_index,
        EpochState.of(epoch),
        tuple(PastState(MessageKeysState.of(kept.keys), _milliseconds(kept.until)) for kept in past.message_keys),
        past.resumption_psks,
        tuple(WaitingProposal(*item) for item in member.proposals.proposals.items()),
        tuple(OwnUpdate(*item) for item in member.proposals.own_updates.items()),
        PendingState(member.pending[0], EpochState.of(member.pending[1])) if member.pending else None,
    )
    return StoredState.of(state).encode()


def _milliseconds(seconds: float) -> int:
    return int(min(seconds * 1000, MAX_UINT64))


async def read_state(engine: Engine, data: bytes, settings: Settings) -> MemberState:
    """The state of a member; one await.

    Raises:
        DecodeError: the bytes are malformed, or of another version.
        InvalidState, InvalidTree, InvalidProposal: they were damaged, or their parts contradict each other.
    """
    stored = StoredState.decode(data).unwrap()
    _check_contexts(stored)
    suite, pending = _suite(stored), stored.pending
    member = MemberState(
        stored.epoch.restore(suite, stored.own_leaf_index, settings.limits),
        _past_epochs(stored, suite, settings),
        _proposals(stored, settings),
        (pending.pending, pending.epoch.restore(suite, stored.own_leaf_index, settings.limits)) if pending else None,
    )
    await _check_private_keys(engine, member)
    return member


def _suite(stored: GroupState) -> CipherSuite:
    try:
        return suite_for(stored.epoch.keys.context.cipher_suite).with_derive(Derive(stored.derive))
    except (UnknownSuite, ValueError) as error:
        raise InvalidState("The stored state is of a cipher suite that this program does not have.") from error


def _check_contexts(stored: GroupState) -> None:
    """Check that all epochs are of one group: the past ones, the current one, then that of a pending commit."""

    def is_before(context: GroupContext) -> bool:
        return context.group_id == current.group_id and context.epoch < current.epoch

    def is_next(context: GroupContext) -> bool:
        return context.group_id == current.group_id and context.epoch == current.epoch + 1

    current = stored.epoch.keys.context
    if not all(is_before(past.keys.context) for past in stored.past):
        raise InvalidState("A past epoch of the stored state is not one of the group.")
    pending = stored.pending
    if pending and not (is_next(pending.epoch.keys.context) and pending.pending.epoch == current.epoch + 1):
        raise InvalidState("A pending commit of the stored state does not begin the next epoch.")


def _past_epochs(stored: GroupState, suite: CipherSuite, settings: Settings) -> PastEpochs:
    """Return the past epochs that have not expired; none lives longer because the clock was set back."""
    latest = settings.clock() + settings.past_epoch_seconds
    kept = [
        PastKeys(past.keys.restore(suite, stored.own_leaf_index, settings.limits), min(past.until / 1000, latest))
        for past in stored.past
    ]
    past_epochs = PastEpochs(settings, kept, stored.resumption_psks)
    past_epochs.forget_expired()
    return past_epochs


def _proposals(stored: GroupState, settings: Settings) -> ProposalStore:
    """Return the proposals that wait; their rules are checked when they are committed."""
    proposals = ProposalStore(settings.limits.proposals)
    for waiting in stored.proposals:
        proposals.add(waiting.reference, waiting.sent)
    for update in stored.own_updates:
        proposals.add_own_update(update.public_key, update.private_key)
    return proposals


async def _check_private_keys(engine: Engine, member: MemberState) -> None:
    """Check that every private key belongs to the public key that we have for it; one await."""
    pairs = list(_key_pairs(member))
    try:
        public_keys = await engine.run([operation for operation, _ in pairs])
    except InvalidKey as error:
        raise InvalidState("A private key of the stored state is malformed.") from error
    if public_keys != [public_key for _, public_key in pairs]:
        raise InvalidState("A private key of the stored state is not that of the public key beside it.")


def _key_pairs(member: MemberState) -> Iterator[tuple[DerivePublicKey, bytes]]:
    suite = member.epoch.suite
    for epoch in (member.epoch, *(member.pending[1:] if member.pending else ())):
        yield DerivePublicKey(suite.signature, epoch.signature_key.private_key), epoch.signature_key.public_key
        for node, private_key in epoch.private_keys.items():
            public = epoch.tree[node]
            assert public is not None  # else the epoch would have been refused
            yield DerivePublicKey(suite.kem.algorithm, private_key), public.encryption_key
    for public_key, private_key in member.proposals.own_updates.items():
        yield DerivePublicKey(suite.kem.algorithm, private_key), public_key
