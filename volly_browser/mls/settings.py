"""The application's choices for its groups: time, lifetimes, how long keys are kept, which credentials to believe."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from volly_browser.crypto.engine import Verify
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.events import Member
from volly_browser.mls.judgement import CommitSummary
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.limits import DEFAULT_LIMITS, Limits


def accept_basic(leaf: LeafNode) -> bool:
    """Believe every basic credential, and no other kind."""
    return isinstance(leaf.credential, BasicCredential)


def vouch_for_nothing(leaf: LeafNode) -> Sequence[Verify]:
    """Let nothing be verified besides what MLS verifies."""
    return ()


def accept_commit(commit: CommitSummary) -> None:
    """Refuse no commit that MLS allows."""


def accept_members(members: tuple[Member, ...]) -> None:
    """Join every group."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices that RFC 9420 leaves to the application.

    Attributes:
        clock: seconds since 1970.
        limits: bounds on the parts of what others send.
        clock_skew: seconds by which the clocks of honest members can differ; a key package is taken that much too early
            or too late.  Leaves that are in a group already are never too old (section 7.3).
        max_lifetime: seconds; key packages that are valid for longer are refused (section 7.2).  None for any.
        past_epochs: how many epochs back application messages can still be read (section 15.3).
        past_epoch_seconds: for how long after their end.
        skipped_key_seconds: for how long messages of the current epoch can be read that others have overtaken; up to an
            eighth longer, as keys are deleted together.
        resumption_epochs: for how many epochs back the resumption PSK is kept (section 8.6).
        authenticate: the Authentication Service (section 5.3.1): whether a leaf's credential is true.
        vouching: the signatures in a leaf's credential, as operations.  They are verified with the leaf's own if it is
            added, replaces another, or is in the tree of a group that we are about to join.  Can raise a RemoteError.
        judge: refuses, by raising a `RemoteError`, what others commit or propose.  It is asked once all else was found
            valid, signatures and, unless the commit removes us, the confirmation tag; nothing has changed by then.
        judge_members: the same for the members of a group that we are about to join, by a welcome or from outside.
    """

    clock: Callable[[], float] = time.time
    limits: Limits = DEFAULT_LIMITS
    clock_skew: float = 3 * 24 * 3600
    max_lifetime: float | None = 90 * 24 * 3600
    past_epochs: int = 2
    past_epoch_seconds: float = 10.0
    skipped_key_seconds: float = 60.0
    resumption_epochs: int = 4
    authenticate: Callable[[LeafNode], bool] = accept_basic
    vouching: Callable[[LeafNode], Sequence[Verify]] = vouch_for_nothing
    judge: Callable[[CommitSummary], None] = accept_commit
    judge_members: Callable[[tuple[Member, ...]], None] = accept_members
