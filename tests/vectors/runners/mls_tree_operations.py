"""tree-operations.json.  One of its leaves has a wrong signature, so signatures are no matter here."""

from tests.vectors.runners.common import Case, Mismatch, expect, unhex, within
from tests.vectors.runners.shapes import HEX, UINT16, UINT32, Record
from volly_browser.crypto.engine import Engine
from volly_browser.mls.codec import codec_for
from volly_browser.mls.framing import MemberSender
from volly_browser.mls.proposal_list import ProposalList, SentProposal
from volly_browser.mls.proposals import Add, Proposal, Remove, Update
from volly_browser.mls.ratchet_tree import RatchetTree
from volly_browser.mls.suites import suite_for

SHAPE = Record(
    cipher_suite=UINT16,
    tree_before=HEX,
    proposal=HEX,
    proposal_sender=UINT32,
    tree_hash_before=HEX,
    tree_after=HEX,
    tree_hash_after=HEX,
)


async def run(engine: Engine, case: Case) -> None:
    """Apply one proposal to a tree."""
    suite = suite_for(case["cipher_suite"])
    encoded, hash_before, encoded_after, hash_after = unhex(
        case, "tree_before", "tree_hash_before", "tree_after", "tree_hash_after"
    )
    with within("tree_before"):
        tree = RatchetTree.decode(suite, encoded)
        expect(tree.encode(), encoded, "its encoding")
    expect(tree.tree_hash(), hash_before, "tree_hash_before")
    with within("proposal"):
        proposal = codec_for(Proposal).decode(bytes.fromhex(case["proposal"]))
        if not isinstance(proposal, Add | Update | Remove):
            raise Mismatch("it is neither add nor update nor remove")
        ProposalList((SentProposal(proposal, MemberSender(case["proposal_sender"])),)).apply(tree)
    expect(tree.encode(), encoded_after, "tree_after")
    expect(tree.tree_hash(), hash_after, "tree_hash_after")
