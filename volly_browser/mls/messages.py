"""MLSMessage (RFC 9420, section 6): everything that travels."""

from dataclasses import dataclass
from typing import Annotated

from volly_browser.mls.codec import Struct, Variant
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.private_message import PrivateMessage
from volly_browser.mls.public_message import PublicMessage
from volly_browser.mls.versions import ProtocolVersion, Version, WireFormat
from volly_browser.mls.welcome import Welcome

Body = Annotated[
    PublicMessage | PrivateMessage | Welcome | GroupInfo | KeyPackage,
    Variant(
        2,
        {
            WireFormat.PUBLIC_MESSAGE: PublicMessage,
            WireFormat.PRIVATE_MESSAGE: PrivateMessage,
            WireFormat.WELCOME: Welcome,
            WireFormat.GROUP_INFO: GroupInfo,
            WireFormat.KEY_PACKAGE: KeyPackage,
        },
    ),
]


@dataclass(frozen=True, slots=True)
class MLSMessage(Struct):
    """A message of any kind; `body` is `wire_format` with what it selects."""

    version: Version
    body: Body


def to_message(body: Body) -> bytes:
    """The encoded MLSMessage that carries `body`."""
    return MLSMessage(ProtocolVersion.MLS10, body).encode()
