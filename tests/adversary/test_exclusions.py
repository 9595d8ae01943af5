"""M: whom it puts out, by an order or by a commit that this one cannot follow, is told who has signed that."""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.adversary.attackers import tell
from tests.adversary.checks import still_together
from tests.unit.room.looks import membership_of, parts_of
from tests.unit.room.people import Person, agreed, calm, company, until
from tests.unit.virtual_time import virtual_time
from volly_browser.crypto.engine import Engine
from volly_browser.mls import commit_creation, treekem
from volly_browser.mls.commit import UpdatePathNode
from volly_browser.mls.epoch import Transition, advance
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.padding import unpadded
from volly_browser.mls.ratchet_tree import PathNode, RatchetTree
from volly_browser.mls.renewal import LeafRenewal
from volly_browser.room.content.content import Candidate, Payload
from volly_browser.room.events import MemberMisbehaved, MembersRemoved, Misbehaviour, WasRemoved
from volly_browser.room.group.sequencer import Changes
from volly_browser.room.labels import VERSION

TOO_LARGE = 3_940_000
"""Bytes of a commit that fits a parcel, but not with the padding of its order."""


async def order_without(mallory: Person, victim: Person) -> bytes:
    """An order that removes one, and that M does not follow itself."""
    membership = membership_of(mallory)
    committed = await membership.commit(Changes(removals=(bytes.fromhex(victim.room.member_id),)))
    membership.group.discard(committed.pending)
    return committed.order


def has_removed(by: Person) -> WasRemoved:
    return WasRemoved(by.room.member_id, by.name)


def has_named(person: Person, by: Person) -> bool:
    expected = MemberMisbehaved(by.room.member_id, by.name, Misbehaviour.UNUSABLE_COMMIT)
    return expected in person.happened


@virtual_time()
async def test_a_member_that_removes_one_by_an_order_for_that_one_alone_is_shown_to_have_done_so() -> None:
    """Guarded by `Ordering._removed`: the one that is put out shows the order to those that stay."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        await parts_of(mallory).post.send(await order_without(mallory, bob), [bob.identity])
        await until(lambda: has_removed(mallory) in bob.happened)
        await until(lambda: any(isinstance(event, MembersRemoved) for event in alice.happened))
        [told] = [event for event in alice.happened if isinstance(event, MembersRemoved)]
        assert (told.by, told.names) == (mallory.room.member_id, ("Bob",))
        await until(lambda: agreed(*people) or agreed(alice, bob), 120)


@contextmanager
def replaced(place: object, name: str, instead: object) -> Iterator[None]:
    """A function is another one meanwhile."""
    before = getattr(place, name)
    setattr(place, name, instead)
    try:
        yield
    finally:
        setattr(place, name, before)


def advance_to_a_wrong_tag(*args: Any, **kwargs: Any) -> Transition:  # noqa: ANN401 - passes on what it is given
    transition = advance(*args, **kwargs)
    return replace(transition, confirmation_tag=bytes(len(transition.confirmation_tag)))


@virtual_time()
async def test_an_order_that_removes_one_and_that_nobody_else_can_follow_names_its_author_to_all() -> None:
    """The removed one cannot compute the tag that is wrong.  Guarded by `Ordering._removed` and `_naming_author`."""
    async with company(policy="classical") as party:
        people = alice, bob, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        with replaced(commit_creation, "advance", advance_to_a_wrong_tag):
            order = await order_without(mallory, bob)
        await parts_of(mallory).post.send(order, [bob.identity])
        await until(lambda: has_removed(mallory) in bob.happened)
        await until(lambda: has_named(alice, mallory))
        await until(lambda: agreed(*people), 60)
        assert not any(isinstance(event, MembersRemoved) for event in alice.happened)


def path_that_does_not_open_for(victim: Person) -> Callable[..., Coroutine[Any, Any, tuple[UpdatePathNode, ...]]]:
    encrypt, leaf = treekem._encrypt_path, 2 * membership_of(victim).group.own_leaf_index

    async def spoil(
        engine: Engine,
        tree: RatchetTree,
        path: Sequence[PathNode],
        secrets: Sequence[bytes],
        context: GroupContext,
        *,
        added: frozenset[int],
    ) -> tuple[UpdatePathNode, ...]:
        nodes = list(await encrypt(engine, tree, path, secrets, context, added=added))
        for at, step in enumerate(path):
            if leaf in (resolution := tree.resolution(step.copath, added)):
                sealed = list(nodes[at].encrypted_path_secret)
                spoiled = sealed[resolution.index(leaf)]
                sealed[resolution.index(leaf)] = replace(spoiled, ciphertext=bytes(len(spoiled.ciphertext)))
                nodes[at] = replace(nodes[at], encrypted_path_secret=tuple(sealed))
        return tuple(nodes)

    return spoil


@virtual_time()
async def test_a_renewal_that_one_member_cannot_follow_names_its_author_to_that_one() -> None:
    """The first gives it out, and does not know.  Guarded by `MlsError.signed_by`: its author has signed it."""
    async with company(policy="classical") as party:
        people = alice, bob, carol, mallory = await party.join("Alice", "Bob", "Carol", "Mallory")
        await calm(*people)
        with replaced(treekem, "_encrypt_path", path_that_does_not_open_for(carol)):
            candidate = await membership_of(mallory).update()
        await tell(mallory, candidate, alice)
        await until(lambda: has_named(carol, mallory))
        assert not any(isinstance(event, MemberMisbehaved) for event in (*alice.happened, *bob.happened))
        await until(lambda: agreed(*people), 120)
        await still_together(*people)


@virtual_time()
async def test_a_commit_whose_order_is_too_long_to_be_sent_is_not_followed() -> None:
    """Guarded by `Membership.accept`: the order is made, and fits, before the first is in the epoch it leads to."""
    async with company(policy="classical") as party:
        people = alice, _, mallory = await party.join("Alice", "Bob", "Mallory")
        await calm(*people)
        epoch, membership = alice.room.epoch, membership_of(mallory)
        group, psk = membership.group, membership.psk_for(parts_of(mallory).seat.roster.ranking)
        vouched = await parts_of(mallory).key_packages._identity.vouch()
        renewal = LeafRenewal(vouched.pair, vouched.credential.encode())
        proposal = group.psk_proposal(psk.name)
        pending = await group.commit([proposal], (psk,), renewal=renewal, padding=lambda _: TOO_LARGE)
        candidate = Payload(VERSION, Candidate(pending.commit)).encode()
        await parts_of(mallory).post.send(await group.encrypt(candidate, padding=unpadded), [alice.identity])
        await until(lambda: "too long to be sent" in "".join(alice.refusals))
        assert alice.room.epoch == epoch
        await still_together(*people)
