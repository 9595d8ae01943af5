"""What a client supports (RFC 9420, section 7.2), and the random values that keep others tolerant (section 13.5)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from volly_browser.mls.codec import Struct, Uint16, Vector
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.extensions import (
    DEFAULT_EXTENSIONS,
    GREASE_VALUES,
    Extension,
    ExtensionType,
    RequiredCapabilities,
    find_extension,
)
from volly_browser.mls.versions import ProtocolVersion

DEFAULT_PROPOSALS = frozenset(range(1, 8))
"""The proposal types that every client supports and none lists."""


@dataclass(frozen=True, slots=True)
class Capabilities(Struct):
    """What a client supports; unknown values are ignored."""

    versions: Vector[Uint16]
    cipher_suites: Vector[Uint16]
    extensions: Vector[Uint16]
    proposals: Vector[Uint16]
    credentials: Vector[Uint16]

    @property
    def longest(self) -> int:
        """Entries of the longest list."""
        return max(map(len, (self.versions, self.cipher_suites, self.extensions, self.proposals, self.credentials)))

    def supports(self, extensions: Sequence[Extension]) -> bool:
        """Whether a group with these GroupContext extensions can have this member (sections 7.3, 13.4)."""
        types = {item.extension_type for item in extensions} - DEFAULT_EXTENSIONS
        encoded = find_extension(extensions, ExtensionType.REQUIRED_CAPABILITIES)
        required = None if encoded is None else _requirements(encoded)
        return types <= set(self.extensions) and (required is None or self._meets(required))

    def _meets(self, required: "_Requirements") -> bool:
        return (
            required.extensions <= set(self.extensions)
            and required.proposals <= set(self.proposals)
            and required.credentials <= set(self.credentials)
        )


class _Requirements(NamedTuple):
    """RequiredCapabilities without the defaults."""

    extensions: frozenset[int]
    proposals: frozenset[int]
    credentials: frozenset[int]


@lru_cache(maxsize=4)
def _requirements(encoded: bytes) -> _Requirements:
    """Decode required capabilities; kept, since every leaf is checked against the same.  Raises DecodeError."""
    required = RequiredCapabilities.decode(encoded)
    return _Requirements(
        frozenset(required.extension_types) - DEFAULT_EXTENSIONS,
        frozenset(required.proposal_types) - DEFAULT_PROPOSALS,
        frozenset(required.credential_types),
    )


def own_capabilities(suite_id: int) -> Capabilities:
    """What this program supports in a group of this suite: basic credentials and nothing beyond the defaults."""
    return Capabilities((ProtocolVersion.MLS10,), (suite_id,), (), (), (BasicCredential.TYPE,))


def greased(capabilities: Capabilities, random: Callable[[int], bytes]) -> Capabilities:
    """Add one GREASE value to each list that can have one (section 13.5)."""
    suite, extension, proposal, credential = (GREASE_VALUES[octet % len(GREASE_VALUES)] for octet in random(4))
    return replace(
        capabilities,
        cipher_suites=(*capabilities.cipher_suites, suite),
        extensions=(*capabilities.extensions, extension),
        proposals=(*capabilities.proposals, proposal),
        credentials=(*capabilities.credentials, credential),
    )
