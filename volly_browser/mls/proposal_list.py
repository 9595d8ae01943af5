"""The proposals of one commit: whether they can stand together (RFC 9420, section 12.2) and what they do (12.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from volly_browser.crypto.engine import Engine, InvalidKey, Verify
from volly_browser.mls.codec import Struct
from volly_browser.mls.errors import InvalidProposal, UnknownProposal, UnusableKey
from volly_browser.mls.events import Member
from volly_browser.mls.extensions import (
    Extension,
    ExtensionType,
    ExternalSenders,
    Place,
    RequiredCapabilities,
    check_extensions,
    read_extension,
)
from volly_browser.mls.framing import MemberSender, NewMemberProposalSender, OutsideSender, Sender
from volly_browser.mls.judgement import CommitSummary
from volly_browser.mls.leaf_node import LeafNode, LeafPosition, UpdateSource, verify_leaf_node
from volly_browser.mls.leaf_validation import LeafRules
from volly_browser.mls.limits import Limits
from volly_browser.mls.proposals import (
    MAX_PSKS,
    Add,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    PreSharedKeyID,
    Proposal,
    ProposalOrRef,
    ProposalRef,
    ReInit,
    Remove,
    ResumptionPsk,
    ResumptionUsage,
    Update,
)
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.usable_keys import find_unusable, try_keys

PATH_REQUIRED = (Update, Remove, ExternalInit, GroupContextExtensions)
"""The proposals with which a commit must have a path (section 12.4)."""

ALLOWED_FROM_OUTSIDE = (Add, Remove, PreSharedKey, ReInit, GroupContextExtensions)
"""The proposals that an `external` sender may make (section 12.1.8)."""

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class SentProposal(Struct):
    """A proposal and its sender."""

    proposal: Proposal
    sender: Sender


@dataclass(frozen=True, slots=True)
class Applied:
    """What a list of proposals did to a tree: the members added and removed, by leaf index."""

    added: dict[int, LeafNode]
    removed: dict[int, LeafNode]


class NewKey(NamedTuple):
    """An encryption key, the signature key of its owner, and the owner's leaf index if it is a member."""

    encryption_key: bytes
    signature_key: bytes
    leaf_index: int | None


def resolve_proposals(
    proposals: Sequence[ProposalOrRef], committer: Sender, received: Mapping[ProposalRef, SentProposal]
) -> "ProposalList":
    """Resolve the proposals of a commit by looking up its references.

    Raises:
        UnknownProposal: one of them has not been received.
    """
    resolved = []
    for item in proposals:
        if not isinstance(item, ProposalRef):
            resolved.append(SentProposal(item, committer))
        elif item in received:
            resolved.append(received[item])
        else:
            raise UnknownProposal("The commit refers to a proposal that has not arrived (RFC 9420, section 12.4).")
    return ProposalList(tuple(resolved))


@dataclass(frozen=True, slots=True)
class ProposalList:
    """The proposals of one commit, in their order."""

    items: tuple[SentProposal, ...]

    def of(self, kind: type[Kind]) -> list[Kind]:
        """The proposals of one kind."""
        return [item.proposal for item in self.items if isinstance(item.proposal, kind)]

    @property
    def updates(self) -> list[tuple[int, LeafNode]]:
        """The leaf index and the new leaf of each Update."""
        return [
            (item.sender.leaf_index, item.proposal.leaf_node)
            for item in self.items
            if isinstance(item.proposal, Update) and isinstance(item.sender, MemberSender)
        ]

    @property
    def psk_ids(self) -> list[PreSharedKeyID]:
        """The pre-shared keys to be mixed in, in their order."""
        return [proposal.psk for proposal in self.of(PreSharedKey)]

    @property
    def needs_path(self) -> bool:
        """Whether the commit must have a path (section 12.4)."""
        return not self.items or any(isinstance(item.proposal, PATH_REQUIRED) for item in self.items)

    def extensions(self, current: tuple[Extension, ...]) -> tuple[Extension, ...]:
        """The group's extensions afterwards."""
        replacements = self.of(GroupContextExtensions)
        return replacements[0].extensions if replacements else current

    def check(self, committer: int, tree: RatchetTree, rules: LeafRules) -> None:
        """Check that a member may commit this list (section 12.2).

        Args:
            committer: the leaf index of the committer.
            tree: the tree before the commit.
            rules: for the leaves, with the extensions as they are after the commit.

        Raises:
            InvalidProposal: a proposal, or the combination of them, is not allowed.
            InvalidKeyPackage, InvalidLeafNode, InvalidExtensions: what is added or updated breaks a rule.
        """
        if self.of(ExternalInit):
            _refuse("An external init stands in a commit of a member")
        if self.of(ReInit):
            _refuse("A reinitialization is proposed, which this program does not follow")
        if len(self.of(GroupContextExtensions)) > 1:
            _refuse("The extensions of the group are replaced twice")
        self._check_size(tree, rules.settings.limits)
        for item in self.items:
            check_sender(item)
            check_proposal(item.proposal, tree, rules)
        self._check_leaves(committer, tree)
        self._check_psks()
        self._check_adds(tree)
        self.check_updates(tree, rules)

    def check_external(self, tree: RatchetTree, rules: LeafRules) -> None:
        """Check that a new member may commit this list (section 12.2).  Raises InvalidProposal."""
        if len(self.of(ExternalInit)) != 1 or len(self.of(Remove)) > 1:
            _refuse("An external commit does not have one external init and at most one remove")
        if not all(isinstance(item.proposal, ExternalInit | Remove | PreSharedKey) for item in self.items):
            _refuse("An external commit has a proposal that is not for external commits")
        self._check_size(tree, rules.settings.limits, joining=1)
        for item in self.items:
            check_proposal(item.proposal, tree, rules)
        self._check_psks()

    def _check_size(self, tree: RatchetTree, limits: Limits, joining: int = 0) -> None:
        """Check the number of proposals, and of members afterwards."""
        if len(self.items) > limits.proposals:
            _refuse(f"A commit has {len(self.items)} proposals; {limits.proposals} are the limit")
        members = sum(1 for _ in tree.leaves()) + len(self.of(Add)) - len(self.of(Remove)) + joining
        if members > limits.members:
            _refuse(f"A commit leads to {members} members; {limits.members} are the limit")

    def _check_leaves(self, committer: int, tree: RatchetTree) -> None:
        removed = [proposal.removed for proposal in self.of(Remove)]
        updated = [leaf_index for leaf_index, _ in self.updates]
        if committer in removed or committer in updated:
            _refuse("The committer removes or updates itself by a proposal")
        touched = removed + updated
        if len(touched) != len(set(touched)):
            _refuse("A member is updated or removed twice")
        if any(tree.leaf(leaf_index) is None for leaf_index in updated):
            _refuse("An update is for a leaf that is blank")

    def _check_psks(self) -> None:
        psk_ids = self.psk_ids
        if len(psk_ids) != len(set(psk_ids)):
            _refuse("A pre-shared key is mixed in twice")
        if len(psk_ids) > MAX_PSKS:
            _refuse(f"More than {MAX_PSKS} pre-shared keys are mixed in")

    def _check_adds(self, tree: RatchetTree) -> None:
        removed = {proposal.removed for proposal in self.of(Remove)}
        present = {leaf.signature_key for leaf_index, leaf in tree.leaves() if leaf_index not in removed}
        for add in self.of(Add):
            key = add.key_package.leaf_node.signature_key
            if key in present:
                _refuse("A client is added that is in the group already, or twice")
            present.add(key)

    def check_updates(self, tree: RatchetTree, rules: LeafRules) -> None:
        """Check that the updates are valid, but for their signatures.

        Raises:
            InvalidLeafNode, InvalidExtensions: a leaf breaks a rule.
            InvalidProposal: it may not replace the one before it.
        """
        for leaf_index, leaf in self.updates:
            rules.check_leaf(leaf, UpdateSource)
            check_replacement(tree, leaf_index, leaf)

    @property
    def new_keys(self) -> list[NewKey]:
        """Return the public keys of what is added and updated, to each of which a member will have to encrypt."""
        packages = [add.key_package for add in self.of(Add)]
        added = [
            NewKey(key, package.leaf_node.signature_key, None)
            for package in packages
            for key in (package.init_key, package.leaf_node.encryption_key)
        ]
        return added + [NewKey(leaf.encryption_key, leaf.signature_key, at) for at, leaf in self.updates]

    async def try_keys(self, engine: Engine, suite: CipherSuite) -> None:
        """Encrypt to each of the new keys; one await.  Raises UnusableKey."""
        keys = [new.encryption_key for new in self.new_keys]
        try:
            await try_keys(engine, suite, keys)
        except InvalidKey as error:
            new = self.new_keys[await find_unusable(engine, suite, keys)]
            raise UnusableKey(new.signature_key, new.leaf_index) from error

    @property
    def new_leaves(self) -> list[LeafNode]:
        """Return the leaves that are added, and those that replace others."""
        return [add.key_package.leaf_node for add in self.of(Add)] + [leaf for _, leaf in self.updates]

    def verifications(self, suite: CipherSuite, group_id: bytes) -> list[Verify]:
        """Make the operations that verify the signatures of what is added and updated."""
        adds = [check for add in self.of(Add) for check in add.key_package.verifications(suite)]
        return adds + [
            verify_leaf_node(suite, leaf, LeafPosition(group_id, leaf_index)) for leaf_index, leaf in self.updates
        ]

    def summary(
        self,
        tree: RatchetTree,
        extensions: tuple[Extension, ...],
        author: int | None,
        path_leaf: LeafNode | None = None,
    ) -> CommitSummary:
        """Summarise what a commit of these proposals does to a group, for the application to judge.

        Args:
            tree: before the commit; the proposals were found valid in it.
            extensions: of the group, before the commit.
            author: the leaf index of the committer, if it has one.
            path_leaf: its new leaf, if the commit has a path.
        """
        members = {leaf_index: Member.at(leaf_index, leaf) for leaf_index, leaf in tree.leaves()}
        path_leaves = () if path_leaf is None else (path_leaf,)
        leaves = [*self.updates, *((author, leaf) for leaf in path_leaves if author is not None)]
        return CommitSummary(
            author,
            tuple(members.values()),
            (*(add.key_package.leaf_node for add in self.of(Add)), *(path_leaves if author is None else ())),
            tuple(remove.removed for remove in self.of(Remove)),
            tuple((members[leaf_index], leaf) for leaf_index, leaf in leaves),
            tuple(item.psk for item in self.psk_ids),
            self.extensions(extensions) != extensions,
        )

    def apply(self, tree: RatchetTree) -> Applied:
        """Change the tree as the proposals say (section 12.3)."""
        for leaf_index, leaf in self.updates:
            tree.update(leaf_index, leaf)
        indices = {proposal.removed for proposal in self.of(Remove)}
        removed = {leaf_index: leaf for leaf_index, leaf in tree.leaves() if leaf_index in indices}
        for leaf_index in removed:
            tree.remove(leaf_index)
        newcomers = [add.key_package.leaf_node for add in self.of(Add)]
        return Applied({tree.add(newcomer): newcomer for newcomer in newcomers}, removed)


def check_sender(item: SentProposal) -> None:
    """Check that this kind of sender may make this kind of proposal (sections 6.1, 12.1.8).  Raises InvalidProposal."""
    sender, proposal = item.sender, item.proposal
    if isinstance(sender, OutsideSender) and not isinstance(proposal, ALLOWED_FROM_OUTSIDE):
        _refuse("An external sender makes a proposal that only members may make")
    if isinstance(sender, NewMemberProposalSender) and not isinstance(proposal, Add):
        _refuse("A newcomer proposes something else than to be added")


def check_proposal(proposal: Proposal, tree: RatchetTree, rules: LeafRules) -> None:
    """Check that a proposal is valid by itself (section 12.1).

    Raises:
        InvalidProposal: it is not.
        InvalidKeyPackage, InvalidLeafNode, InvalidExtensions: what it carries breaks a rule.
    """
    match proposal:
        case Add(key_package):
            rules.check_key_package(key_package)
        case Remove(removed):
            if tree.leaf(removed) is None:
                _refuse(f"Leaf {removed} is to be removed, but is blank")
        case PreSharedKey(psk_id):
            _check_psk(psk_id, rules.suite)
        case GroupContextExtensions(extensions):
            _check_group_extensions(extensions, rules.settings.limits)


def _check_psk(psk_id: PreSharedKeyID, suite: CipherSuite) -> None:
    if len(psk_id.psk_nonce) != suite.hash_length:
        _refuse("The nonce of a pre-shared key has a wrong length")
    if isinstance(psk_id.psk, ResumptionPsk) and psk_id.psk.usage != ResumptionUsage.APPLICATION:
        _refuse("A resumption key for another purpose is proposed")


def _check_group_extensions(extensions: Sequence[Extension], limits: Limits) -> None:
    check_extensions(extensions, Place.GROUP_CONTEXT, limits)
    read_extension(extensions, ExtensionType.REQUIRED_CAPABILITIES, RequiredCapabilities)
    read_extension(extensions, ExtensionType.EXTERNAL_SENDERS, ExternalSenders)


def check_replacement(tree: RatchetTree, leaf_index: int, leaf: LeafNode) -> None:
    """Check that a leaf may replace the one that a member has (section 7.3).  Raises InvalidProposal.

    The application decides whether the member may change its credential (section 5.3.1): see `Settings.judge`.
    """
    before = tree.leaf(leaf_index)
    assert before is not None  # callers have checked that
    if leaf.encryption_key == before.encryption_key:
        _refuse("A leaf keeps its encryption key although it is updated")


def _refuse(problem: str) -> None:
    raise InvalidProposal(f"{problem} (RFC 9420, sections 12.1 and 12.2).")
