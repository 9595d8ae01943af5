from volly_browser.room.door.group_age import GroupAge

from volly_browser.room.door.admission import Admission, Create, Knock
from volly_browser.room.timing import SMALL_GROUP, Timing

TIMING = Timing()
OLD, YOUNG = GroupAge(1000, b"old"), GroupAge(2000, b"young")


def linked(identity: str = "m", **peers: float) -> Admission:
    admission = Admission(TIMING, lambda: 0.5)
    for peer, since in peers.items():
        admission.peer_joined(peer, since)
    admission.link_up(identity, 0.0)
    return admission


def knock(admission: Admission, now: float) -> Knock:
    step = admission.next_step(now)
    assert isinstance(step, Knock)
    admission.knocked(step, now)
    return step


def test_nothing_is_done_without_a_link() -> None:
    admission = Admission(TIMING, lambda: 0.5)
    assert admission.next_step(0.0) is None
    assert admission.deadline() is None


def test_an_empty_room_is_opened_at_once() -> None:
    assert linked().next_step(0.0) == Create()


def test_whoever_is_not_alone_knocks_at_once_and_then_waits() -> None:
    admission = linked(a=0.0)
    knock(admission, 0.0)
    assert admission.next_step(0.1) is None


def test_a_peer_that_announces_nothing_is_waited_for_only_shortly() -> None:
    admission = linked(ghost=0.0)
    knock(admission, 0.0)
    assert admission.deadline() == TIMING.silent_peer
    assert admission.next_step(TIMING.silent_peer) == Create()


def test_among_newcomers_the_smallest_identity_creates() -> None:
    first, second = linked("a", b=0.0), linked("b", a=0.0)
    for admission, other in ((first, "b"), (second, "a")):
        knock(admission, 0.0)
        admission.got_hello(other, 0.1, announced=True)
    assert first.next_step(0.1) == Create()
    assert second.next_step(0.1) is None


def test_the_next_newcomer_creates_when_the_smallest_has_gone() -> None:
    admission = linked("b", a=0.0)
    knock(admission, 0.0)
    admission.got_hello("a", 0.1, announced=False)
    admission.peer_left("a")
    assert admission.next_step(0.2) == Create()


def test_members_are_knocked_at_again_and_again_and_less_and_less_often() -> None:
    admission = linked(a=0.0)
    admission.got_presence("a", OLD, 4, 0.0)
    times = [0.0]
    knock(admission, 0.0)
    while (deadline := admission.deadline()) is not None and deadline < TIMING.deserted_group:
        assert admission.next_step(deadline - 0.01) is None
        knock(admission, deadline)
        times.append(deadline)
    assert times == [0.0, 3.0, 9.0]


def test_a_group_that_never_answers_is_not_waited_for_forever() -> None:
    admission = linked(a=0.0)
    admission.got_presence("a", OLD, 0, 0.0)
    knock(admission, 0.0)
    assert not isinstance(admission.next_step(TIMING.deserted_group - 0.01), Create)
    assert admission.next_step(TIMING.deserted_group) == Create()


def test_a_newcomer_is_less_senior_than_all_members_it_sees() -> None:
    admission = linked(a=0.0)
    admission.got_presence("a", OLD, 7, 0.0)
    assert knock(admission, 0.0) == Knock(b"old", 8)


def test_who_is_told_that_it_claims_too_much_knocks_again_at_once() -> None:
    admission = linked(a=0.0)
    assert knock(admission, 0.0).seniority == 1
    assert admission.next_step(0.1) is None
    admission.told_outdated(0)
    admission.told_outdated(1)
    assert admission.next_step(0.1) is None
    admission.told_outdated(8)
    assert knock(admission, 0.1).seniority == 8
    assert admission.next_step(0.2) is None


def test_each_knock_can_be_told_from_the_one_before() -> None:
    admission = linked(a=0.0)
    admission.got_presence("a", OLD, 0, 0.0)
    assert [knock(admission, now).seniority for now in (0.0, 3.0, 9.0)] == [1, 2, 3]


def test_seniority_that_is_merely_equal_to_another_newcomer_s_is_no_reason_to_knock_again() -> None:
    admission = linked(a=0.0)
    knock(admission, 0.0)
    admission.got_presence("a", OLD, 7, 0.1)
    assert admission.next_step(0.1) is None


def test_whoever_is_inside_has_nothing_to_do() -> None:
    admission = linked(a=0.0)
    admission.entered(OLD, 0.0)
    admission.got_presence("a", OLD, 0, 0.0)
    assert admission.next_step(5.0) is None
    assert admission.deadline() is None


def test_of_two_groups_the_younger_one_knocks_at_the_older_one() -> None:
    older, younger = linked("a", b=0.0), linked("b", a=0.0)
    older.entered(OLD, 0.0)
    younger.entered(YOUNG, 0.0)
    older.got_presence("b", YOUNG, 0, 0.0)
    younger.got_presence("a", OLD, 0, 0.0)
    assert older.next_step(0.0) is None
    assert knock(younger, 0.0).group_id == b"old"


def test_the_older_group_need_not_answer_for_the_younger_one_to_go_on() -> None:
    admission = linked(a=0.0)
    admission.entered(YOUNG, 0.0)
    admission.got_presence("a", OLD, 0, 0.0)
    knock(admission, 0.0)
    assert not isinstance(admission.next_step(1000.0), Create)


def test_a_group_that_does_not_answer_keeps_nobody_from_the_others_until_it_speaks_again() -> None:
    oldest = GroupAge(1, b"deaf")
    admission = linked(a=0.0, b=0.0)
    admission.entered(YOUNG, 0.0)
    admission.got_presence("a", oldest, 0, 0.0)
    admission.got_presence("b", OLD, 0, 0.0)
    for now in (0.0, 3.0, 9.0):
        assert knock(admission, now).group_id == b"deaf"
    assert knock(admission, 21.0).group_id == b"old"
    admission.entered(OLD, 22.0)
    assert admission.deadline() is None
    admission.got_presence("a", oldest, 0, 100.0)
    assert knock(admission, 100.0).group_id == b"deaf"


def test_a_member_that_knocks_elsewhere_is_still_a_member() -> None:
    admission = linked("a", b=0.0)
    admission.got_presence("b", OLD, 0, 0.0)
    knock(admission, 0.0)
    admission.got_hello("b", 0.1, announced=False)
    assert admission.next_step(0.1) is None


def test_a_member_that_lost_its_keys_and_says_so_is_a_newcomer() -> None:
    admission = linked("a", b=0.0)
    admission.got_presence("b", OLD, 0, 0.0)
    knock(admission, 0.0)
    admission.got_hello("b", 0.1, announced=True)
    assert admission.next_step(0.1) == Create()


def test_whoever_loses_its_keys_knocks_at_once() -> None:
    admission = linked(a=0.0)
    admission.got_presence("a", OLD, 3, 0.0)
    admission.entered(OLD, 0.0)
    admission.lost(50.0)
    assert knock(admission, 50.0) == Knock(b"old", 4)


def test_who_loses_its_keys_again_and_again_knocks_less_and_less_often() -> None:
    admission = linked(a=0.0)
    admission.got_presence("a", OLD, 3, 0.0)
    waits = []
    for _ in range(4):
        admission.entered(OLD, 50.0)
        admission.lost(50.0)
        deadline = admission.deadline()
        assert deadline is not None
        waits.append(deadline - 50.0)
    assert waits == [0.0, 3.0, 6.0, 12.0]
    admission.entered(OLD, 60.0)
    admission.lost(200.0)
    assert admission.deadline() == 200.0


def test_everything_begins_again_after_the_link_was_down() -> None:
    admission = linked(a=0.0)
    knock(admission, 0.0)
    admission.link_down()
    assert admission.next_step(1.0) is None
    admission.link_up("other", 2.0)
    assert admission.next_step(2.0) == Create()


def test_any_number_of_invented_peers_is_survived() -> None:
    admission = linked()
    for number in range(10_000):
        admission.got_hello(f"ghost {number}", 0.0, announced=True)
    assert isinstance(admission.next_step(0.0), Knock)


def test_a_group_that_is_heard_is_not_deserted_however_busy_it_is() -> None:
    admission = linked(a=0.0)
    knock(admission, 0.0)
    for now in range(int(TIMING.closed_group)):
        admission.got_presence("a", OLD, 0, float(now))
        if isinstance(admission.next_step(float(now)), Knock):
            assert knock(admission, float(now)).group_id in (b"", b"old")
        assert not isinstance(admission.next_step(float(now)), Create)
    assert admission.next_step(TIMING.closed_group) == Create(), "but it is not waited for as long as it likes"


def test_a_newcomer_that_knocks_again_is_waited_for() -> None:
    admission = linked("b", a=0.0)
    knock(admission, 0.0)
    admission.got_hello("a", 0.1, announced=True)
    admission.got_hello("a", 8.0, announced=True)
    assert not isinstance(admission.next_step(TIMING.deserted_group + 1.0), Create)
    assert admission.next_step(8.0 + TIMING.deserted_group) == Create()


def test_among_many_we_wait_longer_before_we_knock_again() -> None:
    admission = linked(a=0.0)
    admission.got_presence("a", OLD, 0, 0.0)
    for number in range(2 * SMALL_GROUP - 1):
        admission.peer_joined(f"peer {number}", 0.0)
    knock(admission, 0.0)
    waits = []
    for _ in range(5):
        deadline = admission._knock_at()
        waits.append(deadline - admission._last_knock)
        knock_at = admission._knock()
        admission.knocked(knock_at, deadline)
    assert waits == [6.0, 12.0, 24.0, 30.0, 30.0]


def test_not_all_knock_again_at_once() -> None:
    deadlines = set()
    for chance in (0.0, 0.5, 1.0):
        admission = Admission(TIMING, lambda chance=chance: chance)  # type: ignore[misc]
        admission.peer_joined("a", 0.0)
        admission.link_up("m", 0.0)
        admission.got_presence("a", OLD, 0, 0.0)
        knock(admission, 0.0)
        deadlines.add(admission.deadline())
    assert deadlines == {0.75 * TIMING.unanswered_hello, TIMING.unanswered_hello, 1.25 * TIMING.unanswered_hello}


def test_who_loses_its_place_right_after_a_knock_waits_for_the_answer_first() -> None:
    admission = linked(a=0.0)
    admission.got_presence("a", OLD, 3, 0.0)
    knock(admission, 0.0)
    admission.entered(OLD, 1.0)
    admission.lost(1.5)
    assert admission.next_step(1.6) is None
    assert admission.deadline() == TIMING.unanswered_hello
    knock(admission, TIMING.unanswered_hello)


def test_on_a_new_connection_nobody_waits_for_what_the_old_one_may_have_lost() -> None:
    admission = linked(a=0.0)
    knock(admission, 0.0)
    admission.link_down()
    admission.peer_joined("a", 1.0)
    admission.link_up("m", 1.0)
    knock(admission, 1.0)
