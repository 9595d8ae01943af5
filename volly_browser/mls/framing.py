"""Message framing (RFC 9420, section 6): contents, their senders, and the signature that binds the two (6.1)."""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Annotated

from volly_browser.crypto.engine import Engine, Sign, Verify, run_one
from volly_browser.mls.codec import Integer, Opaque, Select, Struct, Uint32, Uint64, Variant, codec_for, opaque
from volly_browser.mls.commit import Commit
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.labels import signing, verifying
from volly_browser.mls.proposals import Proposal
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.versions import Format, ProtocolVersion, Version, WireFormat

FRAMED_CONTENT_LABEL = b"FramedContentTBS"


class ContentType(IntEnum):
    """ContentType: what a FramedContent carries."""

    APPLICATION = 1
    PROPOSAL = 2
    COMMIT = 3


ContentTypeField = Annotated[ContentType, Integer(1)]


@dataclass(frozen=True, slots=True)
class MemberSender(Struct):
    """`member`: the sender is the member at a leaf."""

    leaf_index: Uint32


@dataclass(frozen=True, slots=True)
class OutsideSender(Struct):
    """`external`: the sender is an entry of the `external_senders` extension."""

    sender_index: Uint32


@dataclass(frozen=True, slots=True)
class NewMemberProposalSender(Struct):
    """`new_member_proposal`: a newcomer proposes to add itself."""


@dataclass(frozen=True, slots=True)
class NewMemberCommitSender(Struct):
    """`new_member_commit`: a newcomer joins by an external commit."""


AnySender = MemberSender | OutsideSender | NewMemberProposalSender | NewMemberCommitSender
Sender = Annotated[
    AnySender,
    Variant(1, {1: MemberSender, 2: OutsideSender, 3: NewMemberProposalSender, 4: NewMemberCommitSender}),
]


@dataclass(frozen=True, slots=True)
class ApplicationData(Struct):
    """What the application sends."""

    application_data: Opaque


Content = Annotated[
    ApplicationData | Proposal | Commit,
    Variant(
        1,
        {ContentType.APPLICATION: ApplicationData, ContentType.PROPOSAL: Proposal, ContentType.COMMIT: Commit},
    ),
]

_encode_content = codec_for(Content).encode
_APPLICATION = codec_for(ContentTypeField).encode(ContentType.APPLICATION)

CONTENT_OF_TYPE = {
    ContentType.APPLICATION: ApplicationData,
    ContentType.PROPOSAL: Proposal,
    ContentType.COMMIT: Commit,
}
"""The annotation of each content whose type stands elsewhere (section 6.3.1)."""


@dataclass(frozen=True, slots=True)
class FramedContent(Struct):
    """A content with its group, epoch and sender.  `content` is `content_type` with what it selects."""

    group_id: Opaque
    epoch: Uint64
    sender: Sender
    authenticated_data: Opaque
    content: Content

    @property
    def content_type(self) -> ContentType:
        """The type of the content."""
        return content_type_of(self.content)


def content_type_of(content: Content) -> ContentType:
    """The ContentType under which a content travels."""
    if isinstance(content, ApplicationData):
        return ContentType.APPLICATION
    return ContentType.COMMIT if isinstance(content, Commit) else ContentType.PROPOSAL


@dataclass(frozen=True, slots=True)
class FramedContentAuthData(Struct):
    """What authenticates an application message or a proposal (section 6.1)."""

    signature: Opaque


@dataclass(frozen=True, slots=True)
class CommitAuthData(Struct):
    """FramedContentAuthData of a commit: also proves that the committer knows the new epoch."""

    signature: Opaque
    confirmation_tag: Opaque


def auth_data_type(content_type: ContentType) -> type[FramedContentAuthData | CommitAuthData]:
    """Which of the two forms of FramedContentAuthData belongs to a type of content."""
    return CommitAuthData if content_type == ContentType.COMMIT else FramedContentAuthData


AuthData = Annotated[
    FramedContentAuthData | CommitAuthData,
    Select(lambda message: auth_data_type(message.content.content_type)),
]


@dataclass(frozen=True, slots=True)
class AuthenticatedContent(Struct):
    """A content with its authentication, before protection and after its removal."""

    wire_format: Format
    content: FramedContent
    auth: AuthData


@dataclass(frozen=True, slots=True)
class FramedContentTBSHead(Struct):
    """FramedContentTBS (section 6.1) up to the authenticated data."""

    version: Version
    wire_format: Format
    group_id: Opaque
    epoch: Uint64
    sender: Sender


@lru_cache(maxsize=64)
def _tbs_head(wire_format: WireFormat, group_id: bytes, epoch: int, sender: AnySender) -> bytes:
    """The same for all messages of a sender in an epoch."""
    return FramedContentTBSHead(ProtocolVersion.MLS10, wire_format, group_id, epoch, sender).encode()


def to_be_signed(wire_format: WireFormat, content: FramedContent, context: GroupContext) -> bytes:
    """The encoded FramedContentTBS; for members and newcomers by a commit, the group context belongs to it."""
    head = _tbs_head(wire_format, content.group_id, content.epoch, content.sender)
    encoded = head + opaque(content.authenticated_data) + _encode_content(content.content)
    from_group = isinstance(content.sender, MemberSender | NewMemberCommitSender)
    return encoded + context.encode() if from_group else encoded


def data_to_be_signed_head(group_id: bytes, epoch: int, sender: AnySender, authenticated_data: bytes) -> bytes:
    """The encoded FramedContentTBS of application data in a PrivateMessage, up to the data."""
    head = _tbs_head(WireFormat.PRIVATE_MESSAGE, group_id, epoch, sender)
    return head + opaque(authenticated_data) + _APPLICATION


def signing_content(
    suite: CipherSuite, private_key: bytes, wire_format: WireFormat, content: FramedContent, context: GroupContext
) -> Sign:
    """The making of a content's signature in the epoch of `context`, as an operation."""
    return signing(suite, private_key, FRAMED_CONTENT_LABEL, to_be_signed(wire_format, content, context))


async def sign_content(
    engine: Engine,
    suite: CipherSuite,
    private_key: bytes,
    *,
    wire_format: WireFormat,
    content: FramedContent,
    context: GroupContext,
) -> bytes:
    """The signature of a content in the epoch of `context`."""
    return await run_one(engine, signing_content(suite, private_key, wire_format, content, context))


def verify_content(
    suite: CipherSuite, public_key: bytes, message: AuthenticatedContent, context: GroupContext
) -> Verify:
    """The check of a content's signature, as an operation."""
    content = to_be_signed(message.wire_format, message.content, context)
    return verifying(suite, public_key, FRAMED_CONTENT_LABEL, content, message.auth.signature)
