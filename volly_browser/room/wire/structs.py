"""What is said at the door, under the door key, by holders of the invite that possibly are no members.

Nothing in here proves who said it unless it is signed.  A Notice is a hint; a Question and an Answer are signed with
the key of a leaf that a member vouches for (`identity.credential`), and bound to room, transport identities and a fresh
nonce.
"""

from dataclasses import dataclass, field
from typing import Annotated

from volly_browser.mls.codec import FixedOpaque, Opaque, Struct, Text, Uint8, Uint32, Uint64, VariableOpaque, Vector
from volly_browser.room import labels

GroupId = Annotated[bytes, VariableOpaque(255)]
MemberId = Annotated[bytes, FixedOpaque(labels.MEMBER_ID_LENGTH)]
Branch = Annotated[bytes, FixedOpaque(labels.BRANCH_LENGTH)]
NOBODY = bytes(labels.MEMBER_ID_LENGTH)
RankingDigest = Annotated[bytes, FixedOpaque(labels.RANKING_DIGEST_LENGTH)]
Nonce = Annotated[bytes, FixedOpaque(labels.QUESTION_NONCE_LENGTH)]


@dataclass(frozen=True, slots=True)
class Door(Struct):
    """What the seal of the door holds: which kind of thing is said, and the thing."""

    kind: Uint8
    content: Opaque


@dataclass(frozen=True, slots=True)
class Announcement(Struct):
    """What stays on display for those who connect later: a sealed Hello or Notice."""

    version: Uint8
    sealed: Opaque


@dataclass(frozen=True, slots=True)
class Knock(Struct):
    """The extension of a key package by which its signature covers where and when it was made.

    Attributes:
        identity: the transport identity to which the Welcome is to be sent.
        group_id: the group to be entered; empty for any.
        ticket: the branch of the epoch that the newcomer saw at the door; zeros if it saw none.
    """

    identity: Text
    group_id: GroupId
    ticket: Branch


@dataclass(frozen=True, slots=True)
class Notice(Struct):
    """What a newcomer needs in order to knock.

    Attributes:
        group_id: there is this group.
        epoch: the one that its member was in when this was said.
        branch: of that epoch; a knock repeats it, so that an old knock cannot be played again.
        members: how many there are.
        lets_in: whether knocks are best sent to the one that says this.
        is_settled: whether members of this group are not free to leave it for another one by themselves.
        is_answer: whether this answers a knock, which is to be made anew with what stands here.
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
    """What a newcomer needs in order to come in.

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
    """How a member proves outside of an epoch who it is: its leaf's key, and the credential that vouches for that.

    Attributes:
        credential: an encoded Credential.
        leaf_key: the signature key that the credential vouches for.
    """

    credential: Opaque
    leaf_key: Opaque


@dataclass(frozen=True, slots=True)
class Question(Struct):
    """A member asks another one where the group is.

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
        sender: the transport identity that it is sent from.
        receiver: the transport identity that it is sent to.
        group_id, history, nonce: as in the Question or the Answer.
    """

    room_id: Text
    sender: Text
    receiver: Text
    group_id: GroupId
    history: Vector[PassedEpoch]
    nonce: Nonce


@dataclass(frozen=True, slots=True)
class Answer(Struct):
    """A member says where it is; the orders of its group follow as messages of their own if they help.

    Attributes:
        voucher: of the member that answers.
        group_id: of its group.
        history: the latest epochs that it was in, the present one last.
        nonce: of the question.
        signature: SignWithLabel(leaf key, labels.ANSWER, QuestionTBS), with the one that answers as the first.
    """

    voucher: Voucher
    group_id: GroupId
    history: Vector[PassedEpoch]
    nonce: Nonce
    signature: Opaque
