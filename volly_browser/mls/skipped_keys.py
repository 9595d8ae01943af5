"""Limits how long keys of messages that have not arrived are kept within an epoch (RFC 9420, sections 9.2 and 15.3).

A message that comes late is read within the time; after it, a thief of our memory cannot read it either.  The keys of
ended epochs are deleted all together (see `past_epochs`).
"""

import math
from dataclasses import dataclass, field

from volly_browser.mls.secret_tree import RatchetType, SecretTree
from volly_browser.mls.settings import Settings

SLOTS = 8
"""Parts of the time in which keys are kept.  Keys that were skipped in one part go together, at its end."""


@dataclass(slots=True)
class SkippedKeys:
    """The ends of the skipped keys of one epoch, few however many keys there are.

    Attributes:
        settings: how long keys are kept.
        tree: has the keys.
    """

    settings: Settings
    tree: SecretTree
    _ends: dict[tuple[int, RatchetType, float], int] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, tree: SecretTree) -> "SkippedKeys":
        """Treat the keys that a tree has as if all were skipped now."""
        skipped = cls(settings, tree)
        for name in tree.ratchets:
            skipped.note(*name)
        return skipped

    def note(self, leaf_index: int, ratchet_type: RatchetType) -> None:
        """A message was received, which possibly skipped others."""
        ratchet, seconds = self.tree.ratchets[leaf_index, ratchet_type], self.settings.skipped_key_seconds
        if ratchet.skipped and math.isfinite(seconds):
            slot = max(seconds, 1) / SLOTS
            until = math.ceil((self.settings.clock() + seconds) / slot) * slot
            self._ends[leaf_index, ratchet_type, until] = ratchet.generation

    @property
    def next_expiry(self) -> float | None:
        """Return when the next keys are to be deleted, in seconds since 1970; None if there are none."""
        return min((until for _, _, until in self._ends), default=None)

    def forget_expired(self) -> None:
        """Delete the keys that have expired."""
        now = self.settings.clock()
        for name in [name for name in self._ends if name[2] <= now]:
            self.tree.forget_skipped(*name[:2], self._ends.pop(name))
