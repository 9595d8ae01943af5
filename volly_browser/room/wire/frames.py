"""Parcels and the frames they travel in.

A parcel is one message of the room: a kind and a payload of up to four megabytes (a hybrid Welcome for two members has
some 40 KB).  Each of its frames carries the digest of the whole, so that frames of different parcels cannot be mixed
and a parcel arrives whole or not at all.  The digest authenticates nothing; the payload has to do that itself.
"""

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated

from volly_browser.errors import LocalError, RemoteError
from volly_browser.mls.codec import DecodeError, FixedOpaque, Opaque, Struct, Uint8, Uint16
from volly_browser.room import labels
from volly_browser.transport.contract import FRAME_LIMIT

HEADER_LENGTH = 1 + 1 + labels.DIGEST_LENGTH + 2 + 2 + 4
"""The most bytes of a frame besides its body."""

BODY_LIMIT = FRAME_LIMIT - HEADER_LENGTH

PARTS_LIMIT = -(-labels.PARCEL_LIMIT // BODY_LIMIT)
"""Frames of the largest parcel."""

FRAME_COST = 512
"""About the most bytes of memory that a frame of an incomplete parcel takes besides its body."""


class Kind(IntEnum):
    """What the server sees of a parcel: whether it is for the door or for the group."""

    DOOR = 1
    GROUP = 2


class FrameError(RemoteError):
    """A frame is malformed, contradicts others of its parcel, or is from a newer version."""


@dataclass(frozen=True, slots=True)
class Frame(Struct):
    """One frame on the wire."""

    version: Uint8
    kind: Uint8
    digest: Annotated[bytes, FixedOpaque(labels.DIGEST_LENGTH)]
    index: Uint16
    count: Uint16
    body: Opaque


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel put together again; `sender` is what the server claims."""

    kind: Kind
    payload: bytes
    sender: str


def split(kind: Kind, payload: bytes) -> list[bytes]:
    """Split a parcel into frames of at most FRAME_LIMIT bytes.  Raises LocalError beyond PARCEL_LIMIT."""
    if len(payload) > labels.PARCEL_LIMIT:
        raise LocalError(f"{len(payload)} bytes are too many to send at once; {labels.PARCEL_LIMIT} are the limit.")
    bodies = [payload[start : start + BODY_LIMIT] for start in range(0, len(payload), BODY_LIMIT)] or [b""]
    digest = _digest(kind, payload)
    return [Frame(labels.VERSION, kind, digest, index, len(bodies), body).encode() for index, body in enumerate(bodies)]


@dataclass(slots=True)
class _Partial:
    """The frames of an incomplete parcel; all must agree with the first."""

    first: Frame
    bodies: dict[int, bytes] = field(default_factory=dict)
    size: int = 0

    def keep(self, frame: Frame) -> int:
        """Add a frame; return the bytes that this takes, 0 if it was there already."""
        if frame.index in self.bodies:
            return 0
        self.bodies[frame.index] = frame.body
        taken = len(frame.body) + FRAME_COST
        self.size += taken
        return taken


@dataclass(slots=True)
class _Begun:
    """The incomplete parcels of one sender by their digests, the oldest first."""

    partials: dict[bytes, _Partial] = field(default_factory=dict)
    size: int = 0


class Assembler:
    """Puts parcels together again, from frames in any order.

    Memory is bounded: `limit` bytes of incomplete parcels per sender and four times as many for all together.  A
    sender's oldest incomplete parcel gives way.  The number of frames that a frame claims reserves no memory.
    """

    def __init__(self, limit: int = 2 * labels.PARCEL_LIMIT) -> None:
        self._limit = limit
        self._begun: dict[str, _Begun] = {}
        self._size = 0

    def add(self, data: bytes, sender: str) -> Parcel | None:
        """Add a frame; return the parcel that it completes, or None while others are missing.

        Raises:
            FrameError: the frame is malformed, or its parcel does not have the promised digest.
        """
        frame = _read(data)
        kind = Kind(frame.kind)
        if frame.count == 1:
            return self._checked(Parcel(kind, frame.body, sender), frame.digest)
        begun = self._begun.setdefault(sender, _Begun())
        partial = begun.partials.setdefault(frame.digest, _Partial(frame))
        if (frame.kind, frame.count) != (partial.first.kind, partial.first.count):
            raise FrameError("Two frames of one parcel contradict each other.")
        taken = partial.keep(frame)
        begun.size += taken
        self._size += taken
        if len(partial.bodies) < frame.count:
            self._make_room(sender)
            return None
        self._drop(sender, frame.digest)
        payload = b"".join(partial.bodies[index] for index in range(frame.count))
        return self._checked(Parcel(kind, payload, sender), frame.digest)

    def forget(self, sender: str) -> None:
        """Drop the incomplete parcels of a sender."""
        if begun := self._begun.pop(sender, None):
            self._size -= begun.size

    @property
    def size(self) -> int:
        """Bytes of memory that the incomplete parcels take."""
        return self._size

    def _make_room(self, sender: str) -> None:
        while (begun := self._begun.get(sender)) and begun.size > self._limit:
            self._drop(sender, next(iter(begun.partials)))
        while self._size > 4 * self._limit:
            longest_waiting = next(iter(self._begun))
            self._drop(longest_waiting, next(iter(self._begun[longest_waiting].partials)))

    def _drop(self, sender: str, digest: bytes) -> None:
        begun = self._begun[sender]
        partial = begun.partials.pop(digest)
        begun.size -= partial.size
        self._size -= partial.size
        if not begun.partials:
            del self._begun[sender]

    @staticmethod
    def _checked(parcel: Parcel, digest: bytes) -> Parcel:
        if _digest(parcel.kind, parcel.payload) != digest:
            raise FrameError("A parcel was changed on its way: its digest is wrong.")
        return parcel


def _read(data: bytes) -> Frame:
    if len(data) > FRAME_LIMIT:
        raise FrameError(f"A frame of {len(data)} bytes is longer than {FRAME_LIMIT}.")
    try:
        frame = Frame.decode(data)
    except DecodeError as error:
        raise FrameError(f"A frame is malformed. {error}") from error
    if frame.version != labels.VERSION:
        raise FrameError(f"A frame has version {frame.version}; this page knows version {labels.VERSION} only.")
    if frame.kind not in list(Kind):
        raise FrameError(f"A frame is of the unknown kind {frame.kind}.")
    if not frame.index < frame.count <= PARTS_LIMIT:
        raise FrameError(f"A frame says it is number {frame.index} of {frame.count}.")
    return frame


def _digest(kind: int, payload: bytes) -> bytes:
    return hashlib.sha256(bytes([kind]) + payload).digest()[: labels.DIGEST_LENGTH]
