"""Draws the ids of branches, so that they are the same in every run: real ones come from keys, which no seed decides.

A room breaks ties by them, between two branches of one group in the same epoch.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from unittest.mock import patch

from volly_browser.mls.group import Group
from volly_browser.room import labels


@contextmanager
def drawn_branches(random: Random) -> Iterator[None]:
    """Give each branch the next id that is drawn, when the first of its members enters it."""
    drawn: dict[bytes, bytes] = {}
    export = Group.export

    def export_drawn(group: Group, label: str, context: bytes, length: int) -> bytes:
        exported = export(group, label, context, length)
        if label == labels.BRANCH and exported not in drawn:
            drawn[exported] = random.randbytes(length)
        return drawn.get(exported, exported)

    with patch.object(Group, "export", export_drawn):
        yield
