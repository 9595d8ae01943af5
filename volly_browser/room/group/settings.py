"""The settings of a room's groups: whose leaves are valid, and how much is kept."""

from collections.abc import Callable, Sequence

from volly_browser.crypto.engine import Verify
from volly_browser.mls.events import Member
from volly_browser.mls.judgement import CommitSummary
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.limits import Limits
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CipherSuite
from volly_browser.room import labels
from volly_browser.room.identity.vouching import vouching

PAST_EPOCHS = 8
"""Past epochs whose messages can still be read for a while: members sometimes commit in quick succession."""


def settings_of(
    suite: CipherSuite,
    room_id: str,
    clock: Callable[[], float],
    judge: Callable[[CommitSummary], None],
    judge_members: Callable[[tuple[Member, ...]], None],
) -> Settings:
    """Return the settings of a room's groups: in each leaf, its member's identity vouches for the key in this room."""

    def vouched(leaf: LeafNode) -> Sequence[Verify]:
        return vouching(suite, room_id, leaf)

    return Settings(
        clock=clock,
        judge=judge,
        judge_members=judge_members,
        max_lifetime=None,
        past_epochs=PAST_EPOCHS,
        limits=Limits(members=labels.ROOM_LIMIT, known_extensions=frozenset({labels.KNOCK_EXTENSION})),
        vouching=vouched,
    )
