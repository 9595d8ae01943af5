"""Proposals (RFC 9420, section 12.1), and the ids of pre-shared keys that one of them carries (section 8.4)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

from volly_browser.mls.codec import Integer, Opaque, Struct, Uint16, Uint32, Uint64, Variant, Vector
from volly_browser.mls.extensions import Extension
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.suites import CipherSuite

PROPOSAL_REFERENCE_LABEL = b"MLS 1.0 Proposal Reference"

MAX_PSKS = 0xFFFF
"""Pre-shared keys of one commit or welcome: more of them PSKLabel cannot count (section 8.4)."""


class ResumptionUsage(IntEnum):
    """ResumptionPSKUsage (section 8.4)."""

    APPLICATION = 1
    REINIT = 2
    BRANCH = 3


@dataclass(frozen=True, slots=True)
class ExternalPsk(Struct):
    """A key that the application provides."""

    psk_id: Opaque


@dataclass(frozen=True, slots=True)
class ResumptionPsk(Struct):
    """The `resumption_psk` of some epoch of some group."""

    usage: Annotated[ResumptionUsage, Integer(1)]
    psk_group_id: Opaque
    psk_epoch: Uint64


Psk = Annotated[ExternalPsk | ResumptionPsk, Variant(1, {1: ExternalPsk, 2: ResumptionPsk})]


@dataclass(frozen=True, slots=True)
class PreSharedKeyID(Struct):
    """The name of a key, and a fresh nonce of KDF.Nh bytes."""

    psk: Psk
    psk_nonce: Opaque


@dataclass(frozen=True, slots=True)
class Add(Struct):
    """Add the client of a key package (section 12.1.1)."""

    key_package: KeyPackage


@dataclass(frozen=True, slots=True)
class Update(Struct):
    """Replace the sender's own leaf (section 12.1.2)."""

    leaf_node: LeafNode


@dataclass(frozen=True, slots=True)
class Remove(Struct):
    """Remove the member at a leaf (section 12.1.3)."""

    removed: Uint32


@dataclass(frozen=True, slots=True)
class PreSharedKey(Struct):
    """Mix a pre-shared key into the next epoch (section 12.1.4)."""

    psk: PreSharedKeyID


@dataclass(frozen=True, slots=True)
class ReInit(Struct):
    """Continue in a new group with other parameters (section 12.1.5)."""

    group_id: Opaque
    version: Uint16
    cipher_suite: Uint16
    extensions: Vector[Extension]


@dataclass(frozen=True, slots=True)
class ExternalInit(Struct):
    """The init secret of a newcomer that joins by an external commit (section 12.1.6)."""

    kem_output: Opaque


@dataclass(frozen=True, slots=True)
class GroupContextExtensions(Struct):
    """Replace the extensions of the group (section 12.1.7)."""

    extensions: Vector[Extension]


Proposal = Annotated[
    Add | Update | Remove | PreSharedKey | ReInit | ExternalInit | GroupContextExtensions,
    Variant(
        2,
        {
            1: Add,
            2: Update,
            3: Remove,
            4: PreSharedKey,
            5: ReInit,
            6: ExternalInit,
            7: GroupContextExtensions,
        },
    ),
]


@dataclass(frozen=True, slots=True)
class ProposalRef(Struct):
    """The hash that stands for a proposal sent before (section 5.2)."""

    reference: Opaque


ProposalOrRef = Annotated[Proposal | ProposalRef, Variant(1, {1: Proposal, 2: ProposalRef})]


def proposal_reference(suite: CipherSuite, authenticated_content: bytes) -> ProposalRef:
    """MakeProposalRef (section 5.2) of the encoded AuthenticatedContent that carried the proposal."""
    return ProposalRef(suite.ref_hash(PROPOSAL_REFERENCE_LABEL, authenticated_content))
