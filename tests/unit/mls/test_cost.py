"""How often the engine is awaited: in the page that is what operations cost, whatever the size of the group."""

import pytest

from tests.unit.mls.party import CountingEngine, Party, bundle
from volly_browser.mls.group import Group
from volly_browser.mls.proposals import Add


@pytest.mark.parametrize("count", [3, 20])
async def test_no_operation_awaits_more_often_in_a_larger_group(count: int) -> None:
    engine = CountingEngine()
    party = await Party.of(count)
    alice, bob = party[0], party[1]
    alice.engine = bob.engine = engine

    def spent() -> int:
        awaits, engine.awaits = engine.awaits, 0
        return awaits

    message = await alice.encrypt(b"hello")
    assert spent() == 1  # signature, content, sender data
    await bob.process(message)
    assert spent() == 2  # sender data; content, signature
    await bob.process(await alice.encrypt(b"and again"))
    assert spent() == 1 + 1  # all of it at once, as it is from whom it was expected
    pending = await alice.commit()
    assert spent() == 6  # keys, leaf, two to encrypt the path, signature; content, sender data
    await bob.process(pending.commit)
    assert spent() == 7  # sender data, content, signatures, new keys, two to decrypt the path, keys
    alice.merge(pending)
    newcomers = [await bundle(f"new {number}") for number in range(3)]
    pending = await alice.commit([Add(newcomer.key_package) for newcomer in newcomers])
    assert spent() == 12  # besides: key packages, their keys, group info and its seal, two to encrypt the secrets
    assert pending.welcome is not None
    await Group.join(engine, pending.welcome, newcomers[2], settings=party.settings)
    assert spent() == 6  # two to decrypt the secrets, group info, all signatures, all keys, keys of our own
