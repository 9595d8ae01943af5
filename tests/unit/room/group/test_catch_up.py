from itertools import pairwise

import pytest

from tests.unit.room.cast import company
from volly_browser.room.group.catch_up import HEED_ALL, CatchUp
from volly_browser.room.group.hints import DOUBLINGS_LIMIT, HINTS_LIMIT, PAUSE, QUESTIONS_AT_ONCE, QUESTIONS_LIMIT
from volly_browser.room.machine import Company
from volly_browser.room.timing import SMALL_GROUP, Timing

TIMING = Timing()
IN_FLIGHT = TIMING.commit_in_flight
ME, A = b"M" * 16, b"A" * 16


def in_epoch(epoch: int, group_id: bytes = b"group", members: int = 2) -> Company:
    others = (number.to_bytes(16, "big") for number in range(members - 1))
    return company(ME, ME, *others, epoch=epoch, group_id=group_id)


def catch_up(epoch: int = 5) -> CatchUp:
    machine = CatchUp(TIMING)
    machine.epoch_entered(in_epoch(epoch), 0.0)
    return machine


def ask(machine: CatchUp, now: float) -> list[str]:
    """Ask all that are to be asked now."""
    machine.tick(now)
    asked = machine.questions(now)
    for identity in asked:
        machine.asked(identity, now)
    return asked


def test_talk_of_the_present_or_the_past_means_nothing() -> None:
    machine = catch_up(5)
    machine.saw_ahead("bob", 5, 1.0, is_member=True)
    machine.saw_ahead("bob", 4, 1.0, is_member=True)
    assert machine.deadline() is None
    assert not machine.is_in_doubt(1.0)


def test_without_a_group_nothing_is_missed() -> None:
    machine = CatchUp(TIMING)
    machine.saw_ahead("bob", 9, 0.0, is_member=True)
    machine.saw_fork("carol", 0.0, is_member=True)
    assert machine.deadline() is None


def test_an_epoch_beyond_ours_is_asked_about_after_a_moment_in_which_the_commit_possibly_comes() -> None:
    machine = catch_up()
    machine.saw_ahead("bob", 6, 1.0, is_member=True)
    assert machine.deadline() == 1.0 + IN_FLIGHT
    assert ask(machine, 1.0 + IN_FLIGHT - 0.01) == []
    assert ask(machine, 1.0 + IN_FLIGHT) == ["bob"]


def test_when_the_commit_has_come_nobody_is_asked() -> None:
    machine = catch_up()
    machine.saw_ahead("bob", 6, 1.0, is_member=True)
    machine.epoch_entered(in_epoch(6), 1.1)
    assert machine.deadline() is None
    assert ask(machine, 10.0) == []
    assert not machine.is_in_doubt(1.1)


def test_what_is_further_ahead_stays_to_be_asked_about() -> None:
    machine = catch_up()
    machine.saw_ahead("bob", 6, 1.0, is_member=True)
    machine.saw_ahead("bob", 8, 1.0, is_member=True)
    machine.epoch_entered(in_epoch(6), 1.1)
    assert ask(machine, 2.0) == ["bob"]


def test_one_after_the_other_is_asked_and_one_at_a_time() -> None:
    machine = catch_up()
    for identity in ("bob", "carol", "dora"):
        machine.saw_ahead(identity, 6, 0.0, is_member=True)
    now, asked = IN_FLIGHT, []
    for _ in range(6):
        asked += ask(machine, now)
        assert machine.questions(now + TIMING.ask_again - 0.01) == []
        now += TIMING.ask_again
    assert asked == ["bob", "carol", "dora"] * 2


def test_a_member_in_another_branch_is_asked_at_once_and_then_less_and_less_often() -> None:
    machine, now, waits = catch_up(), 1.0, []
    machine.saw_fork("bob", now, is_member=True)
    machine.saw_fork("bob", now, is_member=True)
    for _ in range(DOUBLINGS_LIMIT + 2):
        machine.tick(now)
        due = max(machine._members._hints["bob"].due, now)
        waits.append(due - now)
        now = due
        assert ask(machine, now - 0.001) == []
        assert ask(machine, now) == ["bob"]
        machine.saw_fork("bob", now, is_member=True)
    longest = TIMING.ask_again * 2**DOUBLINGS_LIMIT
    assert waits == [0.0, *(TIMING.ask_again * 2**times for times in range(DOUBLINGS_LIMIT)), longest]


def test_few_are_asked_at_once_and_then_there_is_a_pause() -> None:
    machine = catch_up()
    for number in range(3 * QUESTIONS_AT_ONCE):
        machine.saw_fork(f"peer {number}", 0.0, is_member=True)
    first = ask(machine, 0.0)
    assert len(first) == QUESTIONS_AT_ONCE
    assert ask(machine, PAUSE - 0.01) == []
    assert machine.deadline() == PAUSE
    second = ask(machine, PAUSE)
    assert len(second) == QUESTIONS_AT_ONCE
    assert not set(first) & set(second)


def test_an_identity_that_speaks_in_our_epoch_or_is_gone_is_not_asked() -> None:
    for fact in ("heard_in_our_epoch", "gone"):
        machine = catch_up()
        machine.saw_fork("bob", 0.0, is_member=True)
        machine.saw_ahead("carol", 9, 0.0, is_member=True)
        for identity in ("bob", "carol", "a stranger"):
            getattr(machine, fact)(identity)
        assert ask(machine, 100.0) == []
        assert machine.deadline() is None


@pytest.mark.parametrize("is_fork", [True, False])
def test_an_identity_that_never_answers_is_asked_rarely_until_it_is_heard_in_our_epoch(is_fork: bool) -> None:
    machine = catch_up()
    asked = []
    for now in range(1000):
        if is_fork:
            machine.saw_fork("bob", float(now), is_member=True)
        else:
            machine.saw_ahead("bob", 1 << 40, float(now), is_member=True)
        asked += [now] * len(ask(machine, float(now)))
        assert (machine.deadline() or 0.0) > now
    quick = [later - sooner for sooner, later in pairwise(asked) if later - sooner < TIMING.ask_in_vain]
    assert len(quick) == QUESTIONS_LIMIT - 1
    assert len(asked) - QUESTIONS_LIMIT >= (1000 - asked[QUESTIONS_LIMIT]) // TIMING.ask_in_vain, "and never given up"
    machine.heard_in_our_epoch("bob")
    machine.saw_ahead("bob", 1 << 40, 3000.0, is_member=True)
    assert ask(machine, 3000.0 + IN_FLIGHT) == ["bob"]


def test_any_number_of_claims_takes_bounded_memory() -> None:
    machine = catch_up()
    for number in range(10 * HINTS_LIMIT):
        machine.saw_ahead(f"stranger {number}", 7, 0.0, is_member=bool(number % 2))
        machine.saw_fork(f"fork {number}", 0.0, is_member=bool(number % 2))
    assert len(machine._members) == len(machine._strangers) == HINTS_LIMIT


# Members and strangers


@pytest.mark.parametrize("are_forks", [True, False])
@pytest.mark.parametrize("is_fork", [True, False])
def test_a_member_that_has_proved_its_identity_is_asked_as_if_there_were_no_strangers(
    are_forks: bool, is_fork: bool
) -> None:
    """Also once it is no member any more, as those of the other half of a split group."""
    flooded, quiet = catch_up(), catch_up()
    for machine in (flooded, quiet):
        machine.reached_by(A, "alice")
        machine.epoch_entered(in_epoch(6, members=2), 0.0)
    for number in range(2 * HINTS_LIMIT):
        hint(flooded, f"stranger {number}", 0.0, is_fork=are_forks)
    ask(flooded, 0.9)
    times: dict[int, list[float]] = {0: [], 1: []}
    for tenth in range(10, 200):
        now = tenth / 10
        for index, machine in enumerate((flooded, quiet)):
            hint(machine, "alice", now, is_fork=is_fork)
            hint(flooded, f"later stranger {now}", now, is_fork=are_forks)
            times[index] += [now] * ask(machine, now).count("alice")
    assert times[0] == times[1]
    assert len(times[0]) > 3


def hint(machine: CatchUp, identity: str, now: float, *, is_fork: bool) -> None:
    if is_fork:
        machine.saw_fork(identity, now, is_member=False)
    else:
        machine.saw_ahead(identity, 100, now, is_member=False)


@pytest.mark.parametrize("are_forks", [True, False])
@pytest.mark.parametrize("is_fork", [True, False])
def test_a_stranger_that_was_not_asked_yet_gets_its_turn_in_any_crowd_of_strangers(
    are_forks: bool, is_fork: bool
) -> None:
    """Members are strangers until they have proved who they are, and no other's silence counts against them."""
    machine, asked = catch_up(), []
    for number in range(2 * HINTS_LIMIT):
        hint(machine, f"stranger {number}", 0.0, is_fork=are_forks)
    hint(machine, "alice", 1.0, is_fork=is_fork)
    now = 1.0
    while "alice" not in asked:
        asked += ask(machine, now)
        now += PAUSE
    assert len(asked) <= HINTS_LIMIT
    assert now <= HINTS_LIMIT / QUESTIONS_AT_ONCE * PAUSE + 1.0


def test_a_stranger_that_proves_to_be_a_member_waits_behind_no_stranger_from_then_on() -> None:
    machine = catch_up()
    for number in range(HINTS_LIMIT):
        hint(machine, f"stranger {number}", 0.0, is_fork=True)
    hint(machine, "alice", 0.0, is_fork=True)
    assert not machine.knows("alice")
    machine.reached_by(A, "alice")
    assert machine.knows("alice")
    assert "alice" in ask(machine, 0.0)


def test_a_stranger_is_asked_again_less_and_less_often_and_several_at_once_if_they_cannot_all_be_members() -> None:
    machine = catch_up()
    for number in range(3):
        hint(machine, f"stranger {number}", 0.0, is_fork=False)
    asked = [(float(now), len(ask(machine, float(now)))) for now in range(1, 20)]
    assert [now for now, number in asked if number] == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert {number for _, number in asked} == {0, 3}
    one = catch_up()
    hint(one, "stranger 1", 0.0, is_fork=False)
    hint(one, "stranger 2", 0.0, is_fork=False)
    assert [ask(one, float(now)) for now in (1, 2)] == [["stranger 1"], ["stranger 2"]]


# Doubt


def test_a_claim_that_the_group_has_gone_on_keeps_us_from_committing_for_a_moment() -> None:
    machine = catch_up()
    machine.saw_ahead("bob", 6, 10.0, is_member=True)
    assert machine.is_in_doubt(10.0)
    assert machine.is_in_doubt(10.0 + TIMING.doubt - 0.01)
    machine.tick(10.0 + TIMING.doubt)
    assert not machine.is_in_doubt(10.0 + TIMING.doubt)


def test_claim_after_claim_does_not_prolong_it_nor_bring_it_back_soon() -> None:
    """Holders of the invite can claim anything, and no newcomer would get in meanwhile."""
    machine, doubted = catch_up(), 0
    for tenth in range(600):
        now = tenth / 10
        machine.saw_ahead(f"stranger {tenth}", 1 << 40, now, is_member=True)
        machine.tick(now)
        doubted += machine.is_in_doubt(now)
        machine.heard_in_our_epoch(f"stranger {tenth}")
        ask(machine, now)
    assert doubted / 10 <= 2 * TIMING.doubt + 0.2


def test_strangers_make_a_member_that_has_just_connected_doubt_and_no_other() -> None:
    """It has missed something, and does not know the members' identities yet; later strangers could stop a room."""
    for seconds, is_heeded in ((HEED_ALL - 0.01, True), (HEED_ALL, False)):
        for fact in ("saw_fork", "saw_ahead"):
            machine = catch_up()
            machine.link_up(10.0)
            epoch = (6,) if fact == "saw_ahead" else ()
            getattr(machine, fact)("a stranger", *epoch, 10.0 + seconds, is_member=False)
            assert machine.is_in_doubt(10.0 + seconds) is is_heeded


def test_no_stranger_takes_the_doubt_that_a_member_s_hint_makes() -> None:
    machine = catch_up()
    machine.link_up(0.0)
    hint(machine, "a stranger", 0.0, is_fork=True)
    assert machine.is_in_doubt(0.0)
    machine.tick(10.0)
    hint(machine, "a stranger", 10.0, is_fork=True)
    assert not machine.is_in_doubt(10.0)
    machine.saw_fork("bob", 10.0, is_member=True)
    assert machine.is_in_doubt(10.0)


def test_doubt_ends_with_what_caused_it() -> None:
    machine = catch_up()
    machine.saw_fork("bob", 10.0, is_member=True)
    machine.heard_in_our_epoch("bob")
    assert not machine.is_in_doubt(10.0)


def test_we_look_again_when_doubt_ends() -> None:
    machine = catch_up()
    machine.saw_ahead("bob", 6, 0.0, is_member=True)
    ask(machine, IN_FLIGHT)
    assert machine.deadline() == IN_FLIGHT + TIMING.ask_again
    ask(machine, IN_FLIGHT + TIMING.ask_again)
    assert machine.deadline() == TIMING.doubt


# Beginning anew


def test_what_was_seen_in_another_group_or_before_the_link_broke_is_void() -> None:
    machine = catch_up()
    for make_void in (
        lambda: machine.epoch_entered(in_epoch(5, b"another group"), 1.0),
        machine.link_down,
        machine.group_left,
    ):
        machine.epoch_entered(in_epoch(5), 0.0)
        machine.saw_ahead("bob", 9, 0.0, is_member=True)
        machine.saw_fork("carol", 0.0, is_member=True)
        make_void()
        assert machine.deadline() is None
        assert ask(machine, 100.0) == []


def test_in_a_crowd_commits_may_take_longer() -> None:
    machine = CatchUp(TIMING)
    machine.epoch_entered(in_epoch(5, members=2 * SMALL_GROUP), 0.0)
    machine.saw_ahead("a", 6, 10.0, is_member=True)
    assert machine.is_in_doubt(10.0 + 2 * TIMING.doubt - 0.01)
    first = 10.0 + 2 * IN_FLIGHT
    assert ask(machine, first - 0.1) == []
    assert ask(machine, first) == ["a"]
    assert ask(machine, first + 2 * TIMING.ask_again - 0.1) == []
    assert ask(machine, first + 2 * TIMING.ask_again) == ["a"]
