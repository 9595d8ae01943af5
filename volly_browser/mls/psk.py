"""Pre-shared keys (RFC 9420, section 8.4): finds those that are asked for, and chains them into `psk_secret`.

The application provides those that a group can ask for: keys that the members agreed on elsewhere, and the
`resumption_psk` of another group (section 8.6), so that only members of that group can follow into this one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from volly_browser.crypto.engine import Engine
from volly_browser.mls.codec import Opaque, Struct, Uint16
from volly_browser.mls.errors import MissingPsk
from volly_browser.mls.proposals import ExternalPsk, PreSharedKey, PreSharedKeyID, Psk
from volly_browser.mls.suites import CipherSuite

SHOWN_BYTES = 64
"""Bytes of a name in an error, since others choose the names and their lengths."""


@dataclass(frozen=True, slots=True)
class PskBundle(Struct):
    """A pre-shared key: its name in messages, and the secret, which never leaves the members that share it."""

    name: Psk
    secret: Opaque = field(repr=False)

    def is_called(self, name: Psk) -> bool:
        """Whether a message that has this name means this key."""
        return name == self.name


@dataclass(frozen=True, slots=True)
class PskFamily(PskBundle):
    """External keys with one secret, of whose names each begins with `name`; the application judges the rest of it."""

    def is_called(self, name: Psk) -> bool:
        """Whether a message that has this name means one of these keys."""
        if not isinstance(name, ExternalPsk) or not isinstance(self.name, ExternalPsk):
            return False
        return name.psk_id.startswith(self.name.psk_id)


@dataclass(frozen=True, slots=True)
class PSKLabel(Struct):
    """The name of a key, and its place among the others."""

    id: PreSharedKeyID
    index: Uint16
    count: Uint16


def psk_proposal(engine: Engine, suite: CipherSuite, name: Psk) -> PreSharedKey:
    """The proposal to mix in a pre-shared key, with a fresh nonce of KDF.Nh bytes."""
    return PreSharedKey(PreSharedKeyID(name, engine.random(suite.hash_length)))


def find_psks(ids: Sequence[PreSharedKeyID], psks: Iterable[PskBundle]) -> list[tuple[PreSharedKeyID, bytes]]:
    """Each id with its key, in the given order; of several keys with one name the last counts.

    Raises:
        MissingPsk: one of them is not there.
    """
    held = list(psks)[::-1]
    return [(psk_id, _secret_of(psk_id.psk, held)) for psk_id in ids]


def _secret_of(name: Psk, held: Iterable[PskBundle]) -> bytes:
    for psk in held:
        if psk.is_called(name):
            return psk.secret
    raise MissingPsk(f"This member does not have {_described(name)} that the group asks for (RFC 9420, section 8.4).")


def _described(name: Psk) -> str:
    if isinstance(name, ExternalPsk):
        return f"the pre-shared key {_short(name.psk_id)}"
    return f"the key of epoch {name.psk_epoch} of group {_short(name.psk_group_id)}"


def _short(name: bytes) -> str:
    """Write a name of any length for an error, at most `SHOWN_BYTES` of it."""
    return name.hex() if len(name) <= SHOWN_BYTES else f"{name[:SHOWN_BYTES].hex()}..."


def psk_secret(suite: CipherSuite, psks: Sequence[tuple[PreSharedKeyID, bytes]]) -> bytes:
    """`psk_secret`: all keys chained in their order; zeros if there are none."""
    secret = suite.zero
    for index, (psk_id, psk) in enumerate(psks):
        extracted = suite.extract(suite.zero, psk)
        label = PSKLabel(psk_id, index, len(psks)).encode()
        secret = suite.extract(suite.expand_with_label(extracted, b"derived psk", label, suite.hash_length), secret)
    return secret
