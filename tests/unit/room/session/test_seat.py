from tests.unit.room.sides import host, newcomer, three
from volly_browser.room.session.seat import Seat


async def test_there_are_no_others_without_a_group() -> None:
    side = await newcomer("Alice")
    seat = Seat(side.roster)
    assert seat.membership is None
    assert seat.others == frozenset()


async def test_the_others_are_all_members_but_us() -> None:
    alice, bob, carol = await three()
    seat = Seat(alice.roster)
    seat.take(alice.membership)
    assert seat.membership is alice.membership
    assert seat.others == {bob.member_id, carol.member_id}


async def test_a_member_that_is_alone_is_inside_all_the_same() -> None:
    alice = await host("Alice")
    seat = Seat(alice.roster)
    seat.take(alice.membership)
    assert seat.membership is not None
    assert seat.others == frozenset()


async def test_a_member_that_gives_up_its_place_remembers_those_that_it_has_met() -> None:
    alice, bob, _ = await three()
    seat = Seat(alice.roster)
    seat.take(alice.membership)
    seat.give_up()
    assert seat.membership is None
    assert seat.others == frozenset()
    assert seat.roster.entries == ()
    assert seat.roster.has_met(bob.member_id)
