"""What two implementations must be able to do together, in either part.

In each scenario Alice creates the group, Bob joins it, and Carol comes later.
"""

from collections.abc import Awaitable, Callable

import pytest

from tests.interop.gathering import Gathering
from tests.interop.participant import Ability, Committed, ContextExtension, Participant, Proposed, Wire
from volly_browser.errors import VollyError

PSK_ID, PSK = b"a pre-shared key", bytes(range(32))
REQUIRED_CAPABILITIES = ContextExtension(3, bytes.fromhex("0000 02 0001"))
"""No extension and no proposal type beyond the defaults, and basic credentials (RFC 9420, section 11.1)."""

Cast = tuple[Participant, Participant, Participant]
Scenario = Callable[[Gathering, Cast], Awaitable[None]]


def need(ability: Ability, *participants: Participant) -> None:
    """Skip the scenario if one of these cannot play its part."""
    for participant in participants:
        if ability in participant.lacks:
            pytest.skip(f"{participant.implementation} lacks {ability}.")


async def meeting(gathering: Gathering, cast: Cast) -> None:
    """Alice adds Bob, and they talk."""
    alice, bob, _ = cast
    await gathering.found(alice)
    await gathering.commit(alice, joining=[bob])
    await gathering.talk()


async def meeting_in_public(gathering: Gathering, cast: Cast) -> None:
    """All handshake messages are public, of each of the three."""
    gathering.wire = Wire.PUBLIC
    await coming_and_going(gathering, cast)


async def healing(gathering: Gathering, cast: Cast) -> None:
    """Each commits without a proposal, for new keys only."""
    await meeting(gathering, cast)
    for author in [*gathering.members, *gathering.members]:
        await gathering.commit(author)
    await gathering.talk()


async def coming_and_going(gathering: Gathering, cast: Cast) -> None:
    """Bob adds Carol, Carol removes Alice, Bob adds Alice again, at the leaf that she left."""
    alice, bob, carol = cast
    await meeting(gathering, cast)
    await gathering.commit(bob, joining=[carol])
    await gathering.commit(carol, leaving=[alice])
    await gathering.talk()
    await gathering.commit(bob, joining=[alice])
    assert await alice.own_leaf() == 0
    await gathering.commit(alice)
    await gathering.talk()


async def removed_member_reads_no_more(gathering: Gathering, cast: Cast) -> None:
    """Bob is removed and can do nothing with what is sent then."""
    alice, bob, _ = cast
    await meeting(gathering, cast)
    await gathering.commit(alice, leaving=[bob])
    with pytest.raises(VollyError):
        await bob.process(await alice.send(b"without Bob"))


async def two_join_at_once(gathering: Gathering, cast: Cast) -> None:
    """One commit and one welcome for two; Carol then removes Bob, and Alice takes both in again."""
    alice, bob, carol = cast
    await gathering.found(alice)
    await gathering.commit(alice, joining=[bob, carol])
    await gathering.talk()
    await gathering.commit(carol, leaving=[bob])
    await gathering.commit(alice, leaving=[carol])
    await gathering.commit(alice, joining=[carol, bob])
    await gathering.talk()


async def pre_shared_key(gathering: Gathering, cast: Cast) -> None:
    """Nobody joins without the pre-shared key; each injects it again."""
    alice, bob, carol = cast
    await alice.external_psk(PSK_ID, PSK)
    await bob.external_psk(PSK_ID, PSK)
    await carol.external_psk(PSK_ID, bytes(32))
    await gathering.found(alice)
    await gathering.commit(alice, joining=[bob], committed=Committed(psks=[PSK_ID]))
    await gathering.commit(bob, committed=Committed(psks=[PSK_ID]))
    await gathering.talk()
    key_package = await gathering.key_package(carol)
    pending = await bob.commit(Committed(add=[key_package], psks=[PSK_ID]))
    assert pending.welcome is not None
    with pytest.raises(VollyError):
        await carol.join(pending.welcome)


async def resumption_secret(gathering: Gathering, cast: Cast) -> None:
    """Each injects the resumption secret of an epoch that both know."""
    alice, bob, _ = cast
    await meeting(gathering, cast)
    await gathering.commit(alice, committed=Committed(resumption=[1]))
    await gathering.commit(bob, committed=Committed(resumption=[1, 2]))
    await gathering.talk()


async def by_reference(gathering: Gathering, cast: Cast) -> None:
    """Proposals, committed by another member."""
    alice, bob, carol = cast
    for participant in cast:
        await participant.external_psk(PSK_ID, PSK)
    await meeting(gathering, cast)
    await gathering.propose(bob, Proposed(add=await gathering.key_package(carol)))
    await gathering.propose(alice, Proposed(psk=PSK_ID))
    pending = await alice.commit(Committed(), gathering.wire)
    await gathering.settle(alice, pending, joining=[carol])
    await gathering.propose(alice, Proposed(remove=await bob.own_leaf()))
    pending = await carol.commit(Committed(), gathering.wire)
    await gathering.settle(carol, pending, leaving=[bob])
    await gathering.talk()


async def by_reference_in_public(gathering: Gathering, cast: Cast) -> None:
    """The same with public messages."""
    gathering.wire = Wire.PUBLIC
    await by_reference(gathering, cast)


async def update_by_reference(gathering: Gathering, cast: Cast) -> None:
    """Bob proposes an update of his leaf, Alice commits it, Bob commits with his new leaf."""
    alice, bob, carol = cast
    need(Ability.UPDATE, bob)
    await meeting(gathering, cast)
    await gathering.commit(alice, joining=[carol])
    await gathering.propose(bob, Proposed(update=True))
    await gathering.commit(alice)
    await gathering.commit(bob)
    await gathering.commit(carol)
    await gathering.talk()


async def context_extensions(gathering: Gathering, cast: Cast) -> None:
    """Alice changes the GroupContext's extensions, and all members still understand each other."""
    alice, bob, carol = cast
    need(Ability.EXTENSIONS, alice)
    await meeting(gathering, cast)
    await gathering.commit(alice, committed=Committed(extensions=(REQUIRED_CAPABILITIES,)))
    await gathering.commit(bob, joining=[carol])
    await gathering.talk()


async def joining_from_outside(gathering: Gathering, cast: Cast) -> None:
    """Bob joins by an external commit, and Carol by one to a group info that Bob signs."""
    alice, bob, carol = cast
    await gathering.found(alice)
    await gathering.join_from_outside(bob, alice)
    await gathering.join_from_outside(carol, bob)
    for author in list(gathering.members):
        await gathering.commit(author)
    await gathering.talk()


async def joining_again(gathering: Gathering, cast: Cast) -> None:
    """Bob has lost the thread and comes back by an external commit that removes his earlier self; then Alice does."""
    alice, bob, carol = cast
    await meeting(gathering, cast)
    await gathering.commit(alice, joining=[carol])
    await gathering.join_from_outside(bob, carol)
    await gathering.join_from_outside(alice, bob)
    assert len(gathering.members) == 3
    for author in list(gathering.members):
        await gathering.commit(author)
    await gathering.talk()


async def two_commits_for_one_epoch(gathering: Gathering, cast: Cast) -> None:
    """Alice's commit is chosen, Bob's is dropped, and Bob commits again in the next epoch."""
    alice, bob, _ = cast
    await meeting(gathering, cast)
    await bob.commit(Committed())
    await gathering.commit(alice)
    await gathering.commit(bob)
    await gathering.talk()


async def late_message(gathering: Gathering, cast: Cast) -> None:
    """A message that was sent before a commit and arrives after it is still read."""
    alice, bob, _ = cast
    await meeting(gathering, cast)
    for sender, reader in ((alice, bob), (bob, alice)):
        late = await sender.send(b"before the commit")
        await gathering.commit(reader)
        assert (await reader.process(late)).data == b"before the commit"


async def replay(gathering: Gathering, cast: Cast) -> None:
    """A message is read once."""
    alice, bob, _ = cast
    await meeting(gathering, cast)
    for sender, reader in ((alice, bob), (bob, alice)):
        message = await sender.send(b"once")
        await reader.process(message)
        with pytest.raises(VollyError):
            await reader.process(message)


async def changed_on_the_way(gathering: Gathering, cast: Cast) -> None:
    """Whatever bit is flipped, the message is refused, and the true one is accepted afterwards."""
    alice, bob, carol = cast
    await meeting(gathering, cast)
    for author, reader in ((alice, bob), (bob, alice)):
        for wire in Wire:
            pending = await author.commit(Committed(), wire)
            before = await reader.view()
            await _refuse_changed(reader, pending.commit)
            assert await reader.view() == before
            await author.merge()
            await reader.process(pending.commit)
            await gathering.agree()
    pending = await bob.commit(Committed(add=[await gathering.key_package(carol)]))
    assert pending.welcome is not None
    with pytest.raises(VollyError):
        await carol.join(_flipped(pending.welcome, len(pending.welcome) - 1))


async def _refuse_changed(reader: Participant, message: bytes) -> None:
    for position in (4, len(message) // 3, len(message) // 2, len(message) - 1):
        with pytest.raises(VollyError):
            await reader.process(_flipped(message, position))


def _flipped(message: bytes, position: int) -> bytes:
    changed = bytearray(message)
    changed[position] ^= 1
    return bytes(changed)


SCENARIOS: list[Scenario] = [
    meeting,
    meeting_in_public,
    healing,
    coming_and_going,
    removed_member_reads_no_more,
    two_join_at_once,
    pre_shared_key,
    resumption_secret,
    by_reference,
    by_reference_in_public,
    update_by_reference,
    context_extensions,
    joining_from_outside,
    joining_again,
    two_commits_for_one_epoch,
    late_message,
    replay,
    changed_on_the_way,
]
