"""PublicMessage (RFC 9420, section 6.2): signed, and for members tagged, but not encrypted."""

from dataclasses import dataclass
from typing import Annotated

from volly_browser.mls.codec import Opaque, Select, Struct
from volly_browser.mls.errors import InvalidMembershipTag, MlsUsageError, UnexpectedMessage
from volly_browser.mls.framing import (
    AuthData,
    AuthenticatedContent,
    ContentType,
    FramedContent,
    MemberSender,
    to_be_signed,
)
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.versions import WireFormat


@dataclass(frozen=True, slots=True)
class PublicMessage(Struct):
    """A handshake message in the clear; `membership_tag` is None unless a member sent it."""

    content: FramedContent
    auth: AuthData
    membership_tag: Annotated[
        bytes | None,
        Select(lambda message: Opaque if isinstance(message.content.sender, MemberSender) else None),
    ]


def protect_public(
    suite: CipherSuite, message: AuthenticatedContent, context: GroupContext, membership_key: bytes
) -> PublicMessage:
    """Make a PublicMessage of a signed handshake message, with the membership tag if a member sends it.

    Raises:
        MlsUsageError: application data is never sent in the clear.
    """
    if message.content.content_type == ContentType.APPLICATION:
        raise MlsUsageError("Application data is never sent as a public message (RFC 9420, section 6).")
    from_member = isinstance(message.content.sender, MemberSender)
    tag = suite.mac(membership_key, _to_be_maced(message, context)) if from_member else None
    return PublicMessage(message.content, message.auth, tag)


def unprotect_public(
    suite: CipherSuite, message: PublicMessage, context: GroupContext, membership_key: bytes
) -> AuthenticatedContent:
    """The content, with a right membership tag; the signature is still to be verified.

    Raises:
        UnexpectedMessage: it is application data.
        InvalidMembershipTag: the tag is wrong.
    """
    if message.content.content_type == ContentType.APPLICATION:
        raise UnexpectedMessage("Application data came as a public message (RFC 9420, section 6).")
    content = AuthenticatedContent(WireFormat.PUBLIC_MESSAGE, message.content, message.auth)
    tag = message.membership_tag
    if tag is not None and not suite.mac_is_valid(membership_key, _to_be_maced(content, context), tag):
        raise InvalidMembershipTag("The membership tag of a message is wrong (RFC 9420, section 6.2).")
    return content


def _to_be_maced(message: AuthenticatedContent, context: GroupContext) -> bytes:
    """The encoded AuthenticatedContentTBM."""
    return to_be_signed(message.wire_format, message.content, context) + message.auth.encode()
