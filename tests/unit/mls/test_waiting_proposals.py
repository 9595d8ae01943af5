"""A proposal that nobody could commit is not kept: as long as it waited, nobody could commit or say anything else."""

from dataclasses import replace

import pytest

from tests.unit.mls.party import ENGINE, Party, bundle, flip
from tests.unit.mls.stage import package_signed_again
from tests.unit.mls.test_receiving import forge, refuses
from volly_browser.mls.errors import InvalidLeafNode, InvalidProposal, InvalidSignature, MlsError, UnusableKey
from volly_browser.mls.leaf_node import LeafPosition, UpdateSource, sign_leaf_node
from volly_browser.mls.proposals import Add, Proposal, Update
from volly_browser.mls.update import make_update

NO_KEY = bytes(32)
"""Of the right length, and yet one that X25519 cannot encrypt to."""


async def hopeless(party: Party) -> dict[str, tuple[Proposal, type[MlsError]]]:
    """Proposals of the first member that break a rule, and how they are refused."""
    epoch, newcomer = party[0]._current, await bundle("new")
    update, _ = await make_update(ENGINE, epoch)
    leaf, package = update.leaf_node, newcomer.key_package
    key, position = epoch.signature_key.private_key, LeafPosition(epoch.context.group_id, 0)
    old = epoch.tree.leaf(0)
    assert old is not None

    async def signed(**changes: object) -> Update:
        return Update(await sign_leaf_node(ENGINE, epoch.suite, replace(leaf, **changes), key, position))  # type: ignore[arg-type]

    return {
        "a leaf of another source": (Update(old), InvalidLeafNode),
        "the key that is there already": (await signed(encryption_key=old.encryption_key), InvalidProposal),
        "a key that is none": (await signed(encryption_key=NO_KEY), UnusableKey),
        "a leaf of another member": (await signed(signature_key=newcomer.signature_key.public_key), InvalidSignature),
        "a wrong signature of a leaf": (Update(replace(leaf, signature=flip(leaf.signature, 0))), InvalidSignature),
        "a wrong signature of a key package": (
            Add(replace(package, signature=flip(package.signature, 0))),
            InvalidSignature,
        ),
        "an init key that is none": (
            Add(await package_signed_again(replace(package, init_key=NO_KEY), newcomer)),
            UnusableKey,
        ),
    }


async def test_a_proposal_that_nobody_could_commit_is_refused_and_keeps_nobody_from_talking() -> None:
    party = await Party.of(3)
    for what, (proposal, error) in (await hopeless(party)).items():
        message = await forge(party[0], proposal)
        try:
            for member in party.members[1:]:
                await refuses(member, message, error)
        except BaseException as problem:
            problem.add_note(f"in the case: {what}")
            raise
    await party.all_talk()
    await party.commit(1)


@pytest.mark.parametrize("public", [True, False])
async def test_what_is_right_is_kept(public: bool) -> None:
    party = await Party.of(3)
    update, _ = await make_update(ENGINE, party[0]._current)
    assert isinstance(update.leaf_node.source, UpdateSource)
    message = await party[0].propose(Add((await bundle("new")).key_package), public=public)
    await party[1].process(message)
    await party[1].process(await party[0].propose_update())
    assert len(party[1]._proposals.proposals) == 2
