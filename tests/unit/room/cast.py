"""People as a machine sees them: ids, credentials, and members of a group that does not exist."""

from collections.abc import Iterable

from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.events import Member
from volly_browser.mls.suites import CipherSuite, suite_for
from volly_browser.room.identity.credential import Claims, Credential, member_id_of
from volly_browser.room.identity.roster import RosterEntry
from volly_browser.room.machine import Company

SUITE: CipherSuite = suite_for("classical")
GROUP = b"group of 16 byte"


def company(me: bytes, *ranking: bytes, epoch: int = 5, group_id: bytes = GROUP) -> Company:
    """A group with these members, the longest in it first."""
    return Company(group_id, epoch, me, ranking)


def with_others(me: bytes, others: Iterable[bytes]) -> Company:
    """A group in which we are the first, in its first epoch."""
    return company(me, me, *others, epoch=0)


def key_of(name: str) -> bytes:
    """The identity key of a person."""
    return name.encode().ljust(32, b".")


def id_of(name: str) -> bytes:
    """The member id of a person."""
    return member_id_of(key_of(name))


def credential(name: str, renewal: int = 1) -> Credential:
    """What a person's credential says; nobody has signed it."""
    return Credential(key_of(name), Claims(renewal, name), bytes(64))


def member(name: str, index: int = 0, renewal: int = 1, leaf_key: bytes = b"") -> Member:
    """A person as a member of a group."""
    encoded = credential(name, renewal).encode()
    return Member(index, BasicCredential(encoded), leaf_key or b"leaf key of " + name.encode() + bytes([renewal]))


def entry(name: str, index: int = 0, renewal: int = 1) -> RosterEntry:
    """A person as a member of a group, read."""
    return RosterEntry.of(SUITE, member(name, index, renewal))
