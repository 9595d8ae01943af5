"""External commits in a room: only members come in by them, and only into their own place.

RFC 9420 (section 12.4.3.2) lets anybody with a GroupInfo join like this and remove somebody.  Here a newcomer knocks
instead, and an external commit is taken from none but a member that has lost the thread: it removes the leaf with its
own signature key, and mixes in the invite's pre-shared key as every joining does.
"""

from collections.abc import Sequence

from volly_browser.errors import RemoteError
from volly_browser.mls.commit import Commit
from volly_browser.mls.errors import UnexpectedMessage
from volly_browser.mls.events import Member
from volly_browser.mls.framing import NewMemberCommitSender
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.joining import read_tree
from volly_browser.mls.messages import MLSMessage
from volly_browser.mls.proposals import ExternalInit, PreSharedKey, Psk, Remove
from volly_browser.mls.public_message import PublicMessage
from volly_browser.mls.suites import CipherSuite


class RejoinRefused(RemoteError):
    """Somebody wants to come in by an external commit, and may not."""


def members_of(suite: CipherSuite, group_info: bytes) -> list[Member]:
    """Everyone in the group that an encoded group info describes.

    Raises:
        UnexpectedMessage: it is none.
        InvalidWelcome, InvalidTree, DecodeError: there is no tree, it is malformed, or not that of the group.
    """
    info = MLSMessage.decode(group_info).body
    if not isinstance(info, GroupInfo):
        raise UnexpectedMessage("The message is not a group info (RFC 9420, section 12.4.3).")
    return [Member.at(leaf_index, leaf) for leaf_index, leaf in read_tree(suite, info, None).leaves()]


def check_rejoin(message: PublicMessage, members: Sequence[Member], psks: Sequence[Psk]) -> None:
    """Whether a public message is the external commit of a member that comes back.  Raises RejoinRefused."""
    commit = message.content.content
    if not isinstance(message.content.sender, NewMemberCommitSender) or not isinstance(commit, Commit):
        raise RejoinRefused("A message in the clear is no external commit.")
    if commit.path is None:
        raise RejoinRefused("An external commit has no path.")
    removed = [item.removed for item in commit.proposals if isinstance(item, Remove)]
    mixed_in = [item.psk.psk for item in commit.proposals if isinstance(item, PreSharedKey)]
    others = [item for item in commit.proposals if not isinstance(item, Remove | PreSharedKey | ExternalInit)]
    if others or mixed_in != list(psks):
        raise RejoinRefused("An external commit does more than to come back, or lacks the invite's key.")
    earlier = [member for member in members if member.leaf_index in removed]
    leaf = commit.path.leaf_node
    if [(member.credential, member.signature_key) for member in earlier] != [(leaf.credential, leaf.signature_key)]:
        raise RejoinRefused("An external commit comes from somebody who is no member, or takes another one's place.")
