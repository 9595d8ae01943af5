"""Message framing (RFC 9420, section 6): contents, their senders, and the signature that binds the two (6.1)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

from volly_browser.crypto.engine import Engine, Verify
from volly_browser.mls.codec import Opaque, Select, Struct, Uint32, Uint64, Variant
from volly_browser.mls.commit import Commit
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.labels import sign_with_label, verifying
from volly_browser.mls.proposals import Proposal
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.versions import Format, ProtocolVersion, Version, WireFormat

FRAMED_CONTENT_LABEL = b"FramedContentTBS"


class ContentType(IntEnum):
    """ContentType: what a FramedContent carries."""

    APPLICATION = 1
    PROPOSAL = 2
    COMMIT = 3


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


Sender = Annotated[
    MemberSender | OutsideSender | NewMemberProposalSender | NewMemberCommitSender,
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
class FramedContentTBS(Struct):
    """What the signature covers; for members and newcomers by a commit, the group context follows."""

    version: Version
    wire_format: Format
    content: FramedContent


def to_be_signed(wire_format: WireFormat, content: FramedContent, context: GroupContext) -> bytes:
    """The encoded FramedContentTBS, with the group context where it belongs to it."""
    encoded = FramedContentTBS(ProtocolVersion.MLS10, wire_format, content).encode()
    from_group = isinstance(content.sender, MemberSender | NewMemberCommitSender)
    return encoded + context.encode() if from_group else encoded


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
    message = to_be_signed(wire_format, content, context)
    return await sign_with_label(engine, suite, private_key, FRAMED_CONTENT_LABEL, message)


def verify_content(
    suite: CipherSuite, public_key: bytes, message: AuthenticatedContent, context: GroupContext
) -> Verify:
    """The check of a content's signature, as an operation."""
    content = to_be_signed(message.wire_format, message.content, context)
    return verifying(suite, public_key, FRAMED_CONTENT_LABEL, content, message.auth.signature)
