"""Who a member says it is: the content of its MLS credential."""

from dataclasses import dataclass
from typing import Annotated, Self

from volly_browser.errors import RemoteError
from volly_browser.mls.codec import DecodeError, FixedOpaque, Struct, Uint32, Utf8
from volly_browser.room import labels
from volly_browser.room.identity.names import clean_name

MAX_SENIORITY = (1 << 32) - 1


class IdentityError(RemoteError):
    """A credential does not hold an identity of this version."""


@dataclass(frozen=True, slots=True)
class Identity(Struct):
    """What stands in the basic credential of a leaf (RFC 9420, section 5.3).

    Attributes:
        member_id: 16 random bytes, new for each visit to a room.
        seniority: 0 for whoever began the group, for others one more than the highest they saw when they knocked.
            It orders the members, in the same way for all who are in the same epoch; see `roster`.
        name: the display name, which may be empty.
    """

    member_id: Annotated[bytes, FixedOpaque(labels.MEMBER_ID_LENGTH)]
    seniority: Uint32
    name: Annotated[str, Utf8(labels.NAME_BYTES_LIMIT)]

    @classmethod
    def read(cls, credential: bytes) -> Self:
        """The identity in a credential, its name made fit to be shown.  Raises IdentityError."""
        try:
            identity = cls.decode(credential)
        except DecodeError as error:
            raise IdentityError(f"A credential holds no identity. {error}") from error
        return cls(identity.member_id, identity.seniority, clean_name(identity.name))
