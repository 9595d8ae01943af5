"""What a room keeps in memory, found by looking at everything that it refers to, whatever its parts are called."""

import asyncio
from collections import deque
from collections.abc import Iterator
from random import Random
from types import MethodType, ModuleType

from tests.simulation.device import Device
from volly_browser.transport.memory import MemoryNetwork

ITEMS_LIMIT = 5000
"""Items that a collection of a room can have; the largest bound in it is 4096."""

BYTES_LIMIT = 64 << 20
"""Bytes of messages, keys and all else that a room may keep."""

_NOT_THE_ROOM_S = (MemoryNetwork, Device, Random, ModuleType, type, asyncio.AbstractEventLoop, asyncio.Future)


def excess(room: object) -> str:
    """Say what a room keeps too much of; empty if there is nothing."""
    total = 0
    for held in _everything(room):
        if isinstance(held, bytes | bytearray | str):
            total += len(held)
        elif isinstance(held, dict | list | tuple | set | frozenset | deque) and len(held) > ITEMS_LIMIT:
            return f"A {type(held).__name__} has {len(held)} items."
    return f"{total} bytes are kept." if total > BYTES_LIMIT else ""


def _everything(root: object) -> Iterator[object]:
    """All that an object refers to, each once."""
    seen: dict[int, object] = {}
    waiting = [root]
    while waiting:
        held = waiting.pop()
        if id(held) in seen or isinstance(held, _NOT_THE_ROOM_S):
            continue
        seen[id(held)] = held
        yield held
        waiting += _parts(held)


def _parts(held: object) -> Iterator[object]:
    if isinstance(held, dict):
        yield from held.keys()
        yield from held.values()
    elif isinstance(held, list | tuple | set | frozenset | deque):
        yield from held
    elif isinstance(held, MethodType):
        yield held.__self__
    elif not isinstance(held, str | bytes | bytearray | int | float):
        yield from vars(held).values() if hasattr(held, "__dict__") else ()
        for kind in type(held).__mro__:
            slots = getattr(kind, "__slots__", ())
            yield from (getattr(held, name) for name in _names(slots) if hasattr(held, name))


def _names(slots: str | tuple[str, ...]) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)
