"""The table of cipher suites."""

import hmac

import pytest

from tests.unit.mls.party import Party
from volly_browser.crypto.kem import Derive
from volly_browser.errors import LocalError
from volly_browser.mls.suites import (
    CLASSICAL,
    HYBRID,
    POLICIES,
    POST_QUANTUM,
    SUITES,
    TRANSITION,
    CipherSuite,
    suite_for,
)

SECRET = bytes(range(32))


def test_every_policy_has_the_suite_that_was_agreed_on() -> None:
    assert POLICIES == {"hybrid": 0xF0A1, "post-quantum": 0x0051, "transition": 0x004E, "classical": 0x0001}
    assert next(iter(POLICIES)) == "hybrid"
    for policy, suite_id in POLICIES.items():
        assert suite_for(policy) is suite_for(suite_id) is SUITES[suite_id]


@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)
def test_lengths_follow_from_the_algorithms_in_the_name(suite: CipherSuite) -> None:
    assert suite.hash_length == (48 if "SHA384" in suite.name else 32)
    assert suite.key_length == (32 if "AES256" in suite.name else 16)


def test_labels_are_expanded_as_the_rfc_writes_them() -> None:
    label, context = b"\x0bMLS 1.0 key", b"\x40\x50" + bytes(80)
    block = hmac.digest(SECRET, b"\x00\x10" + label + context + b"\x01", "sha256")
    assert CLASSICAL.expand_with_label(SECRET, b"key", bytes(80), 16) == block[:16]


@pytest.mark.parametrize("unknown", ["quantum", 0x9999, -1])
def test_an_unknown_suite_is_refused_with_a_sentence(unknown: str | int) -> None:
    with pytest.raises(LocalError, match="there are hybrid, post-quantum"):
        suite_for(unknown)


@pytest.mark.parametrize("suite", [HYBRID, POST_QUANTUM, TRANSITION], ids=lambda suite: suite.name)
async def test_peers_with_another_way_to_derive_key_pairs_have_a_suite_too(suite: CipherSuite) -> None:
    other = suite.with_derive(Derive.SHAKE)
    assert other.kem.derive_private_key(b"ikm") != suite.kem.derive_private_key(b"ikm")
    party = await Party.of(3, other)
    await party.commit(2)
    await party.all_talk()
