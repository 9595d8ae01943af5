"""The transport identities that members have proved to be theirs, kept for longer than they are members.

After a split the members of the other half are none of ours any more.  Their identities still tell them apart from
strangers, so that no number of strangers takes what is rationed from those that a group heals with.  An identity is no
proof, since the server can use any: it gives a place and a turn, and nothing else.
"""

from volly_browser.room.latest import Latest

CONNECTIONS_LIMIT = 4096
"""Members, present and past, whose identity is remembered."""


class Connections:
    """The latest identity of each member that has proved one."""

    def __init__(self) -> None:
        self._identities = Latest[bytes, str](CONNECTIONS_LIMIT)

    def proved(self, member_id: bytes, identity: str) -> None:
        """Note that a member has signed that this is its identity, in place of an earlier one."""
        self._identities[member_id] = identity

    def forget(self, member_id: bytes) -> None:
        """Note that a member has gone for good."""
        self._identities.pop(member_id, None)

    def __contains__(self, identity: str) -> bool:
        """Whether a member, present or past, has proved that this is its identity."""
        return identity in self._identities.values()
