"""Receiving a message (RFC 9420, section 6): finds its epoch, its sender, and its effect.

A receiver serves one message.  It changes two things, both of them last and only for a good message: it uses up the
message's key, and it keeps a proposal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from volly_browser.crypto.engine import Engine, run_one
from volly_browser.mls.application_data import open_data
from volly_browser.mls.commit import Commit
from volly_browser.mls.commit_processing import Known, process_commit
from volly_browser.mls.epoch import Epoch, MessageKeys
from volly_browser.mls.errors import (
    FutureEpoch,
    InvalidSignature,
    NotForThisGroup,
    PastEpoch,
    UnexpectedMessage,
)
from volly_browser.mls.events import (
    ApplicationMessage,
    CommitApplied,
    Event,
    Member,
    ProposalReceived,
    RemovedFromGroup,
)
from volly_browser.mls.framing import ApplicationData, AuthenticatedContent, ContentType, MemberSender, verify_content
from volly_browser.mls.labels import all_valid
from volly_browser.mls.leaf_node import LeafNode
from volly_browser.mls.leaf_validation import LeafRules
from volly_browser.mls.past_epochs import PastEpochs
from volly_browser.mls.private_message import PrivateMessage, SenderData, ratchet_type_of
from volly_browser.mls.proposal_list import ProposalList, SentProposal, check_proposal, check_sender
from volly_browser.mls.proposal_store import ProposalStore, signature_key_of
from volly_browser.mls.proposals import proposal_reference
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.public_message import PublicMessage, unprotect_public
from volly_browser.mls.settings import Settings
from volly_browser.mls.skipped_keys import SkippedKeys

Received = tuple[Event, Epoch | None]
"""An event, and for an applied commit the epoch that follows."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """The state of a member when a message arrives."""

    engine: Engine
    epoch: Epoch
    past: PastEpochs
    skipped: SkippedKeys | None
    proposals: ProposalStore
    settings: Settings

    async def receive(self, message: PublicMessage | PrivateMessage, psks: Sequence[PskBundle]) -> Received:
        """Take the message; return its event, and for an applied commit the epoch that follows.

        Raises:
            NotForThisGroup, PastEpoch, FutureEpoch: it is of another group or epoch.
            OwnMessage, UnknownSender: it is ours, or of no member.
            UndecryptableMessage, SecretReuse, TooFarAhead, InvalidMembershipTag, InvalidSignature, DecodeError: it is
                not authentic, a duplicate, or malformed.
            MlsError: a proposal or a commit breaks a rule; see `commit_processing`.
        """
        if isinstance(message, PrivateMessage):
            return await self._receive_private(message, psks)
        return await self._receive_public(message, psks)

    async def _receive_private(self, message: PrivateMessage, psks: Sequence[PskBundle]) -> Received:
        keys = self._keys_for(message.group_id, message.epoch, message.content_type)
        if message.content_type == ContentType.APPLICATION:
            return await self._receive_data(keys, message), None
        opened = await keys.open(self.engine, message)
        if isinstance(opened.message.content.content, Commit):
            return await self._receive_commit(opened.message, psks)
        event = await self._receive_proposal(opened.message)
        self._consume(keys, opened.sender_data, message.content_type)
        return event, None

    async def _receive_data(self, keys: MessageKeys, message: PrivateMessage) -> ApplicationMessage:
        opened = await open_data(self.engine, keys, message)
        self._consume(keys, opened.sender_data, message.content_type)
        sender = opened.sender_data
        return ApplicationMessage(
            Member.at(sender.leaf_index, opened.leaf),
            opened.data,
            message.authenticated_data,
            message.epoch,
            sender.generation,
        )

    def _consume(self, keys: MessageKeys, sender: SenderData, content_type: ContentType) -> None:
        """Delete the key of a message that proved to be good (section 9.2)."""
        ratchet_type = ratchet_type_of(content_type)
        keys.secret_tree.consume(sender.leaf_index, ratchet_type, sender.generation)
        if self.skipped and keys is self.epoch.keys:
            self.skipped.note(sender.leaf_index, ratchet_type)

    async def _receive_public(self, message: PublicMessage, psks: Sequence[PskBundle]) -> Received:
        content, epoch = message.content, self.epoch
        self._keys_for(content.group_id, content.epoch, content.content_type)
        unprotected = unprotect_public(epoch.suite, message, epoch.context, epoch.secrets.membership_key)
        if isinstance(content.content, Commit):
            return await self._receive_commit(unprotected, psks)
        return await self._receive_proposal(unprotected), None

    def _keys_for(self, group_id: bytes, epoch: int, content_type: ContentType) -> MessageKeys:
        """Return the keys of a message's epoch: the current one, or for data a past one (section 15.3)."""
        current = self.epoch.context
        if group_id != current.group_id:
            raise NotForThisGroup("The message is for another group (RFC 9420, section 6).")
        if epoch == current.epoch:
            return self.epoch.keys
        if epoch > current.epoch:
            raise FutureEpoch(f"The message is from epoch {epoch}, but we are in {current.epoch} (12.4.2).", epoch)
        keys = self.past.find(epoch) if content_type == ContentType.APPLICATION else None
        if keys is None:
            raise PastEpoch(f"The message is from epoch {epoch}, which is over; we are in {current.epoch}.", epoch)
        return keys

    async def _verify(self, keys: MessageKeys, message: AuthenticatedContent, signature_key: bytes) -> None:
        verification = verify_content(keys.suite, signature_key, message, keys.context)
        if not await run_one(self.engine, verification):
            raise InvalidSignature("The signature of a message is wrong (RFC 9420, section 6.1).")

    async def _receive_proposal(self, message: AuthenticatedContent) -> Event:
        proposal, sender = message.content.content, message.content.sender
        if isinstance(proposal, ApplicationData | Commit):
            raise UnexpectedMessage("The message is not a proposal (RFC 9420, section 12.1).")
        signature_key = signature_key_of(self.epoch, sender, proposal)
        await self._verify(self.epoch.keys, message, signature_key)
        sent = SentProposal(proposal, sender)
        check_sender(sent)
        rules = LeafRules(self.epoch.suite, self.epoch.context.extensions, self.settings)
        check_proposal(proposal, self.epoch.tree, rules)
        await self._check_carried(ProposalList((sent,)), rules)
        self._judge(sent)
        reference = proposal_reference(self.epoch.suite, message.encode())
        self.proposals.add(reference, sent)
        leaf = self.epoch.tree.leaf(sender.leaf_index) if isinstance(sender, MemberSender) else None
        return ProposalReceived(_member(message, leaf) if leaf else None, proposal, reference)

    def _judge(self, sent: SentProposal) -> None:
        """Ask the application as if the sender committed this: a proposal that all will refuse is not to wait."""
        author = sent.sender.leaf_index if isinstance(sent.sender, MemberSender) else None
        summary = ProposalList((sent,)).summary(self.epoch.tree, self.epoch.context.extensions, author)
        self.settings.judge(summary)

    async def _check_carried(self, proposal: ProposalList, rules: LeafRules) -> None:
        """Check what a proposal adds or updates: a bad one that waits would keep all members from committing."""
        suite = self.epoch.suite
        proposal.check_updates(self.epoch.tree, rules)
        if not await all_valid(self.engine, proposal.verifications(suite, self.epoch.context.group_id)):
            raise InvalidSignature("A signature in a proposal is wrong (RFC 9420, sections 7.3, 10.1).")
        await proposal.try_keys(self.engine, suite)

    async def _receive_commit(self, message: AuthenticatedContent, psks: Sequence[PskBundle]) -> Received:
        held = (*psks, *self.past.resumption_psks, self.epoch.resumption_psk)
        known = Known(self.proposals.proposals, self.proposals.own_updates, held)
        outcome = await process_commit(self.engine, self.epoch, self.settings, message, known)
        number = self.epoch.context.epoch + 1
        if outcome.next is None:
            return RemovedFromGroup(outcome.sender, number, outcome.added), None
        return CommitApplied(outcome.sender, outcome.added, outcome.removed, number), outcome.next


def _member(message: AuthenticatedContent, leaf: LeafNode) -> Member:
    sender = message.content.sender
    assert isinstance(sender, MemberSender)  # no other sender has a leaf
    return Member.at(sender.leaf_index, leaf)
