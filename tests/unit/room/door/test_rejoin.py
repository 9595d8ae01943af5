import pytest
from volly_browser.room.door.rejoin import Offer, Rejoin

from tests.unit.room.sides import group_info_for, newcomer, three
from volly_browser.room.timing import Timing

TIMING = Timing()


@pytest.fixture
async def offer() -> Offer:
    return Offer(await newcomer("Bob").begin(), b"commit")


def lost(now: float = 10.0) -> Rejoin:
    machine = Rejoin(TIMING)
    machine.lost("alice", now)
    return machine


def test_whoever_has_not_lost_the_thread_asks_nothing_and_expects_nothing() -> None:
    machine = Rejoin(TIMING)
    assert not machine.is_under_way
    assert not machine.expects_info("alice")
    assert machine.question_for(100.0) is None
    assert not machine.is_hopeless(100.0)
    assert machine.deadline() is None


def test_whoever_has_lost_it_asks_at_once_and_again_and_again() -> None:
    machine = lost()
    assert machine.is_under_way
    assert machine.deadline() == 10.0
    assert machine.question_for(10.0) == "alice"
    machine.asked(10.0)
    assert machine.question_for(10.1) is None
    assert machine.deadline() == 10.0 + TIMING.ask_again
    assert machine.question_for(10.0 + TIMING.ask_again) == "alice"


def test_only_whoever_was_asked_is_listened_to() -> None:
    machine = lost()
    assert machine.expects_info("alice")
    assert not machine.expects_info("bob")


def test_an_offer_is_made_once_and_recognised_by_its_commit(offer: Offer) -> None:
    machine = lost()
    machine.asked(10.0)
    machine.offered(offer, 10.5)
    assert not machine.expects_info("alice")
    assert machine.question_for(10.6) is None
    assert machine.accepted(offer.digest) is offer
    assert machine.accepted(bytes(32)) is None


def test_an_offer_that_nobody_accepts_leads_to_another_question(offer: Offer) -> None:
    machine = lost()
    machine.offered(offer, 10.5)
    again = 10.5 + TIMING.ask_again
    assert machine.deadline() == again
    assert machine.question_for(again) == "alice"
    machine.asked(again)
    assert machine.expects_info("alice")
    assert machine.accepted(offer.digest) is offer, "it may be accepted late"


def test_once_inside_nothing_is_asked_or_accepted_any_more(offer: Offer) -> None:
    machine = lost()
    machine.offered(offer, 10.5)
    machine.entered()
    assert not machine.is_under_way
    assert machine.accepted(offer.digest) is None
    assert machine.deadline() is None


def test_losing_the_thread_again_makes_the_old_offer_void(offer: Offer) -> None:
    machine = lost()
    machine.offered(offer, 10.5)
    machine.lost("carol", 11.0)
    assert machine.accepted(offer.digest) is None
    assert machine.expects_info("carol")


def test_after_a_while_there_is_no_hope(offer: Offer) -> None:
    machine = lost()
    machine.asked(10.0)
    machine.offered(offer, 10.5)
    machine.asked(12.0)
    assert not machine.is_hopeless(9.9 + TIMING.rejoin)
    assert machine.is_hopeless(10.0 + TIMING.rejoin)
    machine.offered(offer, 9.9 + TIMING.rejoin)
    assert machine.deadline() == 10.0 + TIMING.rejoin


async def test_no_secret_shows_in_what_is_printed_of_an_offer() -> None:
    alice, bob, _ = await three()
    offer = await bob.entrance.rejoin(await group_info_for(bob.entrance, alice))
    assert "commit" not in repr(offer)
