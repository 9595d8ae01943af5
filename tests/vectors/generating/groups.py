"""Vectors of clients that join a group and follow it: what the members send, and where all of them arrive."""

from random import Random

from tests.vectors.generating.party import Party, SeededEngine
from tests.vectors.runners.common import Case
from volly_browser.crypto.engine import Algorithm
from volly_browser.mls.group import PendingCommit
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.proposals import Add, ExternalPsk, Proposal, Remove
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.suites import CipherSuite

CLIENT = "client"
"""The members that follow."""

STEPS = {Algorithm.X25519: 20}
FEW_STEPS = 3
"""Epochs of a random history, by the KEM: with the large keys of the others a few fill a file."""


async def welcome(engine: SeededEngine, suite: CipherSuite) -> list[Case]:
    """One case: the second member of a group."""
    party = Party(engine, suite)
    await party.found("alice")
    bundle = await party.bundle(CLIENT)
    pending = await party.commit("alice", [Add(bundle.key_package)])
    await party.join(CLIENT, bundle, pending)
    assert pending.welcome is not None
    return [
        {
            "cipher_suite": suite.id,
            "init_priv": bundle.init_private_key.hex(),
            "signer_pub": party.groups["alice"].members()[0].signature_key.hex(),
            "key_package": bundle.message.hex(),
            "welcome": pending.welcome.hex(),
        }
    ]


async def passive_client_welcome(engine: SeededEngine, suite: CipherSuite) -> list[Case]:
    """Joining a group of one; and one of three, together with another newcomer, with a pre-shared key."""
    party = Party(engine, suite)
    await party.found("alice")
    first = await _join(party, "alice")
    party = Party(engine, suite)
    await party.found("alice")
    await party.add("alice", "bob")
    await party.add("bob", "carol")
    companion = Add((await party.bundle("dave")).key_package)
    second = await _join(party, "carol", companion, party.groups["carol"].psk_proposal(party.new_psk()))
    return [first, second]


async def passive_client_handling_commit(engine: SeededEngine, suite: CipherSuite) -> list[Case]:
    """One case: proposals by value and by reference, public and private, with a path and without."""
    party = Party(engine, suite)
    await party.found("alice")
    await party.add("alice", "bob")
    case = await _join(party, "bob", party.groups["bob"].psk_proposal(party.new_psk()))
    await party.commit("alice", public=True)
    carol = await party.bundle("carol")
    await party.propose("alice", None)
    await party.propose("alice", Add(carol.key_package), public=True)
    await party.join("carol", carol, await party.commit("bob"))
    await party.commit("carol", [party.groups["carol"].psk_proposal(party.psks[0].name)], with_path=False)
    await party.propose("carol", Remove(0))
    await party.commit("bob", public=True)
    return [_followed(party, case)]


async def passive_client_random(engine: SeededEngine, suite: CipherSuite) -> list[Case]:
    """One case: what happens is chance."""
    party, chance = Party(engine, suite), engine.chance()
    await party.found("member 0")
    party.new_psk()
    case = await _join(party, "member 0")
    for step in range(STEPS.get(suite.kem.algorithm, FEW_STEPS)):
        await _random_step(party, chance, f"member {step + 1}")
    return [_followed(party, case)]


async def _random_step(party: Party, chance: Random, newcomer: str) -> None:
    author = chance.choice([name for name in party.groups if name != CLIENT])
    others = [name for name in party.groups if name not in (author, CLIENT)]
    bundle = await party.bundle(newcomer)
    proposals: list[Proposal] = []
    if len(others) < 2 or chance.random() < 0.4:
        proposals.append(Add(bundle.key_package))
    elif chance.random() < 0.6:
        proposals.append(Remove(party.groups[leaving := chance.choice(others)].own_leaf_index))
        others.remove(leaving)
    if chance.random() < 0.3:
        proposals.append(party.groups[author].psk_proposal(party.psks[0].name))
    if others and chance.random() < 0.4:
        await party.propose(chance.choice(others), None)
    by_reference = [proposal for proposal in proposals if chance.random() < 0.4]
    for proposal in by_reference:
        await party.propose(chance.choice([author, *others]), proposal, public=chance.random() < 0.5)
    by_value = [proposal for proposal in proposals if proposal not in by_reference]
    pending = await party.commit(author, by_value, public=chance.random() < 0.5, with_path=chance.random() < 0.7)
    if pending.welcome is not None:
        await party.join(newcomer, bundle, pending)


async def _join(party: Party, author: str, *others: Proposal) -> Case:
    """Have the client join; gives its case, without epochs."""
    bundle = await party.bundle(CLIENT)
    pending = await party.commit(author, [Add(bundle.key_package), *others])
    await party.join(CLIENT, bundle, pending)
    party.epochs.clear()
    return _case(party, bundle, pending, party.groups[author].epoch_authenticator)


def _case(party: Party, bundle: KeyPackageBundle, pending: PendingCommit, authenticator: bytes) -> Case:
    assert pending.welcome is not None
    return {
        "cipher_suite": party.suite.id,
        "external_psks": [_external_psk(psk) for psk in party.psks],
        "key_package": bundle.message.hex(),
        "signature_priv": bundle.signature_key.private_key.hex(),
        "encryption_priv": bundle.encryption_private_key.hex(),
        "init_priv": bundle.init_private_key.hex(),
        "welcome": pending.welcome.hex(),
        "ratchet_tree": None,
        "initial_epoch_authenticator": authenticator.hex(),
        "epochs": [],
    }


def _external_psk(psk: PskBundle) -> Case:
    assert isinstance(psk.name, ExternalPsk)
    return {"psk_id": psk.name.psk_id.hex(), "psk": psk.secret.hex()}


def _followed(party: Party, case: Case) -> Case:
    """The case with everything that was sent since."""
    return {**case, "epochs": party.epochs}
