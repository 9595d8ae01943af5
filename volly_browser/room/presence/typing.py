"""Who is writing just now: said in passing, in one small frame that may get lost, and never answered or repeated.

    payload = seal(key, aad, member id)
    key     = MLS-Exporter("volly/v1/typing key", "", 32)    of the present epoch
    aad     = (label, group id, epoch, transport identity of the sender)

There is no signature, so this comes from some member of the epoch, and no more is known: a member can let another one
seem to write, and the server can show it again while the epoch lasts.  Nothing may follow from it but a line of text
that soon goes.
"""

from collections.abc import Collection
from dataclasses import dataclass

from volly_browser.crypto.engine import NONCE_LENGTH, TAG_LENGTH, Engine
from volly_browser.mls.codec import EncodeError, Opaque, Struct, Text, Uint64
from volly_browser.mls.group_view import GroupView
from volly_browser.room import labels
from volly_browser.room.timing import Timing
from volly_browser.room.wire.sealing import BUCKET, SealBroken, seal, unseal
from volly_browser.room.wire.structs import GroupId

SHOWN_FOR = 5.0
"""Seconds from a notice until its sender is not taken to write any more; the next notice comes sooner."""

SEALED_LENGTH = NONCE_LENGTH + BUCKET + TAG_LENGTH
"""Bytes of the payload."""


@dataclass(frozen=True, slots=True)
class TypingSeal(Struct):
    """The AAD of a notice."""

    label: Opaque
    group_id: GroupId
    epoch: Uint64
    sender: Text


async def seal_typing(engine: Engine, group: GroupView, member_id: bytes, sender: str) -> bytes:
    """The payload of a parcel of kind TYPING, from a member at the transport identity `sender`."""
    return await seal(engine, _key(group), _aad(group, sender), member_id)


async def read_typing(engine: Engine, group: GroupView, payload: bytes, sender: str) -> bytes:
    """Which member is said to write.  Raises SealBroken where no member of this epoch said it at `sender`."""
    if len(payload) != SEALED_LENGTH:
        raise SealBroken(f"A notice of {len(payload)} bytes is not {SEALED_LENGTH} bytes long.")
    try:
        aad = _aad(group, sender)
    except EncodeError as error:
        raise SealBroken("A notice comes from somebody whose name is no text.") from error
    return await unseal(engine, _key(group), aad, payload)


class OwnTyping:
    """When to tell the others that we write."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._told_at: float | None = None

    def is_news(self, now: float) -> bool:
        """We write; whether to tell the others, who then count as told."""
        if self._told_at is not None and now < self._told_at + self._timing.typing:
            return False
        self._told_at = now
        return True


class Typists:
    """Who writes, as far as we were told; ids are those of the events."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def writes(self, member_id: str, now: float) -> None:
        """A notice came."""
        self._until[member_id] = now + SHOWN_FOR

    def has_written(self, member_id: str) -> None:
        """What somebody wrote is here."""
        self._until.pop(member_id, None)

    def members_are(self, member_ids: Collection[str]) -> None:
        """Nobody else can be writing."""
        self._until = {member_id: until for member_id, until in self._until.items() if member_id in member_ids}

    def at(self, now: float) -> tuple[str, ...]:
        """Who writes now, whoever began first in front."""
        self._until = {member_id: until for member_id, until in self._until.items() if now < until}
        return tuple(self._until)

    def deadline(self) -> float | None:
        """When that will be otherwise, if nothing happens before."""
        return min(self._until.values(), default=None)


def _key(group: GroupView) -> bytes:
    return group.export(labels.TYPING_KEY, b"", labels.TYPING_KEY_LENGTH)


def _aad(group: GroupView, sender: str) -> bytes:
    return TypingSeal(labels.TYPING_SEAL, group.group_id, group.epoch, sender).encode()
