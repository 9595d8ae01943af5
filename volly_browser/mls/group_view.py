"""What can be asked of a group without waiting."""

from volly_browser.mls.epoch import Epoch
from volly_browser.mls.errors import GroupClosed
from volly_browser.mls.events import Member
from volly_browser.mls.extensions import Extension
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.suites import CipherSuite


class GroupView:
    """The current epoch, seen from outside.  Everything but `closed` raises GroupClosed once we were removed."""

    def __init__(self, epoch: Epoch) -> None:
        self._epoch: Epoch | None = epoch

    @property
    def suite(self) -> CipherSuite:
        """The cipher suite."""
        return self._current.suite

    @property
    def group_id(self) -> bytes:
        """The name of the group."""
        return self._current.context.group_id

    @property
    def epoch(self) -> int:
        """The number of the current epoch."""
        return self._current.context.epoch

    @property
    def own_leaf_index(self) -> int:
        """The index of our leaf."""
        return self._current.own_leaf_index

    @property
    def signature_key(self) -> SignatureKeyPair:
        """The key pair of our leaf, which signs what we send in this epoch."""
        return self._current.signature_key

    @property
    def epoch_authenticator(self) -> bytes:
        """Equal for all members of an epoch that are in the same group (section 8.7); KDF.Nh bytes."""
        return self._current.secrets.epoch_authenticator

    @property
    def resumption_psk(self) -> PskBundle:
        """What other groups can ask for, to let in only present members of this one (section 8.6)."""
        return self._current.resumption_psk

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """The extensions of the group (section 13.4)."""
        return self._current.context.extensions

    @property
    def closed(self) -> bool:
        """Whether we were removed, after which the group cannot be used any more."""
        return self._epoch is None

    def members(self) -> list[Member]:
        """All members, in the order of their leaves."""
        return [Member.at(leaf_index, leaf) for leaf_index, leaf in self._current.tree.leaves()]

    def export(self, label: str, context: bytes, length: int) -> bytes:
        """MLS-Exporter (section 8.5): `length` bytes that all members of this epoch share."""
        return self._current.secrets.export(self.suite, label.encode(), context, length)

    @property
    def _current(self) -> Epoch:
        if self._epoch is None:
            raise GroupClosed("We were removed from this group (RFC 9420, section 12.4.2).")
        return self._epoch
