"""Sending (RFC 9420, section 6): sign a content as a member, and protect it."""

from volly_browser.crypto.engine import Engine
from volly_browser.mls.epoch import Epoch
from volly_browser.mls.framing import (
    AuthenticatedContent,
    Content,
    FramedContent,
    FramedContentAuthData,
    MemberSender,
    sign_content,
)
from volly_browser.mls.messages import to_message
from volly_browser.mls.padding import Padding
from volly_browser.mls.public_message import protect_public
from volly_browser.mls.versions import WireFormat


def frame(epoch: Epoch, content: Content, authenticated_data: bytes) -> FramedContent:
    """A content of ours in this epoch."""
    context = epoch.context
    sender = MemberSender(epoch.own_leaf_index)
    return FramedContent(context.group_id, context.epoch, sender, authenticated_data, content)


async def sign_message(
    engine: Engine, epoch: Epoch, wire_format: WireFormat, content: FramedContent
) -> AuthenticatedContent:
    """A content with our signature (section 6.1); a commit still needs its confirmation tag."""
    signature = await sign_content(
        engine,
        epoch.suite,
        epoch.signature_key.private_key,
        wire_format=wire_format,
        content=content,
        context=epoch.context,
    )
    return AuthenticatedContent(wire_format, content, FramedContentAuthData(signature))


async def protect(engine: Engine, epoch: Epoch, message: AuthenticatedContent, padding: Padding) -> bytes:
    """A signed message of ours as an encoded MLSMessage (sections 6.2 and 6.3).

    Raises:
        MlsUsageError: application data is to be sent as a public message.
    """
    if message.wire_format == WireFormat.PUBLIC_MESSAGE:
        return to_message(protect_public(epoch.suite, message, epoch.context, epoch.secrets.membership_key))
    return to_message(await epoch.keys.seal(engine, message, padding))
