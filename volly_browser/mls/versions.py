"""The numbers that head every message: protocol versions and wire formats (RFC 9420, sections 6 and 17.2)."""

from enum import IntEnum
from typing import Annotated

from volly_browser.mls.codec import Integer


class ProtocolVersion(IntEnum):
    """ProtocolVersion; `mls10` is the only one there is."""

    MLS10 = 1


class WireFormat(IntEnum):
    """WireFormat: what an MLSMessage carries."""

    PUBLIC_MESSAGE = 1
    PRIVATE_MESSAGE = 2
    WELCOME = 3
    GROUP_INFO = 4
    KEY_PACKAGE = 5


Version = Annotated[ProtocolVersion, Integer(2)]
Format = Annotated[WireFormat, Integer(2)]
