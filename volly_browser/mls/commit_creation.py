"""Creating a commit and its welcome (RFC 9420, section 12.4.1).  Nothing of the group changes: see section 14."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from volly_browser.crypto.engine import Engine, run_one
from volly_browser.mls.codec import Opaque, Struct, Uint64, Vector
from volly_browser.mls.commit import Commit
from volly_browser.mls.epoch import Epoch, Transition, advance, provisional_context
from volly_browser.mls.errors import InvalidSignature, MlsUsageError
from volly_browser.mls.events import Member
from volly_browser.mls.extensions import Extension, ExtensionType, ExternalPub
from volly_browser.mls.framing import AuthenticatedContent, CommitAuthData
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.group_info import GroupInfo, grease_extension
from volly_browser.mls.labels import all_valid
from volly_browser.mls.leaf_node import LeafNode, LeafPosition
from volly_browser.mls.leaf_validation import LeafRules
from volly_browser.mls.messages import to_message
from volly_browser.mls.padding import Padding
from volly_browser.mls.proposal_list import Applied, ProposalList
from volly_browser.mls.proposals import Add, ProposalOrRef
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.renewal import LeafRenewal
from volly_browser.mls.sending import frame, protect, sign_message
from volly_browser.mls.settings import Settings
from volly_browser.mls.tree_math import common_ancestor
from volly_browser.mls.tree_validation import check_distinct_keys
from volly_browser.mls.treekem import CreatedPath, create_path, still_valid
from volly_browser.mls.versions import WireFormat
from volly_browser.mls.welcome import GroupSecrets, PathSecret, seal_welcome


@dataclass(frozen=True, slots=True)
class PendingCommit(Struct):
    """A commit that was made but not accepted yet by the delivery service.

    Attributes:
        commit: the encoded MLSMessage for the members.
        welcome: the encoded MLSMessage for the newcomers, to be sent only after `Group.merge`; None without newcomers.
        epoch: which begins if the commit is accepted.
        added, removed: the members that come and go.
    """

    commit: Opaque
    welcome: Opaque | None
    epoch: Uint64
    added: Vector[Member]
    removed: Vector[Member]


@dataclass(frozen=True, slots=True)
class CommitRequest:
    """What to commit, and how to send it.

    Attributes:
        proposals: as they stand in the commit, by value or by reference.
        resolved: the same with references looked up.
        psk_secret: of the pre-shared keys among them.
        with_path: whether to refresh the committer's path even if it is not required.
        renewal: a new signature key and credential for the committer, who then has a path in any case.
        wire_format: private message or public message.
        authenticated_data: travels with the commit, authenticated but in the clear.
        padding: of a private message.
    """

    proposals: Sequence[ProposalOrRef]
    resolved: ProposalList
    psk_secret: bytes = field(repr=False)
    with_path: bool
    renewal: LeafRenewal | None
    wire_format: WireFormat
    authenticated_data: bytes
    padding: Padding


async def create_commit(
    engine: Engine, epoch: Epoch, settings: Settings, request: CommitRequest
) -> tuple[PendingCommit, Epoch]:
    """Make a commit with its welcome, and the epoch that it begins.

    Raises:
        InvalidProposal, InvalidKeyPackage, InvalidLeafNode, InvalidExtensions, InvalidTree: the proposals are not
            allowed, or what they add is invalid.
        InvalidSignature: of a key package.
        UnusableKey: a key of a newcomer or of a member, which it names, cannot be encrypted to.
        MlsUsageError: the signature key of the renewal is another member's.
    """
    proposals = request.resolved
    extensions = proposals.extensions(epoch.context.extensions)
    rules = LeafRules(epoch.suite, extensions, settings)
    proposals.check(epoch.own_leaf_index, epoch.tree, rules)
    await _check_newcomers(engine, epoch, proposals)
    tree = epoch.tree.copy()
    applied = proposals.apply(tree)
    rules.check_members(tree)
    check_distinct_keys(tree)
    path = None
    if request.with_path or request.renewal or proposals.needs_path:
        path = await _create_path(engine, epoch, tree, rules, renewal=request.renewal, added=frozenset(applied.added))
    message, transition = await _sign(
        engine, epoch, request, path, provisional_context(epoch.context, tree, extensions)
    )
    begun = _begin(epoch, tree, transition, path, request.renewal)
    welcome = None
    if applied.added:
        welcome = await _welcome(engine, begun, transition, path, proposals=proposals, applied=applied)
    pending = PendingCommit(
        await protect(engine, epoch, message, request.padding),
        welcome,
        begun.context.epoch,
        tuple(Member.at(*item) for item in applied.added.items()),
        tuple(Member.at(*item) for item in applied.removed.items()),
    )
    return pending, begun


async def _check_newcomers(engine: Engine, epoch: Epoch, proposals: ProposalList) -> None:
    """Check the signatures of newcomers, and that their keys can be encrypted to; two awaits if there are any."""
    if not await all_valid(engine, proposals.verifications(epoch.suite, epoch.context.group_id)):
        raise InvalidSignature("A signature of a key package or of a leaf is wrong (RFC 9420, sections 7.3, 10.1).")
    await proposals.try_keys(engine, epoch.suite)


async def _create_path(
    engine: Engine,
    epoch: Epoch,
    tree: RatchetTree,
    rules: LeafRules,
    *,
    renewal: LeafRenewal | None,
    added: frozenset[int],
) -> CreatedPath:
    own = epoch.own_leaf_index
    leaf = tree.leaf(own)
    assert leaf is not None  # the committer cannot be removed by its own commit
    if renewal:
        leaf = renewal.renewed(leaf)
        _check_renewed(tree, own, leaf, rules)
    return await create_path(
        engine,
        tree,
        leaf,
        (renewal or epoch).signature_key.private_key,
        position=LeafPosition(epoch.context.group_id, own),
        context=provisional_context(epoch.context, tree, tuple(rules.extensions)),
        added=added,
    )


def _check_renewed(tree: RatchetTree, own: int, leaf: LeafNode, rules: LeafRules) -> None:
    """Refuse a renewal of ours that all others would refuse."""
    rules.check_leaf(leaf)
    if any(other.signature_key == leaf.signature_key for index, other in tree.leaves() if index != own):
        raise MlsUsageError("The new signature key is that of another member (RFC 9420, section 7.3).")


async def _sign(
    engine: Engine, epoch: Epoch, request: CommitRequest, path: CreatedPath | None, provisional: GroupContext
) -> tuple[AuthenticatedContent, Transition]:
    """Sign the commit; return it with the epoch that it leads to and that its confirmation tag confirms."""
    commit = Commit(tuple(request.proposals), path.update_path if path else None)
    content = frame(epoch, commit, request.authenticated_data)
    signed = await sign_message(engine, epoch, request.wire_format, content)
    transition = advance(
        provisional,
        signed,
        suite=epoch.suite,
        interim=epoch.interim_transcript_hash,
        init_secret=epoch.secrets.init_secret,
        commit_secret=path.keys.commit_secret if path else epoch.suite.zero,
        psk_secret=request.psk_secret,
    )
    auth = CommitAuthData(signed.auth.signature, transition.confirmation_tag)
    return replace(signed, auth=auth), transition


def _begin(
    epoch: Epoch, tree: RatchetTree, transition: Transition, path: CreatedPath | None, renewal: LeafRenewal | None
) -> Epoch:
    """The new epoch for the committer."""
    private_keys = still_valid(epoch.private_keys, epoch.tree, tree)
    return Epoch.begin(
        tree,
        transition.context,
        transition.secrets,
        own_leaf_index=epoch.own_leaf_index,
        private_keys=private_keys | (path.keys.private_keys if path else {}),
        signature_key=(renewal or epoch).signature_key,
    )


async def _welcome(
    engine: Engine,
    begun: Epoch,
    transition: Transition,
    path: CreatedPath | None,
    *,
    proposals: ProposalList,
    applied: Applied,
) -> bytes:
    """Make the welcome for all newcomers, whose leaves are in the order of their proposals."""
    group_info = await make_group_info(engine, begun, with_tree=True)
    newcomers = []
    for add, leaf_index in zip(proposals.of(Add), applied.added, strict=True):
        above_both = common_ancestor(2 * leaf_index, 2 * begun.own_leaf_index)
        path_secret = PathSecret(path.path_secrets[above_both]) if path else None
        secrets = GroupSecrets(transition.joiner_secret, path_secret, tuple(proposals.psk_ids))
        newcomers.append((add.key_package, secrets))
    return to_message(await seal_welcome(engine, transition.member_secret, group_info, newcomers))


async def make_group_info(
    engine: Engine, epoch: Epoch, *, with_tree: bool, with_external_pub: bool = False
) -> GroupInfo:
    """The signed group info of an epoch (section 12.4.3); one await, and one more for the external public key.

    Args:
        engine: signs.
        epoch: the epoch it describes.
        with_tree: whether the ratchet tree is in it.
        with_external_pub: whether one can join with it by an external commit (section 12.4.3.2).
    """
    extensions = [grease_extension(engine)]
    if with_tree:
        extensions.append(Extension(ExtensionType.RATCHET_TREE, epoch.tree.encode()))
    if with_external_pub:
        pair = await epoch.secrets.external_key_pair(engine, epoch.suite)
        extensions.append(Extension(ExtensionType.EXTERNAL_PUB, ExternalPub(pair.public_key).encode()))
    unsigned = GroupInfo(epoch.context, tuple(extensions), epoch.confirmation_tag, epoch.own_leaf_index, b"")
    return unsigned.signed(await run_one(engine, unsigned.signing(epoch.suite, epoch.signature_key.private_key)))
