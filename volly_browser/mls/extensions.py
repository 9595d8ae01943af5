"""Extensions (RFC 9420, sections 7.2 and 13.4) and those that the RFC defines itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TypeVar

from volly_browser.mls.codec import Opaque, Struct, Uint16, Vector
from volly_browser.mls.credentials import Credential
from volly_browser.mls.errors import InvalidExtensions
from volly_browser.mls.limits import Limits


class ExtensionType(IntEnum):
    """The default extension types (section 17.3), which every client supports and none lists in its capabilities."""

    APPLICATION_ID = 1
    RATCHET_TREE = 2
    REQUIRED_CAPABILITIES = 3
    EXTERNAL_PUB = 4
    EXTERNAL_SENDERS = 5


DEFAULT_EXTENSIONS = frozenset(map(int, ExtensionType))

GREASE_VALUES = tuple(0x0A0A + 0x1010 * number for number in range(15))
"""0x0A0A, 0x1A1A ... 0xEAEA (section 13.5): values that never get a meaning."""


class Place(Enum):
    """The structs that have extensions; the value is the types of the RFC that have a meaning there (section 17.3)."""

    KEY_PACKAGE = frozenset(GREASE_VALUES)
    LEAF_NODE = frozenset({ExtensionType.APPLICATION_ID, *GREASE_VALUES})
    GROUP_CONTEXT = frozenset({ExtensionType.REQUIRED_CAPABILITIES, ExtensionType.EXTERNAL_SENDERS})
    GROUP_INFO = frozenset({ExtensionType.RATCHET_TREE, ExtensionType.EXTERNAL_PUB, *GREASE_VALUES})


@dataclass(frozen=True, slots=True)
class Extension(Struct):
    """A parameter of a key package, a leaf, a group or a group info."""

    extension_type: Uint16
    extension_data: Opaque


@dataclass(frozen=True, slots=True)
class RequiredCapabilities(Struct):
    """What every member must support beyond the defaults (section 11.1)."""

    extension_types: Vector[Uint16]
    proposal_types: Vector[Uint16]
    credential_types: Vector[Uint16]


@dataclass(frozen=True, slots=True)
class ExternalPub(Struct):
    """The public key for external commits (section 12.4.3.2)."""

    external_pub: Opaque


@dataclass(frozen=True, slots=True)
class ExternalSender(Struct):
    """A sender outside of the group that is allowed to send proposals (section 12.1.8.1)."""

    signature_key: Opaque
    credential: Credential


@dataclass(frozen=True, slots=True)
class ExternalSenders(Struct):
    """The content of the `external_senders` extension."""

    external_senders: Vector[ExternalSender]


Content = TypeVar("Content", bound=Struct)


def find_extension(extensions: Sequence[Extension], extension_type: int) -> bytes | None:
    """Return the data of the extension of this type, if there is one."""
    return next((item.extension_data for item in extensions if item.extension_type == extension_type), None)


def read_extension(extensions: Sequence[Extension], extension_type: int, content: type[Content]) -> Content | None:
    """Decode the extension of this type, if there is one.  Raises DecodeError."""
    data = find_extension(extensions, extension_type)
    return None if data is None else content.decode(data)


def check_extensions(extensions: Sequence[Extension], place: Place, limits: Limits) -> None:
    """Refuse a list that repeats a type (section 13.4), has one that is unknown there, or is too large.

    Raises:
        InvalidExtensions: it does one of these.
    """
    if len(extensions) > limits.extensions:
        raise InvalidExtensions(f"A list has {len(extensions)} extensions; {limits.extensions} are the limit.")
    types = [item.extension_type for item in extensions]
    if len(types) != len(set(types)):
        raise InvalidExtensions("A list of extensions has two of the same type (RFC 9420, section 13.4).")
    for item in extensions:
        _check_extension(item, place, limits)


def _check_extension(item: Extension, place: Place, limits: Limits) -> None:
    length = len(item.extension_data)
    if item.extension_type not in place.value | limits.known_extensions:
        raise InvalidExtensions(f"Extension {item.extension_type} is not known here (RFC 9420, section 17.3).")
    if length > limits.extension_bytes and item.extension_type != ExtensionType.RATCHET_TREE:
        raise InvalidExtensions(f"An extension has {length} bytes; {limits.extension_bytes} are the limit.")
