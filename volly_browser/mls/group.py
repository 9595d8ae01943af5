"""A group, seen by one member (RFC 9420): bytes in, bytes and events out.

    alice = await Group.create(engine, suite, group_id, alice_bundle)
    pending = await alice.commit([Add(bob_bundle.key_package)])
    alice.merge(pending)                                    # once the commit is accepted
    bob = await Group.join(engine, pending.welcome, bob_bundle)
    event = await bob.process(await alice.encrypt(b"hello"))

A call that raises leaves the group as it was.  Calls that wait run one after the other, in the order of their making;
`merge` and `discard` are single steps, and a call that waits meanwhile finishes for the epoch in which it began.
"""

import asyncio
from collections.abc import Sequence

from volly_browser.crypto.engine import Engine
from volly_browser.mls.application_data import seal_data
from volly_browser.mls.commit_creation import CommitRequest, PendingCommit, create_commit, make_group_info
from volly_browser.mls.epoch import Epoch, first_context
from volly_browser.mls.errors import CommitFirst, MlsUsageError, PastEpoch, StalePending, UnexpectedMessage
from volly_browser.mls.events import Event, Member, RemovedFromGroup
from volly_browser.mls.extensions import Extension, Place, check_extensions
from volly_browser.mls.external_commit import ExternalJoin, join_by_external_commit
from volly_browser.mls.framing import ApplicationData, ContentType, MemberSender
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.group_view import GroupView
from volly_browser.mls.joining import join_by_welcome
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.key_schedule import EpochSecrets
from volly_browser.mls.messages import MLSMessage, to_message
from volly_browser.mls.padding import Padding, bucket
from volly_browser.mls.past_epochs import PastEpochs
from volly_browser.mls.private_message import PrivateMessage
from volly_browser.mls.proposal_list import ProposalList, SentProposal
from volly_browser.mls.proposal_store import ProposalStore, by_value
from volly_browser.mls.proposals import PreSharedKey, Proposal, Psk, proposal_reference
from volly_browser.mls.psk import PskBundle, find_psks, psk_proposal, psk_secret
from volly_browser.mls.public_message import PublicMessage
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.receiving import Receiver
from volly_browser.mls.renewal import LeafRenewal
from volly_browser.mls.sending import frame, protect, sign_message
from volly_browser.mls.settings import Settings
from volly_browser.mls.skipped_keys import SkippedKeys
from volly_browser.mls.state import MemberState, read_state, write_state
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.update import make_update
from volly_browser.mls.versions import WireFormat
from volly_browser.mls.welcome import Welcome

__all__ = ["ExternalJoin", "Group", "LeafRenewal", "Member", "PendingCommit", "Settings"]


class Group(GroupView):
    """A member's state of a group.  Made by `create`, `join` and `join_external`.

    Attributes:
        engine: computes.
        settings: the application's choices.
    """

    def __init__(self, engine: Engine, epoch: Epoch, settings: Settings) -> None:
        super().__init__(epoch)
        self.engine = engine
        self.settings = settings
        self._past = PastEpochs(settings)
        self._skipped: SkippedKeys | None = SkippedKeys.of(settings, epoch.keys.secret_tree)
        self._proposals = ProposalStore(self.settings.limits.proposals)
        self._pending: tuple[PendingCommit, Epoch] | None = None
        self._lock = asyncio.Lock()

    @classmethod
    async def create(
        cls,
        engine: Engine,
        suite: CipherSuite,
        group_id: bytes,
        creator: KeyPackageBundle,
        *,
        extensions: Sequence[Extension] = (),
        settings: Settings | None = None,
    ) -> "Group":
        """A new group with one member, in epoch 0 (section 11).

        Args:
            engine: computes.
            suite: the cipher suite of the group.
            group_id: a name that no other group has.
            creator: the key package whose leaf becomes the first member's.
            extensions: of the group.
            settings: the application's choices.

        Raises:
            MlsUsageError: the key package is for another suite.
            InvalidExtensions: an extension is there twice, or is unknown or too large.
        """
        if creator.suite.id != suite.id:
            raise MlsUsageError("The creator's key package is for another cipher suite than the group.")
        settings = settings or Settings()
        check_extensions(extensions, Place.GROUP_CONTEXT, settings.limits)
        tree = RatchetTree(suite, [creator.key_package.leaf_node])
        epoch = Epoch.begin(
            tree,
            first_context(tree, group_id, tuple(extensions)),
            EpochSecrets.from_epoch_secret(suite, engine.random(suite.hash_length)),
            own_leaf_index=0,
            private_keys={0: creator.encryption_private_key},
            signature_key=creator.signature_key,
        )
        return cls(engine, epoch, settings)

    @classmethod
    async def join(
        cls,
        engine: Engine,
        welcome: bytes,
        bundles: KeyPackageBundle | Sequence[KeyPackageBundle],
        psks: Sequence[PskBundle] = (),
        *,
        optional_psks: Sequence[PskBundle] = (),
        ratchet_tree: bytes | None = None,
        settings: Settings | None = None,
    ) -> "Group":
        """Join by a welcome (section 12.4.3.1).  The bundle that was used is to be deleted afterwards.

        Args:
            engine: computes.
            welcome: the encoded MLSMessage.
            bundles: our key packages, one of which is possibly meant.
            psks: the application's pre-shared keys, each of which the commit that adds us must have mixed in.
            optional_psks: others that it may have.
            ratchet_tree: where the welcome does not have it, from elsewhere.
            settings: the application's choices.

        Raises:
            NotForUs: the welcome is for none of the key packages.
            UnexpectedMessage: the message is not a welcome.
            DecodeError, MlsError: it is malformed or not authentic; see `joining`.
        """
        body = MLSMessage.decode(welcome).body
        if not isinstance(body, Welcome):
            raise UnexpectedMessage("The message is not a welcome (RFC 9420, section 12.4.3.1).")
        settings = settings or Settings()
        epoch = await join_by_welcome(
            engine,
            body,
            [bundles] if isinstance(bundles, KeyPackageBundle) else bundles,
            settings,
            psks=psks,
            optional_psks=optional_psks,
            ratchet_tree=ratchet_tree,
        )
        return cls(engine, epoch, settings)

    @classmethod
    async def join_external(
        cls,
        engine: Engine,
        group_info: bytes,
        join: ExternalJoin,
        *,
        ratchet_tree: bytes | None = None,
        settings: Settings | None = None,
    ) -> tuple["Group", bytes]:
        """Join by an external commit (section 12.4.3.2).

        Args:
            engine: computes.
            group_info: the encoded MLSMessage that `Group.group_info` gives.
            join: our key package and the like.
            ratchet_tree: where the group info does not have it, from elsewhere.
            settings: the application's choices.

        Returns:
            The group, to be used once the members have accepted the commit, and the commit, an encoded MLSMessage.

        Raises:
            UnexpectedMessage: the message is not a group info.
            DecodeError, MlsError: it is malformed or not authentic; see `external_commit`.
        """
        body = MLSMessage.decode(group_info).body
        if not isinstance(body, GroupInfo):
            raise UnexpectedMessage("The message is not a group info (RFC 9420, section 12.4.3).")
        settings = settings or Settings()
        commit, epoch = await join_by_external_commit(engine, body, join, settings, ratchet_tree=ratchet_tree)
        return cls(engine, epoch, settings), commit

    @classmethod
    async def import_state(cls, engine: Engine, data: bytes, settings: Settings | None = None) -> "Group":
        """Go on from the bytes of `export_state`, which were kept safe since.

        Args:
            engine: computes.
            data: the state, unsealed.
            settings: the application's choices, which the state does not have.

        Raises:
            DecodeError: the bytes are malformed, or of another version.
            MlsError: they were damaged, or their parts contradict each other; see `state`.
        """
        settings = settings or Settings()
        state = await read_state(engine, data, settings)
        group = cls(engine, state.epoch, settings)
        group._past, group._proposals, group._pending = state.past, state.proposals, state.pending
        return group

    async def export_state(self) -> bytes:
        """Export all that we know of the group after the calls before this one, the pending commit included.

        The bytes hold every secret: seal them before they are stored, and write over the ones before, which still have
        the keys that were deleted since.

        Never go on twice from one state, nor from one that is older than our last message: a message key would be used
        for two messages.  The reuse guard (RFC 9420, section 6.3.1) only makes it unlikely that their nonces are the
        same too, and the members take the second one for a duplicate.  So store the state after every call that gives
        a message, before the message leaves; or else begin with a commit, since a new epoch has new keys, and with a
        public one, which uses no message key itself, where a commit or a proposal may have been the last message.

        Raises:
            GroupClosed: we were removed.
            UnknownSuite: the suite is not in the table of `suites`.
        """
        async with self._lock:
            self.forget_expired()
            return write_state(MemberState(self._current, self._past, self._proposals, self._pending))

    @property
    def pending(self) -> PendingCommit | None:
        """The latest commit of ours in this epoch, if it was neither merged nor discarded."""
        return self._pending[0] if self._pending else None

    @property
    def has_proposals(self) -> bool:
        """Whether proposals wait, which must be committed before application data is sent (section 12.4)."""
        return bool(self._proposals)

    def psk_proposal(self, name: Psk) -> PreSharedKey:
        """The proposal to mix in a pre-shared key that all members have, with a fresh nonce (section 8.4)."""
        return psk_proposal(self.engine, self.suite, name)

    async def commit(
        self,
        proposals: Sequence[Proposal] = (),
        psks: Sequence[PskBundle] = (),
        *,
        with_path: bool = True,
        renewal: LeafRenewal | None = None,
        public: bool = False,
        authenticated_data: bytes = b"",
        padding: Padding = bucket,
    ) -> PendingCommit:
        """A commit of these proposals and of those that wait (section 12.4.1), which changes nothing until merged.

        There is one pending commit at most: this one takes the place of the one before, which is then as if discarded.

        Args:
            proposals: sent within the commit; without any, the commit only refreshes our keys.
            psks: the application's pre-shared keys.
            with_path: False to leave out the update path where the proposals allow it.
            renewal: a new signature key and credential for our leaf, ours from the merge on; needs a path, and gets it.
            public: whether to send a PublicMessage, which a server can read.
            authenticated_data: travels with the commit in the clear.
            padding: how long the content of a PrivateMessage is made.

        Raises:
            GroupClosed: we were removed.
            MlsError: a proposal is not allowed, or what it adds is invalid; see `commit_creation`.
            UnusableKey: a key of a newcomer or of a member, which it names, cannot be encrypted to.
            MissingPsk: a pre-shared key is neither among `psks` nor of one of the last epochs.
            MlsUsageError: the signature key of the renewal is another member's.
        """
        async with self._lock:
            epoch = self._current
            references = self._proposals.committable(epoch.own_leaf_index, beside=proposals)
            waiting = [self._proposals.proposals[reference] for reference in references]
            resolved = ProposalList((*by_value(proposals, epoch.own_leaf_index), *waiting))
            held = (*psks, *self._past.resumption_psks, epoch.resumption_psk)
            request = CommitRequest(
                (*proposals, *references),
                resolved,
                psk_secret(epoch.suite, find_psks(resolved.psk_ids, held)),
                with_path,
                renewal,
                WireFormat.PUBLIC_MESSAGE if public else WireFormat.PRIVATE_MESSAGE,
                authenticated_data,
                padding,
            )
            pending, following = await create_commit(self.engine, epoch, self.settings, request)
            if self._epoch is epoch:
                self._pending = pending, following
            return pending

    def merge(self, pending: PendingCommit) -> None:
        """Enter the epoch of a commit of ours that was accepted (section 14).

        Raises:
            StalePending: the group has entered another epoch since the commit was made, or it was discarded, or
                replaced by a later one.
        """
        if self._pending is None or self._pending[0] != pending:
            raise StalePending("This commit is of an epoch that is over, or is no longer kept (RFC 9420, section 14).")
        self._enter(self._pending[1])

    def discard(self, pending: PendingCommit) -> None:
        """Forget a commit of ours that was not accepted (section 14)."""
        if self.pending == pending:
            self._pending = None

    def next_expiry(self) -> float | None:
        """When `forget_expired` is to be called next, in seconds since 1970 by `Settings.clock`; None for never."""
        ends = (self._past.next_expiry, self._skipped.next_expiry if self._skipped else None)
        return min((end for end in ends if end is not None), default=None)

    def forget_expired(self) -> None:
        """Delete expired keys: of past epochs, and of messages that others have overtaken.

        `process` does so too, so this is for quiet times.
        """
        self._past.forget_expired()
        if self._skipped:
            self._skipped.forget_expired()

    async def propose(
        self, proposal: Proposal, *, public: bool = False, authenticated_data: bytes = b"", padding: Padding = bucket
    ) -> bytes:
        """A proposal for others, or for us, to commit (section 12.1); gives the encoded MLSMessage.

        Raises:
            GroupClosed: we were removed.
            InvalidProposal: too many proposals wait already.
        """
        async with self._lock:
            wire_format = WireFormat.PUBLIC_MESSAGE if public else WireFormat.PRIVATE_MESSAGE
            return await self._propose(self._current, proposal, wire_format, authenticated_data, padding)

    async def propose_update(self) -> bytes:
        """A proposal to replace our leaf's key, for another member to commit (section 12.1.2).  Raises as `propose`."""
        async with self._lock:
            epoch = self._current
            update, private_key = await make_update(self.engine, epoch)
            if self._epoch is epoch:
                self._proposals.add_own_update(update.leaf_node.encryption_key, private_key)
            return await self._propose(epoch, update, WireFormat.PRIVATE_MESSAGE, b"", bucket)

    async def encrypt(self, data: bytes, authenticated_data: bytes = b"", *, padding: Padding = bucket) -> bytes:
        """Data for all members (section 15); gives the encoded MLSMessage.

        Args:
            data: of the application.
            authenticated_data: travels with the message in the clear.
            padding: how long the content is made, so that its length says less.

        Raises:
            GroupClosed: we were removed.
            CommitFirst: proposals wait for a commit.
        """
        async with self._lock:
            epoch = self._current
            if self._proposals:
                raise CommitFirst("Proposals wait and must be committed first (RFC 9420, section 12.4).")
            content = frame(epoch, ApplicationData(data), authenticated_data)
            return to_message(await seal_data(self.engine, epoch, content, padding))

    async def process(
        self, message: bytes, psks: Sequence[PskBundle] = (), *, only: ContentType | None = None
    ) -> Event:
        """Take in a message of another member (sections 6, 12.1, 12.4.2).

        Args:
            message: the encoded MLSMessage.
            psks: the application's pre-shared keys, for commits that ask for them.
            only: if given, nothing is taken but a PrivateMessage with this type of content.

        Returns:
            ApplicationMessage, ProposalReceived, CommitApplied or, where a commit removes us, RemovedFromGroup, after
            which the group is closed.

        Raises:
            GroupClosed: we were removed before.
            UnexpectedMessage: it is no message within a group, or not `only` what was expected.
            NotForThisGroup, PastEpoch, FutureEpoch, OwnMessage: the message is of another group or epoch, or ours.
            SecretReuse, TooFarAhead: its key was used before, or is too far away.
            DecodeError, MlsError: it is malformed, not authentic, or breaks a rule; see `receiving`.
        """
        body = MLSMessage.decode(message).body
        if not isinstance(body, PublicMessage | PrivateMessage):
            raise UnexpectedMessage(f"A {type(body).__name__} is not a message within a group (RFC 9420, section 6).")
        if only and (isinstance(body, PublicMessage) or body.content_type != only):
            raise UnexpectedMessage(f"A message was to hold {only.name.lower()} content, sealed, and does not.")
        async with self._lock:
            epoch = self._current
            self.forget_expired()
            receiver = Receiver(self.engine, epoch, self._past, self._skipped, self._proposals, self.settings)
            event, following = await receiver.receive(body, psks)
            if following is not None or isinstance(event, RemovedFromGroup):
                self._check_still_in(epoch)
                self._enter(following)
            return event

    async def group_info(self, *, with_tree: bool = True) -> bytes:
        """The signed group info of this epoch, with which one can join by an external commit (section 12.4.3.2).

        It reveals the members, so it is not for the public.  Returns the encoded MLSMessage.  Raises GroupClosed.
        """
        async with self._lock:
            info = await make_group_info(self.engine, self._current, with_tree=with_tree, with_external_pub=True)
            return to_message(info)

    async def _propose(
        self, epoch: Epoch, proposal: Proposal, wire_format: WireFormat, authenticated_data: bytes, padding: Padding
    ) -> bytes:
        message = await sign_message(self.engine, epoch, wire_format, frame(epoch, proposal, authenticated_data))
        encoded = await protect(self.engine, epoch, message, padding)
        if self._epoch is epoch:
            sent = SentProposal(proposal, MemberSender(epoch.own_leaf_index))
            self._proposals.add(proposal_reference(epoch.suite, message.encode()), sent)
        return encoded

    def _check_still_in(self, epoch: Epoch) -> None:
        """Refuse the commit of another member if one of ours was merged while it was processed."""
        if self._epoch is not epoch:
            number = epoch.context.epoch
            raise PastEpoch(f"A commit of ours ended epoch {number} while another was processed (section 14).", number)

    def _enter(self, following: Epoch | None) -> None:
        """Enter the next epoch, or, if there is none for us, delete all secrets."""
        if following is None:
            self._past.clear()
            self._skipped = None
        else:
            self._past.ended(self._current)
            self._skipped = SkippedKeys(self.settings, following.keys.secret_tree)
        self._epoch = following
        self._proposals = ProposalStore(self.settings.limits.proposals)
        self._pending = None
