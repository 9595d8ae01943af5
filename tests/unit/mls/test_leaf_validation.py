"""Key packages and leaves: made well, and refused if they break a rule."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.mls.party import ENGINE, NOW, Clock, Party, bundle, flip
from volly_browser.mls.capabilities import own_capabilities
from volly_browser.mls.codec import DecodeError
from volly_browser.mls.credentials import Certificate, X509Credential
from volly_browser.mls.errors import (
    InvalidExtensions,
    InvalidKeyPackage,
    InvalidLeafNode,
    InvalidSignature,
    MlsError,
    WrongTime,
)
from volly_browser.mls.extensions import GREASE_VALUES, Extension, ExtensionType, RequiredCapabilities
from volly_browser.mls.group import ExternalJoin, Group
from volly_browser.mls.key_package import KEY_PACKAGE_LIFETIME, KeyPackage, KeyPackageBundle
from volly_browser.mls.labels import SignatureKeyPair, all_valid
from volly_browser.mls.leaf_node import CommitSource, LeafNode, Lifetime
from volly_browser.mls.leaf_validation import LeafRules
from volly_browser.mls.proposals import Add
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CLASSICAL, HYBRID, POLICIES, suite_for

SKEW = 3 * 24 * 3600
RULES = LeafRules(CLASSICAL, (), Settings(clock=lambda: NOW))


@pytest.mark.parametrize("policy", POLICIES)
async def test_a_fresh_key_package_is_valid(policy: str) -> None:
    suite = suite_for(policy)
    made = await bundle("alice", suite)
    LeafRules(suite, (), RULES.settings).check_key_package(made.key_package)
    assert await all_valid(ENGINE, made.key_package.verifications(suite))
    assert KeyPackage.from_message(made.message) == made.key_package


async def test_two_key_packages_of_one_client_share_the_signature_key_only() -> None:
    first = await bundle()
    second = await KeyPackageBundle.generate(ENGINE, CLASSICAL, b"alice", first.signature_key, NOW)
    assert first.key_package.leaf_node.signature_key == second.key_package.leaf_node.signature_key
    keys = {key for made in (first, second) for key in (made.init_private_key, made.encryption_private_key)}
    assert len(keys) == 4
    assert first.reference != second.reference


async def test_a_stored_signature_key_is_the_same_again() -> None:
    made = await SignatureKeyPair.generate(ENGINE, HYBRID)
    assert await SignatureKeyPair.from_private_key(ENGINE, HYBRID, made.private_key) == made


async def test_capabilities_are_greased() -> None:
    capabilities = (await bundle()).key_package.leaf_node.capabilities
    for values in (capabilities.cipher_suites, capabilities.extensions, capabilities.proposals):
        assert set(values) & set(GREASE_VALUES)
    assert not set(GREASE_VALUES) & set(own_capabilities(CLASSICAL.id).cipher_suites)


def changes(package: KeyPackage) -> dict[str, tuple[KeyPackage, type[MlsError]]]:
    leaf = package.leaf_node
    capabilities = leaf.capabilities
    unlisted = next(value for value in GREASE_VALUES if value not in capabilities.extensions)
    twice = (Extension(0x0A0A, b""), Extension(0x0A0A, b""))

    def with_leaf(**fields: Any) -> KeyPackage:  # noqa: ANN401
        return replace(package, leaf_node=replace(leaf, **fields))

    return {
        "another suite": (replace(package, cipher_suite=HYBRID.id), InvalidKeyPackage),
        "one key for two purposes": (replace(package, init_key=leaf.encryption_key), InvalidKeyPackage),
        "a short init key": (replace(package, init_key=b"short"), InvalidKeyPackage),
        "an extension twice": (replace(package, extensions=twice), InvalidExtensions),
        "a leaf extension twice": (with_leaf(extensions=twice), InvalidExtensions),
        "an extension that is not listed": (with_leaf(extensions=(Extension(unlisted, b""),)), InvalidLeafNode),
        "a leaf of a commit": (with_leaf(source=CommitSource(b"")), InvalidLeafNode),
        "a short encryption key": (with_leaf(encryption_key=b"short"), InvalidLeafNode),
        "a short signature key": (with_leaf(signature_key=b"short"), InvalidLeafNode),
        "no MLS 1.0": (with_leaf(capabilities=replace(capabilities, versions=(2,))), InvalidLeafNode),
        "not this suite": (with_leaf(capabilities=replace(capabilities, cipher_suites=())), InvalidLeafNode),
        "not its credential": (with_leaf(capabilities=replace(capabilities, credentials=())), InvalidLeafNode),
        "a certificate": (
            with_leaf(
                credential=X509Credential((Certificate(b"der"),)),
                capabilities=replace(capabilities, credentials=(1, 2)),
            ),
            InvalidLeafNode,
        ),
        "expired": (with_leaf(source=Lifetime(int(NOW) - 10 * SKEW, int(NOW) - SKEW - 1)), WrongTime),
        "not yet valid": (with_leaf(source=Lifetime(int(NOW) + SKEW + 1, int(NOW) + SKEW + 9)), WrongTime),
        "valid for ever": (with_leaf(source=Lifetime(0, 2**64 - 1)), InvalidLeafNode),
    }


async def test_a_key_package_that_breaks_a_rule_is_refused() -> None:
    made = await bundle()
    for what, (package, error) in changes(made.key_package).items():
        try:
            with pytest.raises(error):
                RULES.check_key_package(package)
        except BaseException as problem:
            problem.add_note(f"in the case: {what}")
            raise


async def test_a_key_package_ages() -> None:
    made = await bundle()
    later = Settings(clock=lambda: NOW + KEY_PACKAGE_LIFETIME + SKEW + 1)
    with pytest.raises(WrongTime, match="no longer valid") as caught:
        LeafRules(CLASSICAL, (), later).check_key_package(made.key_package)
    assert caught.value.seconds == -(SKEW + 1)
    LeafRules(CLASSICAL, (), later).check_leaf(made.key_package.leaf_node)


@pytest.mark.parametrize("days", [-2.9, -0.1, 0.1, 2.9, 9.9])
async def test_clocks_that_differ_by_days_do_not_keep_newcomers_out(days: float) -> None:
    """The clock is ours; the key package says when its author made it."""
    made = await bundle()
    LeafRules(CLASSICAL, (), Settings(clock=lambda: NOW + days * 24 * 3600)).check_key_package(made.key_package)


async def test_whose_clock_is_wrong_by_a_year_is_told_by_how_much() -> None:
    made, year = await bundle(), 365 * 24 * 3600
    with pytest.raises(WrongTime, match="not yet valid") as caught:
        LeafRules(CLASSICAL, (), Settings(clock=lambda: NOW - year)).check_key_package(made.key_package)
    assert caught.value.seconds == pytest.approx(year, abs=3600)


async def test_how_far_clocks_may_differ_is_the_applications_choice() -> None:
    made = await bundle()
    strict = Settings(clock=lambda: NOW - 3601, clock_skew=0)
    with pytest.raises(WrongTime):
        LeafRules(CLASSICAL, (), strict).check_key_package(made.key_package)


async def test_a_room_that_has_been_open_for_a_month_can_still_be_joined() -> None:
    """A member that never renewed its leaf keeps nobody out: only what is added has to be valid now (section 7.3)."""
    clock = Clock()
    party = await Party.of(3, settings=Settings(clock=clock))
    clock.now += 30 * 24 * 3600
    newcomer = await KeyPackageBundle.generate(ENGINE, CLASSICAL, b"late", now=clock.now)
    await party.add(newcomer)
    outsider = await KeyPackageBundle.generate(ENGINE, CLASSICAL, b"later", now=clock.now)
    info = await party[1].group_info()
    _, commit = await Group.join_external(ENGINE, info, ExternalJoin(outsider), settings=party.settings)
    for member in party.members:
        await member.process(commit)
    party.check_agreement()


async def test_the_application_decides_whom_to_believe() -> None:
    made = await bundle("mallory")

    def not_mallory(leaf: LeafNode) -> bool:
        return getattr(leaf.credential, "identity", b"") != b"mallory"

    party = await Party.of(1, settings=Settings(clock=lambda: NOW, authenticate=not_mallory))
    with pytest.raises(InvalidLeafNode, match="not accepted"):
        await party[0].commit([Add(made.key_package)])
    await party.add(await bundle("bob"))


async def test_a_key_package_that_was_changed_is_not_added() -> None:
    party = await Party.of(1)
    package = (await bundle()).key_package
    leaf = package.leaf_node
    for changed in (
        replace(package, signature=flip(package.signature, 0)),
        replace(package, leaf_node=replace(leaf, signature=flip(leaf.signature, 0))),
    ):
        with pytest.raises(InvalidSignature):
            await party[0].commit([Add(changed)])


def test_required_capabilities_bind_every_leaf() -> None:
    supported = replace(own_capabilities(1), extensions=(0xF001,), proposals=(0xF002,))
    for required, supports in (
        (RequiredCapabilities((0xF001, 1), (0xF002, 7), (1,)), True),
        (RequiredCapabilities((0xF009,), (), ()), False),
        (RequiredCapabilities((), (0xF009,), ()), False),
        (RequiredCapabilities((), (), (2,)), False),
    ):
        extension = Extension(ExtensionType.REQUIRED_CAPABILITIES, required.encode())
        assert supported.supports((extension,)) is supports
    assert not supported.supports((Extension(0xF009, b""),))
    with pytest.raises(DecodeError):
        supported.supports((Extension(ExtensionType.REQUIRED_CAPABILITIES, b"?"),))
