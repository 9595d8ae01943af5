"""The invite: 32 random bytes and the room's policy, carried in the fragment of a link and never sent to any server.

    https://host/#v1.<base64url(policy || secret || check)>                 1 + 32 + 3 bytes, 48 characters
    https://host/#v2.<base64url(policy || secret || history || check)>  1 + 32 + 2 + 4 bytes, 52 characters

The second is of a room in which newcomers are told up to `history` messages from before they came, 1 to 500.
Everything else follows by HKDF with SHA-384 (`labels` has the labels), with these terms of the room in every
derivation, so that no change of them leads to the same room:

    prk   = HKDF-Extract(salt = "", ikm = secret)
    terms = policy, or policy || history
    x     = HKDF-Expand(prk, label_of_x || terms, length_of_x)
"""

import base64
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from volly_browser.crypto.kdf import hkdf_expand, hkdf_extract
from volly_browser.errors import LocalError
from volly_browser.room import invite_text, labels
from volly_browser.room.invite_text import Fault, Reading

POLICY_CODES = {"hybrid": 1, "post-quantum": 2, "transition": 3, "classical": 4}
"""The byte that stands for each policy in a link."""

POLICY_NAMES = {code: name for name, code in POLICY_CODES.items()}


class InviteError(LocalError):
    """The text has no usable invite link; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Invite:
    """What it takes to enter a room.

    Attributes:
        policy: the name of the room's policy, a key of `POLICY_CODES`.
        secret: 32 bytes, with which one can knock.
        history: how many messages from before it came a newcomer is told at most, 0 to 500.
    """

    policy: str
    secret: bytes = field(repr=False)
    history: int = 0

    def __post_init__(self) -> None:
        if self.policy not in POLICY_CODES:
            known = ", ".join(POLICY_CODES)
            raise InviteError(f"There is no policy called {self.policy!r}; the policies are: {known}.")
        if len(self.secret) != labels.INVITE_SECRET_LENGTH:
            raise InviteError(f"An invite has {labels.INVITE_SECRET_LENGTH} secret bytes, not {len(self.secret)}.")
        if not 0 <= self.history <= labels.HISTORY_LIMIT:
            raise InviteError(f"Newcomers are told 0 to {labels.HISTORY_LIMIT} messages, not {self.history}.")

    @classmethod
    def create(cls, policy: str = "hybrid", random: Callable[[int], bytes] = os.urandom, *, history: int = 0) -> Self:
        """Make an invite to a new room, with a link of letters and digits only.

        Programs that find links in a text leave out a `-` or `_` at the end, mail programs break lines at a `-`, and
        in markdown a `_` has a meaning, so secrets are drawn until there is neither.  That costs 2 bits of 256.

        Args:
            policy: a key of `POLICY_CODES`.
            random: returns as many random bytes as it is asked for.
            history: how many messages from before it came a newcomer is told at most, 0 to 500.

        Raises:
            InviteError: there is no such policy, or `history` is out of its range.
        """
        invite = cls(policy, random(labels.INVITE_SECRET_LENGTH), history)
        while "-" in invite.fragment or "_" in invite.fragment:
            invite = cls(policy, random(labels.INVITE_SECRET_LENGTH), history)
        return invite

    @classmethod
    def parse(cls, text: str) -> Self:
        """Find the invite in a text: a link, its fragment, what follows the `#`, or a mail with a link in it.

        Raises:
            InviteError: the link is incomplete, mistyped, from a newer Volly, or there is none.
        """
        found = invite_text.readings(text)
        for coded in invite_text.candidates(found):
            code, history, secret, check = _split(coded)
            if _is_known(code, history) and (invite := cls(POLICY_NAMES[code], secret, history or 0)).check == check:
                return invite
        raise InviteError(_fault(text, found))

    @classmethod
    def from_room_name(cls, name: str, policy: str = "hybrid") -> Self:
        """Derive the invite of a room that tests agree on by a plain name.

        secret = HKDF-Expand(HKDF-Extract("volly/v1/room by name", UTF-8(name)), "", 32).  Guessing the name is enough
        to get in, so this is for test clients only.
        """
        prk = hkdf_extract(labels.HASH, labels.ROOM_NAME, name.encode())
        return cls(policy, hkdf_expand(labels.HASH, prk, b"", labels.INVITE_SECRET_LENGTH))

    @property
    def fragment(self) -> str:
        """What follows the `#` in the link."""
        version = labels.HISTORY_INVITE_VERSION if self.history else labels.INVITE_VERSION
        policy, history = self._terms[:1], self._terms[1:]
        return f"v{version}." + base64.urlsafe_b64encode(policy + self.secret + history + self.check).decode()

    @property
    def room_id(self) -> str:
        """The room's name for the token service and LiveKit: 128 bits in 22 characters of base64url."""
        return base64.urlsafe_b64encode(self._derive(labels.ROOM_ID, labels.ROOM_ID_LENGTH)).decode().rstrip("=")

    @property
    def door_key(self) -> bytes:
        """The AES-256-GCM key, 32 bytes, for all messages at the door."""
        return self._derive(labels.DOOR_KEY, labels.DOOR_KEY_LENGTH)

    @property
    def psk_id(self) -> bytes:
        """The id of the external PSK in the group, which reveals nothing about it."""
        return self._derive(labels.EXTERNAL_PSK_ID, labels.ROOM_ID_LENGTH)

    @property
    def psk(self) -> bytes:
        """The external PSK, 32 bytes, that every commit mixes in (RFC 9420, section 8.4)."""
        return self._derive(labels.EXTERNAL_PSK, labels.PSK_LENGTH)

    @property
    def check(self) -> bytes:
        """3 bytes, or 4 in a link with a history, by which a mistyped one is noticed before anything is sent."""
        length = labels.HISTORY_INVITE_CHECK_LENGTH if self.history else labels.INVITE_CHECK_LENGTH
        return self._derive(labels.INVITE_CHECK, length)

    @property
    def _terms(self) -> bytes:
        """What the link says of the room besides the secret: the policy, and the history if there is any."""
        policy = bytes([POLICY_CODES[self.policy]])
        return policy + self.history.to_bytes(labels.INVITE_HISTORY_LENGTH, "big") if self.history else policy

    def _derive(self, label: bytes, length: int) -> bytes:
        prk = hkdf_extract(labels.HASH, b"", self.secret)
        return hkdf_expand(labels.HASH, prk, label + self._terms, length)


def _split(coded: str) -> tuple[int, int | None, bytes, bytes]:
    """The code of the policy, the history (None in a link that has none), the secret, the check."""
    packed, end = base64.urlsafe_b64decode(coded), 1 + labels.INVITE_SECRET_LENGTH
    code, secret, rest = packed[0], packed[1:end], packed[end:]
    if len(coded) != invite_text.CODED_LENGTHS[labels.HISTORY_INVITE_VERSION]:
        return code, None, secret, rest
    length = labels.INVITE_HISTORY_LENGTH
    return code, int.from_bytes(rest[:length], "big"), secret, rest[length:]


def _is_known(code: int, history: int | None) -> bool:
    """Whether there are rooms of these terms; one without a history has the shorter link."""
    return code in POLICY_NAMES and (history is None or 1 <= history <= labels.HISTORY_LIMIT)


def _fault(text: str, found: Sequence[Reading]) -> Fault:
    """Choose the most precise error; a link of unknown terms is possibly no mistake."""
    whole = [reading.coded for reading in found if reading.coded and reading.is_whole]
    if whole and not _is_known(*_split(whole[0])[:2]):
        return Fault.UNKNOWN_POLICY
    return invite_text.fault(text, found)
