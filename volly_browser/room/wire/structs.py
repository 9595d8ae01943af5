"""The messages at the door, sealed under the door key by holders of the invite, members or not.

Only signed ones prove their sender.  A Notice is a hint; a Question and an Answer are signed with the key of a leaf
that a member vouches for (`identity.credential`), and bound to the room, the transport identities and a fresh nonce.
"""

from dataclasses import dataclass, field
from typing import Annotated

from volly_browser.mls.codec import (
    FixedOpaque,
    Opaque,
    Struct,
    Text,
    Uint8,
    Uint32,
    Uint64,
    Utf8,
    VariableOpaque,
    Vector,
)
from volly_browser.room import labels
from volly_browser.transport.contract import IDENTITY_BYTES_LIMIT

Identity = Annotated[str, Utf8(IDENTITY_BYTES_LIMIT)]
GroupId = Annotated[bytes, VariableOpaque(labels.GROUP_ID_LENGTH, least=labels.GROUP_ID_LENGTH)]
GroupIdOrNone = Annotated[bytes, VariableOpaque(labels.GROUP_ID_LENGTH)]
MemberId = Annotated[bytes, FixedOpaque(labels.MEMBER_ID_LENGTH)]
Branch = Annotated[bytes, FixedOpaque(labels.BRANCH_LENGTH)]
NOBODY = bytes(labels.MEMBER_ID_LENGTH)
RankingDigest = Annotated[bytes, FixedOpaque(labels.RANKING_DIGEST_LENGTH)]
Nonce = Annotated[bytes, FixedOpaque(labels.QUESTION_NONCE_LENGTH)]


@dataclass(frozen=True, slots=True)
class Door(Struct):
    """The plaintext of every seal at the door: a kind and its content."""

    kind: Uint8
    content: Opaque


@dataclass(frozen=True, slots=True)
class Announcement(Struct):
    """What stays on display for identities that connect later: a sealed Hello, Notice or Farewell."""

    version: Uint8
    sealed: Opaque


@dataclass(frozen=True, slots=True)
class Knock(Struct):
    """The extension of a key package that binds it to a connection, a group and an epoch.

    Attributes:
        identity: the transport identity to which the Welcome is to be sent.
        group_id: the group to enter; empty for any.
        ticket: the branch of the epoch that the newcomer saw at the door; zeros if it saw none.
    """

    identity: Identity
    group_id: GroupIdOrNone
    ticket: Branch


@dataclass(frozen=True, slots=True)
class Notice(Struct):
    """What a newcomer needs in order to knock.

    Attributes:
        group_id: the sender's group.
        epoch: the one that the sender is in.
        branch: of that epoch; a knock repeats it, so that an old knock cannot be replayed.
        members: how many the group has.
        lets_in: whether knocks are best sent to the sender.
        is_settled: whether members of this group do not leave it for another one by themselves.
        is_answer: whether this answers a knock, which is to be made again for this epoch and branch.
    """

    group_id: GroupId
    epoch: Uint64
    branch: Branch
    members: Uint32
    lets_in: Uint8
    is_settled: Uint8
    is_answer: Uint8


@dataclass(frozen=True, slots=True)
class Welcomed(Struct):
    """What a newcomer needs in order to enter the group.

    Attributes:
        welcome: an MLSMessage with a Welcome (RFC 9420, section 12.4.3.1).
        digest: of the order of the members; it is mixed into the epoch, so that a wrong one opens nothing.
        ranking: an MLSMessage of the epoch into which it leads, with a Ranking.
    """

    welcome: Opaque
    digest: RankingDigest
    ranking: Opaque


@dataclass(frozen=True, slots=True)
class PassedEpoch(Struct):
    """An epoch that a member was in.

    Attributes:
        epoch: its number.
        branch: of it.
        giver: the id of the member whose order led into it; zeros if a Welcome did, or if the group began with it.
            Says nothing of which epoch this is.
    """

    epoch: Uint64
    branch: Branch
    giver: MemberId = field(default=NOBODY, compare=False)


@dataclass(frozen=True, slots=True)
class Voucher(Struct):
    """Proves a member's identity outside of an epoch: its leaf's key, and the credential that vouches for it.

    Attributes:
        credential: an encoded Credential.
        leaf_key: the signature key that the credential vouches for.
    """

    credential: Opaque
    leaf_key: Opaque


@dataclass(frozen=True, slots=True)
class Question(Struct):
    """A member's question to another: which epochs of the group it has seen.

    Attributes:
        voucher: of the member that asks.
        group_id: of its group.
        history: the latest epochs that it was in, the present one last.
        nonce: 16 random bytes, which the answer repeats.
        signature: SignWithLabel(leaf key, labels.QUESTION, QuestionTBS).
    """

    voucher: Voucher
    group_id: GroupId
    history: Vector[PassedEpoch]
    nonce: Nonce
    signature: Opaque


@dataclass(frozen=True, slots=True)
class QuestionTBS(Struct):
    """What the signature of a Question, or of an Answer, covers: its fields, the room, and the connections.

    Attributes:
        room_id: of the room.
        sender: the sender's transport identity.
        receiver: the receiver's transport identity.
        group_id, history, nonce: as in the Question or the Answer.
    """

    room_id: Text
    sender: Identity
    receiver: Identity
    group_id: GroupId
    history: Vector[PassedEpoch]
    nonce: Nonce


@dataclass(frozen=True, slots=True)
class Answer(Struct):
    """A member's answer; the orders that the asker lacks follow as messages of their own.

    Attributes:
        voucher: of the member that answers.
        group_id: of its group.
        history: the latest epochs that it was in, the present one last.
        nonce: that of the question.
        signature: SignWithLabel(leaf key, labels.ANSWER, QuestionTBS), with the answering member as `sender`.
    """

    voucher: Voucher
    group_id: GroupId
    history: Vector[PassedEpoch]
    nonce: Nonce
    signature: Opaque
