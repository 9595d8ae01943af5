"""Processing a commit (RFC 9420, section 12.4.2): checks first, then keys, and only then a new epoch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hmac import compare_digest

from volly_browser.crypto.engine import DecryptionFailed, Engine, InvalidKey, Verify
from volly_browser.mls.commit import Commit, UpdatePath
from volly_browser.mls.epoch import Epoch, advance, provisional_context
from volly_browser.mls.errors import (
    InvalidCommit,
    InvalidConfirmationTag,
    InvalidSignature,
    MlsError,
    UnexpectedMessage,
)
from volly_browser.mls.events import Member
from volly_browser.mls.framing import (
    AuthenticatedContent,
    CommitAuthData,
    MemberSender,
    NewMemberCommitSender,
    Sender,
    verify_content,
)
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.judgement import CommitSummary
from volly_browser.mls.labels import all_valid
from volly_browser.mls.leaf_node import CommitSource, LeafNode, LeafPosition, verify_leaf_node
from volly_browser.mls.leaf_validation import LeafRules
from volly_browser.mls.proposal_list import (
    ProposalList,
    SentProposal,
    check_replacement,
    resolve_proposals,
)
from volly_browser.mls.proposals import ExternalInit, ProposalRef, Remove
from volly_browser.mls.psk import PskBundle, find_psks, psk_secret
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.settings import Settings
from volly_browser.mls.tree_validation import check_distinct_keys
from volly_browser.mls.treekem import (
    PathKeys,
    PrivateKeys,
    decrypt_path,
    merge_path,
    still_valid,
)
from volly_browser.mls.usable_keys import try_keys


@dataclass(frozen=True, slots=True)
class Known:
    """What a member has collected beside the epoch itself.

    Attributes:
        proposals: received and sent in this epoch, by reference.
        own_updates: the private key of each leaf that we proposed by an Update, by its public key.
        psks: pre-shared keys: the application's, and those of past epochs.
    """

    proposals: Mapping[ProposalRef, SentProposal]
    own_updates: Mapping[bytes, bytes] = field(repr=False)
    psks: Sequence[PskBundle]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a commit led to; `next` is None if it removes us."""

    next: Epoch | None
    sender: Member
    added: tuple[Member, ...]
    removed: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class _Checked:
    """A commit whose proposals, path and signatures are in order, applied to a copy of the tree.

    Attributes:
        committer: the leaf index of the committer, in `tree`.
        proposals: of the commit, looked up.
        added, removed: leaves that come and go, the committer of an external commit included.
        without_path: the tree with the proposals applied.
        tree: the same with the update path.
        context: the provisional group context, with the hash of `tree`.
    """

    commit: Commit
    committer: int
    proposals: ProposalList
    added: Mapping[int, LeafNode]
    removed: Mapping[int, LeafNode]
    without_path: RatchetTree
    tree: RatchetTree
    context: GroupContext


async def process_commit(
    engine: Engine, epoch: Epoch, settings: Settings, message: AuthenticatedContent, known: Known
) -> Outcome:
    """Check a commit, and derive the epoch that it leads to; `epoch` itself does not change.

    Raises:
        UnknownProposal, InvalidProposal, InvalidKeyPackage, InvalidLeafNode, InvalidExtensions, InvalidTree,
        InvalidCommit, InvalidSignature, InvalidConfirmationTag, MissingPsk, UnexpectedMessage: see there.
        RemoteError: the application's judgement.
    """
    checked, verifications = _check(epoch, settings, message, known)
    if not await all_valid(engine, verifications):
        raise InvalidSignature("A signature of or in the commit is wrong (RFC 9420, sections 6.1, 7.3, 10.1).")
    await _check_new_keys(engine, checked)
    leaf = checked.tree.leaf(checked.committer)
    assert leaf is not None  # a committer cannot remove itself
    removes_us = epoch.own_leaf_index in checked.removed
    following = None if removes_us else await _follow(engine, epoch, message, checked, known)
    settings.judge(_summary(epoch, message, checked))
    return Outcome(
        following,
        Member.at(checked.committer, leaf),
        tuple(Member.at(*item) for item in checked.added.items()),
        tuple(Member.at(*item) for item in checked.removed.items()),
    )


def _summary(epoch: Epoch, message: AuthenticatedContent, checked: _Checked) -> CommitSummary:
    sender, path = message.content.sender, checked.commit.path
    author = sender.leaf_index if isinstance(sender, MemberSender) else None
    extensions = epoch.context.extensions
    summary = checked.proposals.summary(epoch.tree, extensions, author, path.leaf_node if path else None)
    return replace(summary, authenticated_data=message.content.authenticated_data)


def _check(
    epoch: Epoch, settings: Settings, message: AuthenticatedContent, known: Known
) -> tuple[_Checked, list[Verify]]:
    """Check everything that needs no keys; return the signatures that remain to be verified."""
    commit, sender = message.content.content, message.content.sender
    assert isinstance(commit, Commit)
    if len(commit.proposals) > settings.limits.proposals:
        raise InvalidCommit(f"A commit has {len(commit.proposals)} proposals, too many for this program.")
    proposals = resolve_proposals(commit.proposals, sender, known.proposals)
    extensions = proposals.extensions(epoch.context.extensions)
    rules = LeafRules(epoch.suite, extensions, settings)
    if commit.path is None and proposals.needs_path:
        raise InvalidCommit("The commit has no path although its proposals need one (RFC 9420, section 12.4).")
    committer, signature_key = _check_sender(epoch, commit, sender, proposals, rules)
    tree = epoch.tree.copy()
    applied = proposals.apply(tree)
    without_path, added = tree.copy(), dict(applied.added)
    verifications = proposals.verifications(epoch.suite, epoch.context.group_id)
    verifications.append(verify_content(epoch.suite, signature_key, message, epoch.context))
    verifications += [check for leaf in proposals.new_leaves for check in settings.vouching(leaf)]
    if commit.path:
        rules.check_leaf(commit.path.leaf_node, CommitSource)
        _check_path_keys(tree, commit.path)
        if committer is None:
            committer = tree.add(commit.path.leaf_node)
            added[committer] = commit.path.leaf_node
        merge_path(tree, committer, commit.path, frozenset(applied.added))
        position = LeafPosition(epoch.context.group_id, committer)
        verifications.append(verify_leaf_node(epoch.suite, commit.path.leaf_node, position))
        verifications += settings.vouching(commit.path.leaf_node)
    rules.check_members(tree)
    check_distinct_keys(tree)
    context = provisional_context(epoch.context, tree, extensions)
    assert committer is not None  # a commit without path comes from a member
    checked = _Checked(commit, committer, proposals, added, applied.removed, without_path, tree, context)
    return checked, verifications


def _check_sender(
    epoch: Epoch, commit: Commit, sender: Sender, proposals: ProposalList, rules: LeafRules
) -> tuple[int | None, bytes]:
    """Check that the sender may commit this; return its leaf index, if it has one already, and its signature key."""
    if isinstance(sender, MemberSender):
        leaf = epoch.keys.sender(sender.leaf_index)
        proposals.check(sender.leaf_index, epoch.tree, rules)
        if commit.path:
            check_replacement(epoch.tree, sender.leaf_index, commit.path.leaf_node)
        return sender.leaf_index, leaf.signature_key
    if not isinstance(sender, NewMemberCommitSender) or commit.path is None:
        raise UnexpectedMessage("A commit comes from someone who may not send one (RFC 9420, section 6.1).")
    if any(isinstance(item, ProposalRef) for item in commit.proposals):
        raise InvalidCommit("An external commit has proposals by reference (RFC 9420, section 12.4.3.2).")
    proposals.check_external(epoch.tree, rules)
    for remove in proposals.of(Remove):
        check_replacement(epoch.tree, remove.removed, commit.path.leaf_node)
    return None, commit.path.leaf_node.signature_key


def _check_path_keys(tree: RatchetTree, path: UpdatePath) -> None:
    """Check that the keys of an update path are well formed and new (section 12.4.2)."""
    keys = [path.leaf_node.encryption_key, *(node.encryption_key for node in path.nodes)]
    if any(len(key) != tree.suite.kem.public_key_length for key in keys):
        raise InvalidCommit("A key of the update path has a wrong length (RFC 9420, section 5.1.1).")
    if len(set(keys)) != len(keys) or not set(keys).isdisjoint(tree.encryption_keys()):
        raise InvalidCommit("A key of the update path is not new (RFC 9420, section 12.4.2).")


async def _check_new_keys(engine: Engine, checked: _Checked) -> None:
    """Check that the keys which the commit brings into the tree can be encrypted to; one await."""
    keys = [new.encryption_key for new in checked.proposals.new_keys]
    if checked.commit.path:
        path = checked.commit.path
        keys += [path.leaf_node.encryption_key, *(node.encryption_key for node in path.nodes)]
    try:
        await try_keys(engine, checked.tree.suite, keys)
    except InvalidKey as error:
        raise InvalidCommit("A key of the commit is malformed (RFC 9420, section 5.1.1).") from error


async def _follow(
    engine: Engine, epoch: Epoch, message: AuthenticatedContent, checked: _Checked, known: Known
) -> Epoch:
    """Enter the new epoch; what fails from here on is the fault of the committer, whose signature is verified."""
    try:
        return await _enter(engine, epoch, message, checked, known)
    except MlsError as error:
        error.signed_by = checked.committer
        raise


async def _enter(engine: Engine, epoch: Epoch, message: AuthenticatedContent, checked: _Checked, known: Known) -> Epoch:
    """Derive the new epoch, and check that the committer has arrived at the same."""
    found = find_psks(checked.proposals.psk_ids, known.psks)
    init_secret = await _init_secret(engine, epoch, checked.proposals)
    private_keys, path_keys = await _private_keys(engine, epoch, checked, known)
    assert isinstance(message.auth, CommitAuthData)
    transition = advance(
        checked.context,
        message,
        suite=epoch.suite,
        interim=epoch.interim_transcript_hash,
        init_secret=init_secret,
        commit_secret=path_keys.commit_secret,
        psk_secret=psk_secret(epoch.suite, found),
    )
    if not compare_digest(transition.confirmation_tag, message.auth.confirmation_tag):
        raise InvalidConfirmationTag(
            "The committer has arrived at another state, or used another pre-shared key (RFC 9420, section 12.4.2)."
        )
    return Epoch.begin(
        checked.tree,
        transition.context,
        transition.secrets,
        own_leaf_index=epoch.own_leaf_index,
        private_keys=still_valid(private_keys, checked.without_path, checked.tree) | path_keys.private_keys,
        signature_key=epoch.signature_key,
    )


async def _private_keys(engine: Engine, epoch: Epoch, checked: _Checked, known: Known) -> tuple[PrivateKeys, PathKeys]:
    """Return the private keys that we still know after the proposals are applied, and those that the path gives us."""
    private_keys = still_valid(epoch.private_keys, epoch.tree, checked.without_path)
    own_leaf = checked.without_path.leaf(epoch.own_leaf_index)
    assert own_leaf is not None  # else we would be removed
    if own_leaf.encryption_key in known.own_updates:
        private_keys[2 * epoch.own_leaf_index] = known.own_updates[own_leaf.encryption_key]
    if checked.commit.path is None:
        return private_keys, PathKeys({}, epoch.suite.zero)
    path_keys = await decrypt_path(
        engine,
        checked.tree,
        private_keys,
        own_leaf_index=epoch.own_leaf_index,
        sender=checked.committer,
        update_path=checked.commit.path,
        context=checked.context,
        added=frozenset(checked.added),
    )
    return private_keys, path_keys


async def _init_secret(engine: Engine, epoch: Epoch, proposals: ProposalList) -> bytes:
    """Return the init secret with which the new epoch begins (section 8.3)."""
    external = proposals.of(ExternalInit)
    if not external:
        return epoch.secrets.init_secret
    try:
        return await epoch.secrets.receive_init_secret(engine, epoch.suite, external[0].kem_output)
    except (DecryptionFailed, InvalidKey) as error:
        raise InvalidCommit("The init secret of an external commit does not open (RFC 9420, section 8.3).") from error
