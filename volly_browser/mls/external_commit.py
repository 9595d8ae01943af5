"""Joining by an external commit (RFC 9420, section 12.4.3.2): with a group info, and without the help of a member.

Also the way back for a member that has lost the thread: it removes its earlier self in the same commit.
"""

from dataclasses import dataclass, replace

from volly_browser.crypto.engine import Engine, InvalidKey
from volly_browser.mls.commit import Commit
from volly_browser.mls.epoch import Epoch, advance, provisional_context
from volly_browser.mls.errors import InvalidWelcome
from volly_browser.mls.extensions import ExtensionType, ExternalPub, read_extension
from volly_browser.mls.framing import (
    AuthenticatedContent,
    CommitAuthData,
    FramedContent,
    FramedContentAuthData,
    NewMemberCommitSender,
    sign_content,
)
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.joining import decode_tree, verify_group_info
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.key_schedule import make_init_secret
from volly_browser.mls.leaf_node import LeafPosition
from volly_browser.mls.leaf_validation import LeafRules
from volly_browser.mls.messages import to_message
from volly_browser.mls.proposal_list import ProposalList, SentProposal
from volly_browser.mls.proposals import ExternalInit, Proposal, Remove
from volly_browser.mls.psk import PskBundle, find_psks, psk_proposal, psk_secret
from volly_browser.mls.public_message import protect_public
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.transcript import interim_transcript_hash
from volly_browser.mls.tree_validation import check_distinct_keys
from volly_browser.mls.treekem import create_path
from volly_browser.mls.versions import WireFormat


@dataclass(frozen=True, slots=True)
class ExternalJoin:
    """What a newcomer joins with.

    Attributes:
        bundle: a key package of ours, of which the leaf and the signature key are used.
        removed: the leaf index of our earlier self, if there is one.
        psks: the pre-shared keys to mix in, which the members must have, too.
        authenticated_data: travels with the commit in the clear.
    """

    bundle: KeyPackageBundle
    removed: int | None = None
    psks: tuple[PskBundle, ...] = ()
    authenticated_data: bytes = b""


async def join_by_external_commit(
    engine: Engine,
    info: GroupInfo,
    join: ExternalJoin,
    settings: Settings,
    *,
    ratchet_tree: bytes | None,
) -> tuple[bytes, Epoch]:
    """Make the encoded MLSMessage for the members, and the epoch that begins if they accept it.

    Raises:
        InvalidTree, InvalidLeafNode, InvalidExtensions, InvalidSignature, DecodeError: see `joining`.
        InvalidWelcome: the group info is for another suite, or has no external public key that can be used.
        InvalidProposal: there is no member at the leaf that is to be removed.
    """
    suite = join.bundle.suite
    tree = decode_tree(suite, info, ratchet_tree, settings.limits)
    await verify_group_info(engine, info, tree, settings)
    external = read_extension(info.extensions, ExtensionType.EXTERNAL_PUB, ExternalPub)
    if external is None:
        raise InvalidWelcome("The group info has no key for external commits (RFC 9420, section 12.4.3.2).")
    try:
        kem_output, init_secret = await make_init_secret(engine, suite, external.external_pub)
    except InvalidKey as error:
        raise InvalidWelcome("Nobody can encrypt to the group's key for external commits (RFC 9420, 8.3).") from error
    proposals = _proposals(engine, join, kem_output)
    rules = LeafRules(suite, info.group_context.extensions, settings)
    proposals.check_external(tree, rules)
    proposals.apply(tree)
    position = LeafPosition(info.group_context.group_id, tree.add(join.bundle.key_package.leaf_node))
    context = provisional_context(info.group_context, tree, info.group_context.extensions)
    path = await create_path(
        engine,
        tree,
        join.bundle.key_package.leaf_node,
        join.bundle.signature_key.private_key,
        position=position,
        context=context,
    )
    rules.check_members(tree)
    check_distinct_keys(tree)
    signed = await _sign(engine, suite, info, join, Commit(_values(proposals), path.update_path))
    transition = advance(
        replace(context, tree_hash=tree.tree_hash()),
        signed,
        suite=suite,
        interim=interim_transcript_hash(suite, info.group_context.confirmed_transcript_hash, info.confirmation_tag),
        init_secret=init_secret,
        commit_secret=path.keys.commit_secret,
        psk_secret=psk_secret(suite, find_psks(proposals.psk_ids, join.psks)),
    )
    message = replace(signed, auth=CommitAuthData(signed.auth.signature, transition.confirmation_tag))
    epoch = Epoch.begin(
        tree,
        transition.context,
        transition.secrets,
        own_leaf_index=position.leaf_index,
        private_keys=path.keys.private_keys,
        signature_key=join.bundle.signature_key,
    )
    return to_message(protect_public(suite, message, info.group_context, b"")), epoch


def _proposals(engine: Engine, join: ExternalJoin, kem_output: bytes) -> ProposalList:
    removal = () if join.removed is None else (Remove(join.removed),)
    psks = [psk_proposal(engine, join.bundle.suite, psk.name) for psk in join.psks]
    proposals: tuple[Proposal, ...] = (ExternalInit(kem_output), *removal, *psks)
    return ProposalList(tuple(SentProposal(proposal, NewMemberCommitSender()) for proposal in proposals))


def _values(proposals: ProposalList) -> tuple[Proposal, ...]:
    return tuple(item.proposal for item in proposals.items)


async def _sign(
    engine: Engine, suite: CipherSuite, info: GroupInfo, join: ExternalJoin, commit: Commit
) -> AuthenticatedContent:
    """Sign the commit as the newcomer (section 6.1); it still needs its confirmation tag."""
    context = info.group_context
    content = FramedContent(context.group_id, context.epoch, NewMemberCommitSender(), join.authenticated_data, commit)
    signature = await sign_content(
        engine,
        suite,
        join.bundle.signature_key.private_key,
        wire_format=WireFormat.PUBLIC_MESSAGE,
        content=content,
        context=context,
    )
    return AuthenticatedContent(WireFormat.PUBLIC_MESSAGE, content, FramedContentAuthData(signature))
