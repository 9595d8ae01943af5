"""The proposals that wait for a commit (RFC 9420, section 12.1), and which of them to commit (section 12.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from volly_browser.mls.epoch import Epoch
from volly_browser.mls.errors import InvalidProposal, UnknownSender
from volly_browser.mls.extensions import ExtensionType, ExternalSenders, read_extension
from volly_browser.mls.framing import MemberSender, OutsideSender, Sender
from volly_browser.mls.proposal_list import SentProposal
from volly_browser.mls.proposals import (
    Add,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ProposalRef,
    Remove,
    Update,
)


@dataclass(slots=True)
class ProposalStore:
    """The proposals of one epoch, in the order in which they arrived.

    Attributes:
        limit: how many can wait; beyond, the proposals of a flooding member are refused.
    """

    limit: int
    _proposals: dict[ProposalRef, SentProposal] = field(default_factory=dict)
    _own_updates: dict[bytes, bytes] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self._proposals)

    @property
    def proposals(self) -> Mapping[ProposalRef, SentProposal]:
        """Every proposal by its reference."""
        return MappingProxyType(self._proposals)

    @property
    def own_updates(self) -> Mapping[bytes, bytes]:
        """The private key of each leaf that we proposed by an Update, by its public key."""
        return MappingProxyType(self._own_updates)

    def add(self, reference: ProposalRef, proposal: SentProposal) -> None:
        """Keep a proposal.  Raises InvalidProposal if there are too many."""
        if len(self._proposals) >= self.limit:
            raise InvalidProposal(f"More than {self.limit} proposals wait for a commit (RFC 9420, section 12.1).")
        self._proposals[reference] = proposal

    def add_own_update(self, public_key: bytes, private_key: bytes) -> None:
        """Keep the private key of a leaf of ours until another member commits it."""
        self._own_updates[public_key] = private_key

    def committable(self, committer: int, beside: Sequence[Proposal] = ()) -> list[ProposalRef]:
        """Choose the proposals that a member can commit together, by reference (section 12.2).

        Of several for one member a Remove is preferred, then the latest Update; those that would remove or update the
        committer itself, and ReInit, are left to others; the committer's own come first.  What is too much for one
        commit is left out.
        """
        own = MemberSender(committer)
        taken = {_slot(SentProposal(proposal, own)) for proposal in beside} | {committer, None}
        chosen: dict[object, ProposalRef] = {}
        for reference, sent in self._proposals.items():
            slot = _slot(sent)
            if slot not in taken and (slot not in chosen or self._is_better(sent, chosen[slot])):
                chosen[slot] = reference
        kept = set(chosen.values())
        return [reference for reference in self._proposals if reference in kept][: max(0, self.limit - len(beside))]

    def _is_better(self, sent: SentProposal, held: ProposalRef) -> bool:
        return isinstance(self._proposals[held].proposal, Update) and isinstance(sent.proposal, Update | Remove)


def _slot(sent: SentProposal) -> object:
    """Return the subject of which a commit can have one proposal; None for proposals that we do not commit."""
    match sent.proposal:
        case Update() if isinstance(sent.sender, MemberSender):
            return sent.sender.leaf_index
        case Remove(removed):
            return removed
        case Add(key_package):
            return key_package.leaf_node.signature_key
        case PreSharedKey(psk_id):
            return psk_id
        case GroupContextExtensions():
            return GroupContextExtensions
        case _:
            return None


def signature_key_of(epoch: Epoch, sender: Sender, proposal: Proposal) -> bytes:
    """Return the key that the sender of a proposal signs with (section 6.1).

    Raises:
        UnknownSender: there is no such sender, or it is not allowed to send this.
        OwnMessage: the proposal is ours.
    """
    if isinstance(sender, MemberSender):
        return epoch.keys.sender(sender.leaf_index).signature_key
    if isinstance(sender, OutsideSender):
        return _outside_key(epoch, sender)
    if isinstance(proposal, Add):
        return proposal.key_package.leaf_node.signature_key
    raise UnknownSender("A proposal comes from someone who may not send it (RFC 9420, section 6.1).")


def _outside_key(epoch: Epoch, sender: OutsideSender) -> bytes:
    extensions = epoch.context.extensions
    known = read_extension(extensions, ExtensionType.EXTERNAL_SENDERS, ExternalSenders)
    senders = known.external_senders if known else ()
    if sender.sender_index >= len(senders):
        raise UnknownSender("A proposal comes from outside, from no known sender (RFC 9420, section 12.1.8.1).")
    return senders[sender.sender_index].signature_key


def by_value(proposals: Sequence[Proposal], own_leaf_index: int) -> list[SentProposal]:
    """Proposals that a committer makes itself."""
    return [SentProposal(proposal, MemberSender(own_leaf_index)) for proposal in proposals]
