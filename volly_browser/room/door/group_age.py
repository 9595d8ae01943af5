"""Group ids that carry their group's age, readable only with the door key.

When two groups of one room meet, the older one stays: it is more likely to have everybody in it.  The age is in the
id, so that it cannot change, and masked, so that the server, which sees group ids, does not read anyone's clock.

    group_id = nonce (16) || created_at (8, milliseconds since 1970) XOR HKDF-Expand(door_key, label || nonce, 8)
"""

from typing import NamedTuple

from volly_browser.crypto.kdf import hkdf_expand
from volly_browser.errors import RemoteError
from volly_browser.room import labels

GROUP_ID_LENGTH = labels.GROUP_NONCE_LENGTH + labels.GROUP_AGE_LENGTH


class GroupIdError(RemoteError):
    """A group id was not made by this version."""


class GroupAge(NamedTuple):
    """Sorts groups: the one that stays comes first."""

    created_at: int
    group_id: bytes


def new_group_id(door_key: bytes, nonce: bytes, now: float) -> bytes:
    """A group id, 24 bytes, of a group that begins at `now` in seconds since 1970."""
    created_at = int(now * 1000).to_bytes(labels.GROUP_AGE_LENGTH, "big")
    return nonce + _mask(door_key, nonce, created_at)


def group_age(door_key: bytes, group_id: bytes) -> GroupAge:
    """How old a group is.  Raises GroupIdError."""
    if len(group_id) != GROUP_ID_LENGTH:
        raise GroupIdError(f"A group id has {GROUP_ID_LENGTH} bytes, not {len(group_id)}.")
    nonce, masked = group_id[: labels.GROUP_NONCE_LENGTH], group_id[labels.GROUP_NONCE_LENGTH :]
    return GroupAge(int.from_bytes(_mask(door_key, nonce, masked), "big"), group_id)


def _mask(door_key: bytes, nonce: bytes, value: bytes) -> bytes:
    mask = hkdf_expand(labels.HASH, door_key, labels.GROUP_AGE + nonce, labels.GROUP_AGE_LENGTH)
    return bytes(left ^ right for left, right in zip(value, mask, strict=True))
