"""Keys of messages that did not come are not kept for ever, even if nothing happens any more."""

import pytest

from tests.unit.mls.party import ENGINE, Clock, Party, data_of
from volly_browser.mls.errors import SecretReuse
from volly_browser.mls.events import ProposalReceived
from volly_browser.mls.group import Group
from volly_browser.mls.proposals import Remove
from volly_browser.mls.secret_tree import RatchetType
from volly_browser.mls.settings import Settings

SECONDS = 60.0
LONGEST = SECONDS * 9 / 8


async def party_of(count: int) -> tuple[Party, Clock]:
    clock = Clock()
    return await Party.of(count, settings=Settings(clock=clock, skipped_key_seconds=SECONDS)), clock


def skipped(group: Group) -> int:
    return sum(len(ratchet.skipped) for ratchet in group._current.keys.secret_tree.ratchets.values())


async def test_a_message_that_is_overtaken_is_read_in_time_and_not_after_it() -> None:
    party, clock = await party_of(2)
    alice, bob = party.members
    early, late, last = [await alice.encrypt(bytes([number])) for number in (1, 2, 3)]
    await bob.process(last)
    clock.now += SECONDS - 1
    assert data_of(await bob.process(early)) == b"\1"
    clock.now += LONGEST - SECONDS + 1
    with pytest.raises(SecretReuse):
        await bob.process(late)
    assert data_of(await bob.process(await alice.encrypt(b"4"))) == b"4"


async def test_an_alarm_is_enough_for_them_to_go() -> None:
    party, clock = await party_of(2)
    alice, bob = party.members
    assert bob.next_expiry() is None
    await alice.encrypt(b"lost")
    await bob.process(await alice.encrypt(b"heard"))
    expiry = bob.next_expiry()
    assert expiry is not None
    assert clock.now + SECONDS <= expiry <= clock.now + LONGEST
    bob.forget_expired()
    assert skipped(bob) == 1
    clock.now = expiry
    bob.forget_expired()
    assert skipped(bob) == 0
    assert bob.next_expiry() is None


async def test_keys_that_were_skipped_later_stay_longer() -> None:
    party, clock = await party_of(2)
    alice, bob = party.members
    messages = [await alice.encrypt(bytes([number])) for number in range(4)]
    await bob.process(messages[1])
    clock.now += SECONDS / 2
    await bob.process(messages[3])
    clock.now += LONGEST - SECONDS / 2
    with pytest.raises(SecretReuse):
        await bob.process(messages[0])
    assert data_of(await bob.process(messages[2])) == b"\2"


async def test_proposals_that_are_overtaken_have_their_end_too() -> None:
    party, clock = await party_of(3)
    alice, bob, _ = party.members
    first, second = await alice.propose(Remove(1)), await alice.propose(Remove(2))
    assert isinstance(await bob.process(second), ProposalReceived)
    assert bob._current.keys.secret_tree.ratchets[0, RatchetType.HANDSHAKE].skipped
    clock.now += LONGEST
    with pytest.raises(SecretReuse):
        await bob.process(first)


async def test_however_many_are_skipped_few_ends_are_kept_in_mind() -> None:
    party, clock = await party_of(2)
    alice, bob = party.members
    for _ in range(300):
        clock.now += 0.7
        await alice.encrypt(b"lost")
        await bob.process(await alice.encrypt(b"heard"))
    assert bob._skipped is not None
    assert len(bob._skipped._ends) <= 10
    assert skipped(bob) <= LONGEST / 0.7 + 1


async def test_a_reload_does_not_keep_them_for_ever() -> None:
    party, clock = await party_of(2)
    alice, bob = party.members
    await alice.encrypt(b"lost")
    await bob.process(await alice.encrypt(b"heard"))
    again = await Group.import_state(ENGINE, await bob.export_state(), bob.settings)
    expiry = again.next_expiry()
    assert expiry is not None
    clock.now = expiry
    again.forget_expired()
    assert skipped(again) == 0


async def test_the_next_epoch_begins_without_them() -> None:
    party, clock = await party_of(3)
    alice, bob, carol = party.members
    await alice.encrypt(b"lost")
    await bob.process(await alice.encrypt(b"heard"))
    await party.commit(2)
    assert bob.next_expiry() == clock.now + bob.settings.past_epoch_seconds  # with the epoch, before their own end
    await alice.encrypt(b"lost")
    await bob.process(await alice.encrypt(b"heard"))
    await bob.process((await alice.commit([Remove(bob.own_leaf_index)])).commit)
    assert bob.closed
    assert bob.next_expiry() is None
    bob.forget_expired()
    assert carol.next_expiry() is not None


async def test_keeping_them_for_ever_has_to_be_asked_for() -> None:
    party = await Party.of(2, settings=Settings(clock=Clock(), skipped_key_seconds=float("inf")))
    alice, bob = party.members
    lost = await alice.encrypt(b"lost")
    await bob.process(await alice.encrypt(b"heard"))
    assert bob.next_expiry() is None
    assert data_of(await bob.process(lost)) == b"lost"
