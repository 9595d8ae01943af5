"""What a short text weighs on the wire: each further packet costs it time."""

import pytest

from tests.unit.room.people import agreed, company, until
from volly_browser.mls.suites import POLICIES

ONE_PACKET = 1_000
"""Bytes that fit into one packet of a data channel, with what LiveKit and SCTP put around them."""

FOUR_PACKETS = 4_500
"""A signature with ML-DSA-65 alone takes three."""

LIMITS = {"hybrid": FOUR_PACKETS, "post-quantum": FOUR_PACKETS, "transition": ONE_PACKET, "classical": ONE_PACKET}


@pytest.mark.parametrize("policy", POLICIES)
async def test_a_short_text_travels_in_as_few_packets_as_its_signature_allows(policy: str) -> None:
    async with company(policy=policy) as party:
        alice, bob = await party.join("Alice", "Bob")
        await until(lambda: agreed(alice, bob))
        before = len(party.network.recorded)
        await alice.room.send_text("x" * 100)
        await until(lambda: bob.texts)
        sizes = [len(sent.data) for sent in party.network.recorded[before:]]
        assert max(sizes) <= LIMITS[policy]
