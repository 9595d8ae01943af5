"""passive-client-welcome.json and passive-client-handling-commit.json: join a group and follow it."""

from collections.abc import Sequence

from tests.vectors.runners.common import Case, Mismatch, expect, unhex, within
from tests.vectors.runners.shapes import HEX, UINT16, Array, OrNull, Record
from volly_browser.crypto.engine import DerivePublicKey, Engine, run_one
from volly_browser.mls.events import CommitApplied, Event, ProposalReceived
from volly_browser.mls.group import Group
from volly_browser.mls.key_package import KeyPackage, KeyPackageBundle
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.leaf_node import Lifetime
from volly_browser.mls.proposals import ExternalPsk
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import suite_for

EVERY_EPOCH = 1 << 32
"""Resumption secrets are kept from the beginning on: a case may ask for any of them."""

FAR_FUTURE = 3_400_000_000
"""Seconds since 1970; many of the key packages are valid for ever."""

EPOCH = Record(proposals=Array(HEX), commit=HEX, epoch_authenticator=HEX)
SHAPE = Record(
    cipher_suite=UINT16,
    external_psks=Array(Record(psk_id=HEX, psk=HEX)),
    key_package=HEX,
    signature_priv=HEX,
    encryption_priv=HEX,
    init_priv=HEX,
    welcome=HEX,
    ratchet_tree=OrNull(HEX),
    initial_epoch_authenticator=HEX,
    epochs=Array(EPOCH),
)


async def run(engine: Engine, case: Case) -> None:
    """One client's life."""
    psks = [_external_psk(item) for item in case["external_psks"]]
    tree = case["ratchet_tree"]
    bundle = await _bundle(engine, case)
    with within("welcome"):
        group = await Group.join(
            engine,
            bytes.fromhex(case["welcome"]),
            bundle,
            optional_psks=psks,
            ratchet_tree=None if tree is None else bytes.fromhex(tree),
            settings=_settings(bundle.key_package),
        )
    expect(group.epoch_authenticator.hex(), case["initial_epoch_authenticator"], "initial_epoch_authenticator")
    for number, epoch in enumerate(case["epochs"]):
        with within(f"epochs[{number}]"):
            await _follow(group, epoch, psks)
            expect(group.epoch_authenticator.hex(), epoch["epoch_authenticator"], "epoch_authenticator")


def _external_psk(item: Case) -> PskBundle:
    psk_id, psk = unhex(item, "psk_id", "psk")
    return PskBundle(ExternalPsk(psk_id), psk)


async def _bundle(engine: Engine, case: Case) -> KeyPackageBundle:
    suite = suite_for(case["cipher_suite"])
    encoded = bytes.fromhex(case["key_package"])
    with within("key_package"):
        key_package = KeyPackage.from_message(encoded)
        expect(key_package.message, encoded, "its encoding")
    leaf = key_package.leaf_node
    signature_private, encryption_private, init_private = unhex(case, "signature_priv", "encryption_priv", "init_priv")
    for algorithm, private_key, public_key, what in (
        (suite.signature, signature_private, leaf.signature_key, "signature_priv"),
        (suite.kem.algorithm, encryption_private, leaf.encryption_key, "encryption_priv"),
        (suite.kem.algorithm, init_private, key_package.init_key, "init_priv"),
    ):
        with within(what):
            expect(await run_one(engine, DerivePublicKey(algorithm, private_key)), public_key, "its public key")
    signature_key = SignatureKeyPair(signature_private, leaf.signature_key)
    return KeyPackageBundle(suite, key_package, init_private, encryption_private, signature_key)


async def _follow(group: Group, epoch: Case, psks: Sequence[PskBundle]) -> None:
    for number, proposal in enumerate(epoch["proposals"]):
        with within(f"proposals[{number}]"):
            await _process(group, proposal, psks, ProposalReceived)
    with within("commit"):
        await _process(group, epoch["commit"], psks, CommitApplied)


async def _process(group: Group, message: str, psks: Sequence[PskBundle], expected: type[Event]) -> None:
    event = await group.process(bytes.fromhex(message), psks)
    expect(type(event).__name__, expected.__name__, "what it was taken for")


def _settings(key_package: KeyPackage) -> Settings:
    """Take what the author of the case takes, at a time when his key packages are valid."""
    lifetime = key_package.leaf_node.source
    if not isinstance(lifetime, Lifetime):
        raise Mismatch("key_package: its leaf has no lifetime")
    middle = (lifetime.not_before + min(lifetime.not_after, FAR_FUTURE)) // 2
    return Settings(
        clock=lambda: middle, max_lifetime=None, resumption_epochs=EVERY_EPOCH, authenticate=lambda _leaf: True
    )
