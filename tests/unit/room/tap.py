"""All that was said in a room: the network's record, with what its operator cannot see."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from volly_browser.errors import RemoteError
from volly_browser.room.content.content import Body
from volly_browser.room.group.membership import Membership
from volly_browser.room.wire.door import Door, DoorKind
from volly_browser.room.wire.frames import Assembler
from volly_browser.transport.memory import MemoryNetwork, Sent

What = DoorKind | type[Body]
"""A kind of thing that is said: at the door, or in the group."""


@dataclass(frozen=True)
class Heard:
    """One thing that crossed the network.

    Attributes:
        sender, to: as the network was told; to nobody stands for all.
        what: its kind.
        content: encoded if it was said at the door, else the body.
        payload: as it was sealed or encrypted.
        frames: that carried it.
    """

    sender: str
    to: tuple[str, ...] | None
    what: What
    content: Any
    payload: bytes
    frames: tuple[bytes, ...]


@dataclass
class Tap:
    """Remembers what was encrypted, and so can tell what crosses the network."""

    _opened: dict[bytes, tuple[What, Any]] = field(default_factory=dict)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """What is sealed and encrypted meanwhile, by whichever room, is remembered."""
        seal, write, opened = Door.seal, Membership.write, self._opened

        async def watched_seal(door: Door, kind: DoorKind, content: bytes, sender: str) -> bytes:
            sealed = await seal(door, kind, content, sender)
            opened[sealed] = kind, content
            return sealed

        async def watched_write(membership: Membership, body: Body) -> bytes:
            message = await write(membership, body)
            opened[message] = type(body), body
            return message

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Door, "seal", watched_seal)
            patched.setattr(Membership, "write", watched_write)
            yield

    def heard(self, network: MemoryNetwork, *whats: What) -> list[Heard]:
        """Everything of some kinds that was sent over a network, in order; all kinds if none is named."""
        assemblers: dict[tuple[str, tuple[str, ...] | None], Assembler] = {}
        frames: dict[tuple[str, tuple[str, ...] | None], list[bytes]] = {}
        found = []
        for sent in network.recorded:
            line = sent.sender, sent.to
            frames.setdefault(line, []).append(sent.data)
            if payload := _completed(assemblers.setdefault(line, Assembler()), sent):
                carried = tuple(frames.pop(line))
                if payload in self._opened and (not whats or self._opened[payload][0] in whats):
                    found.append(Heard(*line, *self._opened[payload], payload, carried))
        return found


def _completed(assembler: Assembler, sent: Sent) -> bytes | None:
    try:
        parcel = assembler.add(sent.data, sent.sender)
    except RemoteError:  # an announcement
        return None
    return parcel.payload if parcel else None
