"""Pre-shared keys (RFC 9420, section 8.4): who has which, and how they are chained into `psk_secret`.

The application hands in those that a group may ask for: what the members agreed on elsewhere, and what another group
gives as its `resumption_psk` (section 8.6), so that only who was in that group can follow into this one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from volly_browser.crypto.engine import Engine
from volly_browser.mls.codec import Opaque, Struct, Uint16
from volly_browser.mls.errors import MissingPsk
from volly_browser.mls.proposals import ExternalPsk, PreSharedKey, PreSharedKeyID, Psk
from volly_browser.mls.suites import CipherSuite

SHOWN_BYTES = 64
"""Of a name in an error; others choose the names, and how long they are."""


@dataclass(frozen=True, slots=True)
class PskBundle(Struct):
    """A pre-shared key: the name that messages have for it, and the secret, which never leaves those who share it."""

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
    """Which key this is, and its place among the others."""

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
    """A name of any length, in so many characters as a person may want to read."""
    return name.hex() if len(name) <= SHOWN_BYTES else f"{name[:SHOWN_BYTES].hex()}..."


def psk_secret(suite: CipherSuite, psks: Sequence[tuple[PreSharedKeyID, bytes]]) -> bytes:
    """`psk_secret`: all keys chained in their order; zeros where there are none."""
    secret = suite.zero
    for index, (psk_id, psk) in enumerate(psks):
        extracted = suite.extract(suite.zero, psk)
        label = PSKLabel(psk_id, index, len(psks)).encode()
        secret = suite.extract(suite.expand_with_label(extracted, b"derived psk", label, suite.hash_length), secret)
    return secret
