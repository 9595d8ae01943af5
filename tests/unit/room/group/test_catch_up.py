from volly_browser.room.wire.forks import Standing

from volly_browser.room.group.catch_up import DOUBLINGS_LIMIT, SOURCES_LIMIT, CatchUp
from volly_browser.room.timing import SMALL_GROUP, Timing

TIMING = Timing()
STANDING = Standing(-5, (1, b"A"), -3, b"theirs")
IN_FLIGHT = TIMING.commit_in_flight


def catch_up(epoch: int = 5) -> CatchUp:
    machine = CatchUp(TIMING)
    machine.entered_afresh(epoch)
    return machine


def questions(machine: CatchUp, now: float) -> list[str]:
    return machine.take_questions(now, lambda identity: identity in ("bob", "carol", "dora"))


def test_talk_of_the_present_or_the_past_means_nothing() -> None:
    machine = catch_up()
    machine.saw("bob", 5, 0.0)
    machine.saw("bob", 3, 0.0)
    assert not machine.is_behind
    assert machine.deadline() is None


def test_talk_of_a_later_epoch_is_a_reason_to_ask_after_a_moment() -> None:
    machine = catch_up()
    machine.saw("bob", 6, 1.0)
    assert machine.is_behind
    assert machine.deadline() == 1.0 + IN_FLIGHT
    assert questions(machine, 0.9 + IN_FLIGHT) == []
    assert questions(machine, 1.0 + IN_FLIGHT) == ["bob"]
    assert questions(machine, 1.0 + IN_FLIGHT) == [], "and to give it time to answer"
    assert machine.deadline() == 1.0 + IN_FLIGHT + TIMING.ask_again


def test_each_question_goes_to_the_next_who_may_know() -> None:
    machine, asked = catch_up(), []
    for identity in ("bob", "carol", "dora"):
        machine.saw(identity, 6, 0.0)
    for times in range(4):
        asked += questions(machine, IN_FLIGHT + times * TIMING.ask_again)
    assert asked == ["bob", "carol", "dora", "bob"]


def test_members_of_our_own_group_are_asked_before_newcomers() -> None:
    machine, asked = catch_up(), []
    for identity in ("a newcomer", "bob", "another newcomer", "carol"):
        machine.saw(identity, 6, 0.0)
    for times in range(4):
        asked += questions(machine, IN_FLIGHT + times * TIMING.ask_again)
    assert asked == ["bob", "carol", "bob", "carol"]
    machine.gone("bob")
    machine.gone("carol")
    assert questions(machine, 10.0) == ["a newcomer"]


def test_whoever_says_that_it_is_no_further_than_we_are_was_not_who_spoke_before() -> None:
    machine = catch_up()
    machine.saw("bob", 1 << 40, 1.0)
    machine.saw("carol", 6, 1.0)
    machine.stands_at("bob", 5, 2.0)
    assert machine.latest_source == "carol"
    machine.stands_at("carol", 4, 2.0)
    assert not machine.is_behind
    machine.stands_at("bob", 6, 3.0)
    assert machine.is_behind


def test_whoever_says_again_and_again_that_it_is_ahead_does_not_prolong_the_wait() -> None:
    machine = catch_up()
    for time in range(4):
        machine.stands_at("bob", 6, float(time))
    assert machine.is_hopeless(TIMING.missing_commit)


def test_whoever_is_gone_is_not_asked() -> None:
    machine = catch_up()
    machine.saw("bob", 6, 0.0)
    machine.saw("carol", 6, 0.0)
    machine.gone("bob")
    assert questions(machine, IN_FLIGHT) == ["carol"]
    machine.gone("carol")
    assert not machine.is_behind
    machine.saw_fork("dora", STANDING, 0.0)
    machine.gone("dora")
    assert questions(machine, 100.0) == []


def test_nobody_is_asked_while_the_link_is_down() -> None:
    machine = catch_up()
    machine.saw("bob", 6, 0.0)
    machine.saw_fork("carol", STANDING, 0.0)
    machine.link_down()
    assert questions(machine, 100.0) == []
    assert machine.deadline() is None


def test_the_commit_ends_the_questions() -> None:
    machine = catch_up()
    machine.saw("bob", 6, 1.0)
    machine.entered(6, 1.1)
    assert not machine.is_behind
    assert machine.deadline() is None


def test_after_a_while_without_the_commit_there_is_no_hope() -> None:
    machine = catch_up()
    machine.saw("bob", 6, 1.0)
    assert not machine.is_hopeless(0.9 + TIMING.missing_commit)
    assert machine.is_hopeless(1.0 + TIMING.missing_commit)


def test_talk_of_ever_later_epochs_does_not_prolong_the_wait() -> None:
    machine = catch_up()
    machine.saw("bob", 6, 1.0)
    machine.saw("bob", 9, 2.0)
    machine.saw("carol", 12, 3.0)
    assert machine.is_hopeless(1.0 + TIMING.missing_commit)


def test_each_commit_that_came_gives_the_next_one_its_own_time() -> None:
    machine = catch_up()
    machine.saw("bob", 7, 1.0)
    machine.entered(6, 2.0)
    assert machine.is_behind
    assert not machine.is_hopeless(1.0 + TIMING.missing_commit)
    assert machine.is_hopeless(2.0 + TIMING.missing_commit)


def test_the_way_back_is_asked_of_whoever_is_ahead_of_all() -> None:
    machine = catch_up()
    assert machine.latest_source is None
    for identity, epoch in (("bob", 6), ("carol", 9), ("dora", 7)):
        machine.saw(identity, epoch, 0.0)
    assert machine.latest_source == "carol"


def test_fresh_keys_make_all_talk_from_before_void() -> None:
    machine = catch_up()
    machine.saw("bob", 1 << 63, 1.0)
    machine.saw_fork("carol", STANDING, 1.0)
    machine.entered_afresh(6)
    assert machine.deadline() is None
    machine.saw("bob", 7, 9.0)
    assert not machine.is_hopeless(8.9 + TIMING.missing_commit)
    assert machine.is_hopeless(9.0 + TIMING.missing_commit)


def test_who_follows_no_group_misses_nothing() -> None:
    machine = catch_up()
    machine.saw("bob", 9, 0.0)
    machine.saw_fork("carol", STANDING, 0.0)
    machine.lost()
    assert machine.deadline() is None
    machine.saw("bob", 9, 0.0)
    machine.saw_fork("carol", STANDING, 0.0)
    assert machine.deadline() is None


def test_somebody_in_another_branch_is_asked_at_once_and_then_less_and_less_often() -> None:
    machine, now, waits = catch_up(), 1.0, []
    machine.saw_fork("bob", STANDING, now)
    machine.saw_fork("bob", STANDING, now)
    for _ in range(DOUBLINGS_LIMIT + 3):
        due = machine.deadline()
        assert due is not None
        waits.append(due - now)
        now = due
        assert questions(machine, now - 0.001) == []
        assert questions(machine, now) == ["bob"]
        machine.saw_fork("bob", STANDING, now)
    longest = TIMING.ask_again * 2**DOUBLINGS_LIMIT
    assert waits == [0.0, *(TIMING.ask_again * 2**times for times in range(DOUBLINGS_LIMIT)), longest, longest]
    assert not machine.is_hopeless(1e9)


def test_whoever_agrees_again_is_not_asked_any_more() -> None:
    machine = catch_up()
    machine.saw_fork("bob", STANDING, 0.0)
    machine.stands_at("bob", 5, 25.0)
    assert questions(machine, 100.0) == []


def test_a_branch_that_stands_lower_gives_way_where_no_order_has_settled_it_for_long() -> None:
    machine = catch_up()
    machine.saw_fork("bob", STANDING, 1.0)
    machine.saw_fork("bob", STANDING, 5.0)
    lower, higher = STANDING._replace(eldest=(2, b"A")), STANDING._replace(eldest=(0, b"A"))
    assert not machine.loses(lower, 0.9 + TIMING.unsettled_fork)
    assert machine.loses(lower, 1.0 + TIMING.unsettled_fork)
    assert not machine.loses(higher, 1.0 + TIMING.unsettled_fork)
    machine.saw_fork("bob", STANDING._replace(eldest=(3, b"A")), 20.0)
    assert not machine.loses(lower, 20.0), "what it says last counts"
    machine.stands_at("bob", 5, 25.0)
    assert not machine.loses(lower, 100.0)


def test_who_stands_lower_knows_it_before_it_gives_way() -> None:
    machine = catch_up()
    lower, higher = STANDING._replace(eldest=(2, b"A")), STANDING._replace(eldest=(0, b"A"))
    assert not machine.stands_lower(lower)
    machine.saw_fork("bob", STANDING, 1.0)
    assert machine.stands_lower(lower)
    assert not machine.stands_lower(higher)


def test_whoever_knocks_is_in_no_branch_any_more() -> None:
    machine = catch_up()
    machine.saw_fork("bob", STANDING, 1.0)
    machine.knocks("bob")
    assert not machine.stands_lower(STANDING._replace(eldest=(2, b"A")))
    assert questions(machine, 2.0) == []


def test_any_number_of_claims_is_survived() -> None:
    machine = catch_up()
    for number in range(10 * SOURCES_LIMIT):
        machine.saw(f"stranger {number}", 7, 0.0)
        machine.saw_fork(f"fork {number}", STANDING, 0.0)
    machine.saw("stranger 0", 9, 0.0)
    assert machine.latest_source == "stranger 0"
    assert len(questions(machine, 1.0)) == SOURCES_LIMIT + 1


def test_in_a_crowd_commits_may_take_longer() -> None:
    machine = CatchUp(TIMING)
    machine.entered_afresh(5)
    machine.members_are(2 * SMALL_GROUP)
    machine.saw("a", 6, 10.0)
    assert not machine.is_hopeless(10.0 + 2 * TIMING.missing_commit - 0.1)
    assert machine.is_hopeless(10.0 + 2 * TIMING.missing_commit)
    first = 10.0 + 2 * TIMING.commit_in_flight
    assert machine.take_questions(first - 0.1, lambda _: True) == []
    assert machine.take_questions(first, lambda _: True) == ["a"]
    assert machine.take_questions(first + 2 * TIMING.ask_again - 0.1, lambda _: True) == []
    assert machine.take_questions(first + 2 * TIMING.ask_again, lambda _: True) == ["a"]
