"""Changing one thing in a case, to see whether its runner notices."""

import copy
from collections.abc import Iterator
from typing import Any

Json = Any
Path = tuple[str | int, ...]


def tampered_cases(case: Json) -> Iterator[tuple[str, Json]]:
    """Copies of a case, each with one bit or one number changed, and a name for what was changed.

    Of list elements only the first and the last are touched; of a byte string its first, middle and last byte.  The bit
    is one that X25519 does not ignore in a private key.
    """
    for path, value in _leaves(case, ()):
        for where, changed in _changes(value):
            tampered = copy.deepcopy(case)
            _replace(tampered, path, changed)
            yield ".".join(map(str, path)) + where, tampered


def _leaves(value: Json, path: Path) -> Iterator[tuple[Path, Json]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for index in sorted({0, len(value) - 1} & set(range(len(value)))):
            yield from _leaves(value[index], (*path, index))
    else:
        yield path, value


def _changes(value: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(value, int):
        yield "", value ^ 1
    elif isinstance(value, str):
        yield from _changed_text(value)


def _changed_text(value: str) -> Iterator[tuple[str, str]]:
    try:
        octets = bytes.fromhex(value)
    except ValueError:
        yield "", value + "!"
        return
    for position in sorted({0, len(octets) // 2, len(octets) - 1} & set(range(len(octets)))):
        flipped = bytes(octet ^ (0x10 * (at == position)) for at, octet in enumerate(octets))
        yield f"[{position}]", flipped.hex()


def _replace(value: Json, path: Path, changed: Json) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = changed
