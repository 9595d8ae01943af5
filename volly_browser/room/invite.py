"""The invite: 32 random bytes and the room's policy, carried in the fragment of a link and never sent to any server.

    https://host/#v1.<base64url(policy || secret || check)>

`policy` is one byte, `secret` 32, `check` 3: together 36 bytes, 48 characters.  Everything else follows by HKDF with
SHA-384 (`labels` has the labels), with the policy byte in every derivation, so that nobody can be talked down to a
weaker one:

    prk = HKDF-Extract(salt = "", ikm = secret)
    x   = HKDF-Expand(prk, label_of_x || policy, length_of_x)
"""

import base64
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from volly_browser.crypto.kdf import hkdf_expand, hkdf_extract
from volly_browser.errors import LocalError
from volly_browser.room import labels

POLICY_CODES = {"hybrid": 1, "post-quantum": 2, "transition": 3, "classical": 4}
"""The byte that stands for each policy in a link."""

POLICY_NAMES = {code: name for name, code in POLICY_CODES.items()}

_PREFIX = f"v{labels.INVITE_VERSION}."
_CODED_LENGTH = 48
_OTHER_VERSION = re.compile(r"v\d+\.")
_CODED = re.compile(r"[A-Za-z0-9_-]*")


class InviteError(LocalError):
    """This is not an invite link that we can use; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Invite:
    """What somebody needs to enter a room.

    Attributes:
        policy: the name of the room's policy, a key of `POLICY_CODES`.
        secret: 32 bytes; whoever has them may knock.
    """

    policy: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.policy not in POLICY_CODES:
            known = ", ".join(POLICY_CODES)
            raise InviteError(f"There is no policy called {self.policy!r}; the policies are: {known}.")
        if len(self.secret) != labels.INVITE_SECRET_LENGTH:
            raise InviteError(f"An invite has {labels.INVITE_SECRET_LENGTH} secret bytes, not {len(self.secret)}.")

    @classmethod
    def create(cls, policy: str = "hybrid", random: Callable[[int], bytes] = os.urandom) -> Self:
        """An invite to a new room.  Raises InviteError for an unknown policy."""
        return cls(policy, random(labels.INVITE_SECRET_LENGTH))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a whole link, its fragment `#v1...`, or what follows the `#`.

        Raises:
            InviteError: the link is incomplete, mistyped, from a newer Volly, or no invite at all.
        """
        _, _, fragment = text.strip().rpartition("#")
        if not fragment.startswith(_PREFIX):
            raise InviteError(_why_not_ours(fragment))
        code, secret, check = _split(fragment.removeprefix(_PREFIX))
        invite = cls(_policy_name(code), secret)
        if invite.check != check:
            raise InviteError("This invite link was changed on its way: a letter is wrong. Please copy it again.")
        return invite

    @classmethod
    def from_room_name(cls, name: str, policy: str = "hybrid") -> Self:
        """The invite of a room that tests agree on by a plain name.

        secret = HKDF-Expand(HKDF-Extract("volly/v1/room by name", UTF-8(name)), "", 32).  Whoever guesses the name
        gets in, so this is for test clients only.
        """
        prk = hkdf_extract(labels.HASH, labels.ROOM_NAME, name.encode())
        return cls(policy, hkdf_expand(labels.HASH, prk, b"", labels.INVITE_SECRET_LENGTH))

    @property
    def fragment(self) -> str:
        """What follows the `#` in the link."""
        packed = bytes([POLICY_CODES[self.policy]]) + self.secret + self.check
        return _PREFIX + base64.urlsafe_b64encode(packed).decode()

    @property
    def room_id(self) -> str:
        """What the token service and LiveKit call the room: 128 bits in 22 characters of base64url."""
        return base64.urlsafe_b64encode(self._derive(labels.ROOM_ID, labels.ROOM_ID_LENGTH)).decode().rstrip("=")

    @property
    def door_key(self) -> bytes:
        """The AES-256-GCM key, 32 bytes, for everything that is said before membership."""
        return self._derive(labels.DOOR_KEY, labels.DOOR_KEY_LENGTH)

    @property
    def psk_id(self) -> bytes:
        """Under which id the group knows the external PSK; says nothing about it."""
        return self._derive(labels.EXTERNAL_PSK_ID, labels.ROOM_ID_LENGTH)

    @property
    def psk(self) -> bytes:
        """The external PSK, 32 bytes, that every commit with an Add mixes in (RFC 9420, section 8.4)."""
        return self._derive(labels.EXTERNAL_PSK, labels.PSK_LENGTH)

    @property
    def check(self) -> bytes:
        """3 bytes by which a mistyped link is noticed before anything is sent."""
        return self._derive(labels.INVITE_CHECK, labels.INVITE_CHECK_LENGTH)

    def _derive(self, label: bytes, length: int) -> bytes:
        prk = hkdf_extract(labels.HASH, b"", self.secret)
        return hkdf_expand(labels.HASH, prk, label + bytes([POLICY_CODES[self.policy]]), length)


def _why_not_ours(fragment: str) -> str:
    if not fragment:
        return "There is no invite in this link: the part after the # is missing. Please copy the whole link."
    if _OTHER_VERSION.match(fragment):
        return "This invite link was made by a newer Volly. Please reload the page, or ask where the link comes from."
    return "This is not an invite link. An invite link ends with #v1. and 48 letters and digits."


def _split(coded: str) -> tuple[int, bytes, bytes]:
    if not _CODED.fullmatch(coded):
        raise InviteError("This invite link has letters in it that do not belong there. Please copy it again.")
    if len(coded) < _CODED_LENGTH:
        raise InviteError("This invite link is incomplete: its end is missing. Please copy the whole link.")
    if len(coded) > _CODED_LENGTH:
        raise InviteError("This invite link is too long: something was added at its end. Please copy it again.")
    packed = base64.urlsafe_b64decode(coded)
    return packed[0], packed[1 : 1 + labels.INVITE_SECRET_LENGTH], packed[1 + labels.INVITE_SECRET_LENGTH :]


def _policy_name(code: int) -> str:
    try:
        return POLICY_NAMES[code]
    except KeyError:
        raise InviteError(
            "This invite link was changed on its way, or asks for a kind of room that only a newer Volly knows."
        ) from None
