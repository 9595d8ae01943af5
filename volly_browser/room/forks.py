"""Which of two branches of a group stays, where their logs have no epoch in common any more.

Otherwise the orders that split them tell; see `commits`.
"""

from typing import NamedTuple

from volly_browser.mls.codec import DecodeError
from volly_browser.mls.errors import UnexpectedMessage
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.messages import MLSMessage
from volly_browser.mls.suites import CipherSuite
from volly_browser.room.identity import MAX_SENIORITY, Identity, IdentityError
from volly_browser.room.rejoining import members_of


class Standing(NamedTuple):
    """Sorts the branches of one group: the one that stays comes first."""

    group_id: bytes
    eldest: tuple[int, bytes]
    fewness: int
    confirmation_tag: bytes


def standing_of(suite: CipherSuite, group_info: bytes) -> Standing:
    """Of the branch that an encoded group info describes.

    Raises:
        UnexpectedMessage, InvalidTree, InvalidWelcome, DecodeError: it is malformed.
    """
    members = members_of(suite, group_info)
    info = MLSMessage.decode(group_info).body
    if not isinstance(info, GroupInfo):
        raise UnexpectedMessage("The message is not a group info (RFC 9420, section 12.4.3).")
    eldest = min(_rank(member.identity) for member in members)
    return Standing(info.group_context.group_id, eldest, -len(members), info.confirmation_tag)


def _rank(credential: bytes) -> tuple[int, bytes]:
    try:
        identity = Identity.read(credential)
    except (IdentityError, DecodeError):
        return MAX_SENIORITY, credential
    return identity.seniority, identity.member_id
