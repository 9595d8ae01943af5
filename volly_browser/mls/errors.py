"""Why a message, a tree or a call is refused: one class for each thing that a caller may want to treat differently.

`MlsError` came from outside (a `RemoteError`), and leaves the group as it was.  `MlsUsageError` is the caller's.
Errors of encoding are `codec.DecodeError` and `codec.EncodeError`.
"""

from volly_browser.errors import LocalError, RemoteError


class MlsError(RemoteError):
    """Base of all errors of what others sent.

    Attributes:
        signed_by: the leaf index of the member that signed a commit which leads this member to no epoch; None if
            nothing proves whose fault it is.
    """

    signed_by: int | None = None


class NotForThisGroup(MlsError):
    """The message names another group id; it is not broken, only not ours (RFC 9420, section 6)."""


class WrongEpoch(MlsError):
    """The message belongs to another epoch than the current one (section 12.4.2, section 6.3)."""

    def __init__(self, problem: str, epoch: int) -> None:
        super().__init__(problem)
        self.epoch = epoch


class PastEpoch(WrongEpoch):
    """The message is from an epoch whose keys are gone."""


class FutureEpoch(WrongEpoch):
    """The message is from an epoch that this member has not entered: a commit is missing."""


class OwnMessage(MlsError):
    """The message is our own, come back; its key was deleted when it was encrypted (section 9.2)."""


class UnexpectedMessage(MlsError):
    """A well-formed message of a kind that has no place here (section 6)."""


class UndecryptableMessage(MlsError):
    """The sender data or the content does not open with the group's keys (section 6.3)."""


class UnknownSender(MlsError):
    """The sender is a blank leaf, beyond the tree, or not an allowed kind of sender (sections 6.1, 6.3.2)."""


class SecretReuse(MlsError):
    """The key of this message was used or dropped before: a duplicate, or too late (section 9.2)."""


class TooFarAhead(MlsError):
    """The sender's generation skips more messages than we are ready to derive keys for (section 15.3)."""


class InvalidSignature(MlsError):
    """A signature does not verify with the sender's key (section 5.1.2, section 6.1)."""


class InvalidMembershipTag(MlsError):
    """A public message was not made by a member, or was changed (section 6.2)."""


class InvalidConfirmationTag(MlsError):
    """The sender of a commit or of a group info arrived at another state than we did (section 6.1)."""


class InvalidLeafNode(MlsError):
    """A leaf node breaks a rule of section 7.3."""


class WrongTime(InvalidLeafNode):
    """A key package is not valid now, by our clock: its author's clock is wrong, or ours, or it is old (section 7.2).

    Attributes:
        seconds: how far it is from being valid, more than the tolerance; below zero if it has expired.
    """

    def __init__(self, seconds: float) -> None:
        state = "not yet" if seconds > 0 else "no longer"
        super().__init__(f"A key package is {state} valid, by {abs(seconds):.0f} seconds (RFC 9420, section 7.3).")
        self.seconds = seconds


class InvalidKeyPackage(MlsError):
    """A key package breaks a rule of section 10.1."""


class InvalidExtensions(MlsError):
    """A list of extensions repeats a type, or has one that members do not support (section 13.4)."""


class InvalidTree(MlsError):
    """A ratchet tree breaks a rule of section 7 or 12.4.3.1."""


class InvalidProposal(MlsError):
    """A proposal, or the list of them in a commit, breaks a rule of sections 12.1 and 12.2."""


class UnknownProposal(MlsError):
    """A commit refers to a proposal that has not arrived (section 12.4)."""


class InvalidCommit(MlsError):
    """A commit or its update path breaks a rule of section 12.4."""


class InvalidWelcome(MlsError):
    """A welcome or its group info breaks a rule of section 12.4.3."""


class NotForUs(MlsError):
    """The welcome names none of our key packages; it is not broken, only not ours (section 12.4.3.1)."""


class MissingPsk(MlsError):
    """A pre-shared key is asked for that this member does not have (sections 8.4, 12.4.2)."""


class UnusableKey(MlsError):
    """A key of a member or a newcomer cannot be encrypted to; without it, the rest can go on (section 7.5).

    Attributes:
        signature_key: of the member or newcomer that brought it in.
        leaf_index: of the member, whose removal takes the key away; None for a newcomer.
    """

    def __init__(self, signature_key: bytes, leaf_index: int | None = None) -> None:
        culprit = "a newcomer" if leaf_index is None else f"the member at leaf {leaf_index}"
        super().__init__(f"Nobody can encrypt to a key of {culprit} (RFC 9420, section 5.1.1).")
        self.signature_key = signature_key
        self.leaf_index = leaf_index


class InvalidState(MlsError):
    """A stored state was damaged, or its parts contradict each other."""


class MlsUsageError(LocalError):
    """A call that the state of the group does not allow."""


class GroupClosed(MlsUsageError):
    """This member was removed from the group and cannot use it any more."""


class StalePending(MlsUsageError):
    """The pending commit was made in an epoch that has ended, or was discarded (section 14)."""


class CommitFirst(MlsUsageError):
    """Proposals wait: they must be committed before application data is sent (section 12.4)."""
