from tests.unit.room.cast import with_others
from volly_browser.room.presence.attendance import Attendance
from volly_browser.room.timing import SMALL_GROUP, Timing

TIMING = Timing()
ME, A, B, C = (bytes([letter]) * 16 for letter in b"MABC")
PATIENCE = TIMING.silences * TIMING.heartbeat


def attendance(*others: bytes) -> Attendance:
    machine = Attendance(TIMING)
    machine.link_up(0.0)
    machine.epoch_entered(with_others(ME, others or (A, B)), 0.0)
    return machine


def pass_time(machine: Attendance, begin: float, end: float) -> list[bytes]:
    """Look about as often as a page that is awake; return the members that were silent meanwhile, each once."""
    silent: dict[bytes, None] = {}
    for tenth in range(round(10 * begin), round(10 * end) + 1):
        silent.update(dict.fromkeys(machine.take_silent(tenth / 10)))
    return list(silent)


def test_a_member_that_enters_is_heard_at_once_and_then_again_and_again() -> None:
    machine = attendance()
    assert machine.has_to_speak(0.0)
    machine.spoke(0.0)
    assert not machine.has_to_speak(TIMING.heartbeat - 0.1)
    assert machine.deadline() == TIMING.heartbeat
    assert machine.has_to_speak(TIMING.heartbeat)


def test_a_change_of_members_makes_nobody_speak_more_often() -> None:
    machine = attendance()
    machine.spoke(1.0)
    machine.epoch_entered(with_others(ME, (A, B, C)), 2.0)
    assert machine.deadline() == 1.0 + TIMING.heartbeat


def test_in_a_large_group_members_speak_less_often_and_are_waited_for_the_longer() -> None:
    machine = attendance(*(bytes([number]) * 16 for number in range(4 * SMALL_GROUP - 1)))
    assert machine.interval == 4 * TIMING.heartbeat
    assert pass_time(machine, 0, 4 * PATIENCE - 0.1) == []
    assert len(pass_time(machine, 4 * PATIENCE, 4 * PATIENCE)) == 4 * SMALL_GROUP - 1


def test_without_a_group_there_is_nothing_to_say() -> None:
    machine = attendance()
    machine.group_left()
    assert not machine.has_to_speak(100.0)
    assert machine.deadline() is None
    assert pass_time(machine, 0, 2 * PATIENCE) == []
    machine.epoch_entered(with_others(ME, (A,)), 30.0)
    assert machine.has_to_speak(30.0), "a member that enters another group is heard at once"


def test_a_member_that_is_silent_for_several_heartbeats_is_gone() -> None:
    machine = attendance()
    machine.heard(A, 10.0)
    assert pass_time(machine, 0, PATIENCE - 0.1) == []
    assert machine.take_silent(PATIENCE) == [B]
    assert pass_time(machine, PATIENCE, 10 + PATIENCE - 0.1) == [B]
    assert machine.take_silent(10 + PATIENCE) == [B, A], "who was heard longest ago comes first"


def test_a_newcomer_gets_its_time_from_then_on() -> None:
    machine = attendance(A)
    pass_time(machine, 0, 10)
    machine.heard(A, 10.0)
    machine.epoch_entered(with_others(ME, (A, B)), 10.0)
    assert pass_time(machine, 10, 10 + PATIENCE - 0.1) == []
    assert machine.take_silent(10 + PATIENCE) == [A, B]


def test_strangers_are_not_members_however_loud() -> None:
    machine = attendance(A)
    machine.heard(C, 1.0)
    assert pass_time(machine, 0, PATIENCE) == [A]


def test_after_a_sleep_of_our_own_all_members_get_their_time_anew() -> None:
    machine = attendance()
    pass_time(machine, 0, 1)
    assert machine.take_silent(61.0) == []
    assert pass_time(machine, 61, 61 + PATIENCE - 0.1) == []
    assert machine.take_silent(61 + PATIENCE) == [A, B]


def test_a_moment_of_inattention_is_no_sleep() -> None:
    for pause, silent in ((2 * TIMING.heartbeat, [A, B]), (2 * TIMING.heartbeat + 0.1, [])):
        machine = attendance()
        pass_time(machine, 0, PATIENCE - pause)
        machine.take_silent(PATIENCE - pause)
        assert machine.take_silent(PATIENCE) == silent


def test_after_our_own_link_was_down_all_members_get_their_time_anew_and_hear_of_us() -> None:
    machine = attendance()
    machine.spoke(1.0)
    machine.link_up(3.0)
    assert machine.has_to_speak(3.0)
    assert pass_time(machine, 3, 3 + PATIENCE - 0.1) == []
