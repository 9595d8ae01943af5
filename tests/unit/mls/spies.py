"""Spies, which should not follow a group any more: with stolen keys, or those of a removed member."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from tests.unit.mls.party import ENGINE, twin
from volly_browser.crypto.engine import DecryptionFailed
from volly_browser.errors import VollyError
from volly_browser.mls.commit import Commit
from volly_browser.mls.epoch import Epoch
from volly_browser.mls.events import CommitApplied
from volly_browser.mls.group import Group
from volly_browser.mls.labels import decrypt_with_label
from volly_browser.mls.messages import MLSMessage
from volly_browser.mls.private_message import PrivateMessage
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.public_message import PublicMessage
from volly_browser.mls.treekem import UPDATE_PATH_LABEL, PrivateKeys


@dataclass(frozen=True)
class Step:
    """A group's way from one epoch to the next.

    Attributes:
        message: the encoded commit.
        commit: what is in it.
        before, after: the epochs, as some member sees them.
        psks: that all have, spies included.
    """

    message: bytes
    commit: Commit
    before: Epoch
    after: Epoch
    psks: Sequence[PskBundle]

    async def opened_with(self, private_keys: PrivateKeys) -> int:
        """How many path secrets some private keys open, whether they are meant for them or not."""
        context = replace(
            self.before.context,
            epoch=self.after.context.epoch,
            tree_hash=self.after.context.tree_hash,
            extensions=self.after.context.extensions,
        ).encode()
        nodes, suite = self.commit.path.nodes if self.commit.path else (), self.before.suite
        count = 0
        for sealed in [sealed for node in nodes for sealed in node.encrypted_path_secret]:
            for key in private_keys.values():
                try:
                    await decrypt_with_label(
                        ENGINE, suite, key, label=UPDATE_PATH_LABEL, context=context, sealed=sealed
                    )
                except DecryptionFailed:
                    continue
                count += 1
        return count


@dataclass
class Thief:
    """Has the whole state of a member, and follows the group with it until the member heals."""

    victim: Group
    stolen: Group

    @classmethod
    def of(cls, victim: Group) -> "Thief":
        """Make a spy that reads a member's memory now."""
        return cls(victim, twin(victim))

    async def follows(self, step: Step) -> None:
        """Follow the commit of another member, by which the spy does not lose the stolen keys."""
        assert isinstance(await self.stolen.process(step.message, step.psks), CommitApplied)
        assert self.stolen.epoch_authenticator == step.after.secrets.epoch_authenticator


class Ghost:
    """A state from which the group must be closed: that of a member before its removal, or before it healed."""

    def __init__(self, state: Group) -> None:
        self._state = twin(state)
        self._private_keys = state._current.private_keys

    async def haunts_in_vain(self, step: Step) -> None:
        """Neither follows a commit, nor opens anything in it by hand."""
        with contextlib.suppress(VollyError):
            assert not isinstance(await self._state.process(step.message, step.psks), CommitApplied)
        assert await step.opened_with(self._private_keys) == 0

    async def reads_in_vain(self, message: bytes) -> None:
        """Cannot read what is said."""
        await refused(self._state, message)


async def refused(group: Group, message: bytes, psks: Sequence[PskBundle] = ()) -> None:
    """This member cannot make anything of a message."""
    with pytest.raises(VollyError):
        await group.process(message, psks)


async def open_commit(member: Group, message: bytes) -> Commit:
    """What is in a commit, seen by a member that has not processed it yet, and does not."""
    body = MLSMessage.decode(message).body
    if isinstance(body, PublicMessage):
        content = body.content.content
    else:
        assert isinstance(body, PrivateMessage)
        content = (await twin(member)._current.keys.open(ENGINE, body)).message.content.content
    assert isinstance(content, Commit)
    return content
