import itertools
from dataclasses import replace

import pytest

from tests.unit.room.cast import company
from volly_browser.room import labels
from volly_browser.room.door.admission import (
    CORRECTIONS_LIMIT,
    CORRECTIONS_OF_ONE,
    JUMPS_LIMIT,
    NO_TICKET,
    PEERS_LIMIT,
    PROPOSALS_LIMIT,
    SEEN_OF_FULL,
    STRANGERS_LATER,
    Admission,
    Create,
    Place,
    Propose,
    SayHello,
)
from volly_browser.room.timing import SMALL_GROUP, Timing
from volly_browser.room.wire.structs import PassedEpoch

TIMING = Timing()
ME, A, B = b"M" * 16, b"A" * 16, b"B" * 16
BRANCH, OTHER_BRANCH = b"branch..........", b"another branch.."
GOOD = Place(b"a good group", 5, BRANCH, 2, lets_in=True)
BAD = Place(b"no good group", 5, BRANCH, 2, lets_in=True)
SETTLED_GOOD = replace(GOOD, is_settled=True)


def linked(identity: str = "m", **peers: float) -> Admission:
    admission = Admission(TIMING, lambda: 0.5)
    for peer, since in peers.items():
        admission.peer_joined(peer, since)
    admission.connected(identity, 0.0)
    return admission


def knock(admission: Admission, now: float) -> SayHello:
    step = admission.next_step(now)
    assert isinstance(step, SayHello)
    admission.knocked(step, now)
    return step


def enter(admission: Admission, place: Place, now: float, *others: bytes) -> None:
    """We are in a group with these others."""
    ours = company(ME, *others, ME, epoch=place.epoch, group_id=place.group_id)
    admission.entered(ours, place.branch, (PassedEpoch(place.epoch, place.branch),), now)


def inside(place: Place, *others: bytes, now: float = 0.0, **peers: float) -> Admission:
    admission = linked(**peers)
    enter(admission, place, now, *others)
    return admission


def settled(place: Place, now: float = 0.0) -> Admission:
    """We are in company with which something was said, and a peer is there."""
    admission = inside(place, A, a=0.0)
    admission.spoken()
    admission.tick(now, hears_nobody=False)
    assert admission.is_settled
    return admission


# No link


def test_nothing_is_done_without_a_link() -> None:
    admission = Admission(TIMING, lambda: 0.5)
    assert admission.next_step(0.0) is None
    assert admission.deadline(0.0) is None


def test_everything_begins_again_after_the_link_was_down() -> None:
    admission = linked(a=0.0)
    knock(admission, 0.0)
    admission.link_down()
    assert admission.next_step(1.0) is None
    admission.connected("other", 2.0)
    assert admission.next_step(2.0) == Create()


def test_on_a_new_connection_nobody_waits_for_what_the_old_one_may_have_lost() -> None:
    admission = linked(a=0.0)
    knock(admission, 0.0)
    admission.link_down()
    admission.peer_joined("a", 1.0)
    admission.connected("m", 1.0)
    knock(admission, 1.0)


# Outside


def test_an_empty_room_is_opened_at_once() -> None:
    assert linked().next_step(0.0) == Create()


def test_a_newcomer_with_peers_knocks_at_once_and_then_waits() -> None:
    admission = linked(a=0.0)
    assert knock(admission, 0.0) == SayHello(b"", NO_TICKET, ())
    assert admission.next_step(0.1) is None


def test_a_peer_that_announces_nothing_is_waited_for_only_shortly() -> None:
    admission = linked(ghost=0.0)
    knock(admission, 0.0)
    assert admission.deadline(0.0) == TIMING.silent_peer
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
    admission.got_notice("a", GOOD, 0.0)
    times = [0.0]
    knock(admission, 0.0)
    while (deadline := admission.deadline(0.0)) is not None and deadline < TIMING.deserted_group:
        assert admission.next_step(deadline - 0.01) is None
        knock(admission, deadline)
        times.append(deadline)
    assert times == [0.0, 3.0, 9.0]


def test_a_group_that_never_answers_is_not_waited_for_forever() -> None:
    admission = linked(a=0.0)
    admission.got_notice("a", GOOD, 0.0)
    knock(admission, 0.0)
    assert not isinstance(admission.next_step(TIMING.deserted_group - 0.01), Create)
    assert admission.next_step(TIMING.deserted_group) == Create()


def test_a_group_that_is_heard_is_not_deserted_however_busy_it_is() -> None:
    admission = linked(a=0.0)
    knock(admission, 0.0)
    for now in range(int(TIMING.closed_group)):
        admission.got_notice("a", GOOD, float(now))
        if isinstance(admission.next_step(float(now)), SayHello):
            knock(admission, float(now))
        assert not isinstance(admission.next_step(float(now)), Create)
    assert admission.next_step(TIMING.closed_group) == Create(), "but it is not waited for as long as it likes"


def test_a_member_that_speaks_to_its_group_is_heard_as_well() -> None:
    admission = linked(a=0.0)
    admission.got_notice("a", GOOD, 0.0)
    knock(admission, 0.0)
    admission.peer_heard("a", 10.0)
    assert not isinstance(admission.next_step(TIMING.deserted_group), Create)
    assert admission.next_step(10.0 + TIMING.deserted_group) == Create()


def test_a_newcomer_that_knocks_again_is_waited_for() -> None:
    admission = linked("b", a=0.0)
    knock(admission, 0.0)
    admission.got_hello("a", 0.1, announced=True)
    admission.got_hello("a", 8.0, announced=True)
    assert not isinstance(admission.next_step(TIMING.deserted_group + 1.0), Create)
    assert admission.next_step(8.0 + TIMING.deserted_group) == Create()


def test_a_member_that_knocks_elsewhere_is_still_a_member() -> None:
    admission = linked("a", b=0.0)
    admission.got_notice("b", GOOD, 0.0)
    knock(admission, 0.0)
    admission.got_hello("b", 0.1, announced=False)
    assert admission.next_step(0.1) is None


def test_a_member_that_lost_its_keys_and_says_so_is_a_newcomer() -> None:
    admission = linked("a", b=0.0)
    admission.got_notice("b", GOOD, 0.0)
    knock(admission, 0.0)
    admission.got_hello("b", 0.1, announced=True)
    assert admission.next_step(0.1) == Create()


def test_among_many_we_wait_longer_before_we_knock_again() -> None:
    admission = Admission(replace(TIMING, closed_group=1e3), lambda: 0.5)
    for number in range(2 * SMALL_GROUP):
        admission.peer_joined(f"peer {number}", 0.0)
    admission.connected("m", 0.0)
    now, waits = 0.0, []
    for _ in range(5):
        admission.got_notice("peer 0", GOOD, now)
        knock(admission, now)
        admission.peer_heard("peer 0", now + 30.0)
        deadline = admission.deadline(now)
        assert deadline is not None
        waits.append(deadline - now)
        now = deadline
    assert waits == [6.0, 12.0, 24.0, 30.0, 30.0]


def test_not_all_knock_again_at_once() -> None:
    deadlines = set()
    for chance in (0.0, 0.5, 1.0):
        admission = Admission(TIMING, lambda chance=chance: chance)  # type: ignore[misc]
        admission.peer_joined("a", 0.0)
        admission.connected("m", 0.0)
        admission.got_notice("a", GOOD, 0.0)
        knock(admission, 0.0)
        deadlines.add(admission.deadline(0.0))
    assert deadlines == {0.75 * TIMING.unanswered_hello, TIMING.unanswered_hello, 1.25 * TIMING.unanswered_hello}


def test_any_number_of_invented_peers_is_survived() -> None:
    admission = linked()
    for number in range(3 * PEERS_LIMIT):
        admission.got_hello(f"ghost {number}", 0.0, announced=True)
        admission.got_notice(f"member {number}", GOOD, 0.0)
    assert len(admission._peers) == PEERS_LIMIT
    assert isinstance(admission.next_step(0.0), SayHello)


# With what, and at whom


def test_a_knock_repeats_what_the_notice_says_and_goes_to_those_that_let_in() -> None:
    admission = linked(a=0.0, b=0.0, c=0.0)
    admission.got_notice("a", replace(GOOD, lets_in=False), 0.0)
    admission.got_notice("b", GOOD, 0.0)
    admission.got_notice("c", BAD, 0.0)
    assert knock(admission, 0.0) == SayHello(GOOD.group_id, BRANCH, ("b",))
    assert knock(admission, 3.0).identities == (), "what was in vain goes to all"


def test_the_latest_epoch_of_a_group_counts() -> None:
    admission = linked(a=0.0, b=0.0)
    admission.got_notice("a", replace(GOOD, epoch=6, branch=OTHER_BRANCH), 0.0)
    admission.got_notice("b", GOOD, 0.0)
    assert knock(admission, 0.0).ticket == OTHER_BRANCH


def test_a_corrected_newcomer_knocks_again_at_once_at_the_peer_that_corrected_it() -> None:
    admission = linked(a=0.0)
    knock(admission, 0.0)
    assert admission.next_step(0.1) is None
    admission.got_notice("a", GOOD, 0.1)
    assert knock(admission, 0.1).group_id == GOOD.group_id, "which group there is was not known before"
    again = replace(GOOD, branch=OTHER_BRANCH)
    admission.got_notice("a", again, 0.2)
    assert admission.next_step(0.2) is None, "what is on display is no answer"
    admission.got_notice("a", again, 0.2, is_answer=True)
    assert knock(admission, 0.2) == SayHello(GOOD.group_id, OTHER_BRANCH, ("a",))
    assert admission.next_step(0.3) is None


def test_an_answer_before_the_first_knock_means_nothing() -> None:
    admission = linked(a=0.0)
    admission.got_notice("a", GOOD, 0.0, is_answer=True)
    knock(admission, 0.0)
    assert admission.next_step(0.1) is None


def test_one_peer_causes_few_knocks_and_all_together_not_many() -> None:
    """Holders of the invite can answer anything, and each knock is a fresh key package."""
    admission = linked(a=0.0)
    knock(admission, 0.0)

    def corrected(identity: str) -> bool:
        admission.got_notice(identity, GOOD, 0.1, is_answer=True)
        if admission.next_step(0.1) is None:
            return False
        knock(admission, 0.1)
        return True

    assert [corrected("mallory") for _ in range(5)] == [True] * CORRECTIONS_OF_ONE + [False] * (5 - CORRECTIONS_OF_ONE)
    others = [corrected(f"stranger {number}") for number in range(20)]
    assert sum(others) == CORRECTIONS_LIMIT - CORRECTIONS_OF_ONE


def test_each_better_group_is_knocked_at_soon_but_not_any_number_and_less_and_less_soon() -> None:
    """Holders of the invite can claim ever better groups, under any number of connections."""
    admission = linked(a=0.0)
    knock(admission, 0.0)
    times = []
    for hundredth in range(1, 100 * int(TIMING.unanswered_hello)):
        now = hundredth / 100
        admission.got_notice("mallory", replace(GOOD, group_id=(1000 - hundredth).to_bytes(16)), now)
        if isinstance(admission.next_step(now), SayHello):
            knock(admission, now)
            times.append(now)
    assert len(times) == JUMPS_LIMIT
    pauses = [after - before for before, after in itertools.pairwise(times)]
    assert all(pause > number * TIMING.knock_elsewhere - 1e-6 for number, pause in enumerate(pauses, start=1))


def test_what_was_knocked_at_in_vain_comes_after_what_others_say() -> None:
    admission = linked(a=0.0, b=0.0)
    admission.got_notice("a", GOOD, 0.0)
    admission.got_notice("b", BAD, 0.0)
    assert [knock(admission, now).group_id for now in (0.0, 3.0, 6.0)] == [
        GOOD.group_id,
        BAD.group_id,
        GOOD.group_id,
    ]


# Inside: which place is better


def test_a_member_that_knows_no_other_group_has_nothing_to_do() -> None:
    admission = inside(GOOD, A, a=0.0)
    admission.got_notice("a", GOOD, 0.0)
    assert admission.next_step(5.0) is None
    assert admission.deadline(5.0) is None


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (replace(BAD, is_settled=True), GOOD),
        (GOOD, BAD),
        (replace(GOOD, members=1), BAD),
        (replace(GOOD, members=1), replace(BAD, members=1)),
    ],
    ids=["settled", "smaller group id", "smaller group id, alone", "both alone, smaller group id"],
)
def test_of_two_places_all_see_the_same_one_as_the_better(better: Place, worse: Place) -> None:
    assert better.rank < worse.rank
    stays, goes = linked("a", b=0.0), linked("b", a=0.0)
    enter(stays, better, 0.0, *([A] if better.members > 1 else []))
    enter(goes, worse, 0.0, *([B] if worse.members > 1 else []))
    if better.is_settled:
        stays.spoken()
    for admission in (stays, goes):
        admission.tick(0.0, hears_nobody=False)
    assert stays.is_settled is better.is_settled
    stays.got_notice("b", worse, 0.0)
    goes.got_notice("a", better, 0.0)
    assert stays.next_step(0.0) is None
    assert knock(goes, 0.0).group_id == better.group_id


def test_a_lone_member_is_free_to_go_at_any_time() -> None:
    admission = inside(replace(BAD, members=1), a=0.0)
    admission.got_notice("a", GOOD, 1000.0)
    assert knock(admission, 1000.0).group_id == GOOD.group_id
    assert admission.takes(GOOD.group_id, 1000.0, is_met=False)


def test_a_member_that_hears_none_of_the_others_goes_to_members_that_it_has_met_and_to_no_others() -> None:
    """A holder of the invite could wait for that moment, under the names of those that it talked with."""
    admission = settled(BAD, 1000.0)
    admission.got_notice("a", SETTLED_GOOD, 1000.0)
    assert not isinstance(admission.next_step(1000.0), SayHello)
    admission.tick(1000.0, hears_nobody=True)
    assert not admission.takes(GOOD.group_id, 1000.0, is_met=True), "nobody has knocked there"
    assert knock(admission, 1000.0).group_id == GOOD.group_id
    assert admission.takes(GOOD.group_id, 1000.5, is_met=True)
    assert not admission.takes(GOOD.group_id, 1000.5, is_met=False)
    assert not admission.takes(BAD.group_id, 1000.5, is_met=True)
    admission.tick(1001.0, hears_nobody=False)
    assert not admission.takes(GOOD.group_id, 1001.0, is_met=True), "they were there after all"


def test_a_member_that_hears_none_of_the_others_asks_its_user_about_strangers() -> None:
    admission = settled(BAD, 0.0)
    admission.got_notice("a", GOOD, 0.0)
    admission.tick(1000.0, hears_nobody=True)
    knock(admission, 1000.0)
    assert admission.next_step(1000.1) == Propose(GOOD.group_id, GOOD.members)
    admission.agreed(GOOD.group_id, 1001.0)
    knock(admission, 1000.0 + TIMING.unanswered_hello)
    assert admission.takes(GOOD.group_id, 1004.0, is_met=False)


def test_a_member_that_has_just_met_others_without_a_text_is_free_to_go() -> None:
    admission = inside(BAD, A, now=10.0, a=0.0)
    admission.got_notice("a", GOOD, 10.0)
    assert admission.takes(GOOD.group_id, 10.0, is_met=False) is False, "nobody has knocked there"
    assert knock(admission, 10.0).group_id == GOOD.group_id
    assert admission.takes(GOOD.group_id, 10.0 + TIMING.acquaintance - 0.1, is_met=False)
    assert not admission.takes(GOOD.group_id, 10.0 + TIMING.acquaintance, is_met=False)
    assert not admission.takes(b"any other group", 10.0, is_met=False)


def test_a_member_that_has_spoken_with_others_stays_and_does_not_look_again_at_once() -> None:
    admission = settled(BAD)
    admission.got_notice("a", SETTLED_GOOD, 0.0)
    assert admission.next_step(0.0) is None
    assert admission.deadline(0.0) == TIMING.settled_place, "its page would do nothing else any more"


def test_the_acquaintance_begins_with_the_first_other_member_and_ends_with_the_last() -> None:
    admission = inside(replace(BAD, members=1), a=0.0)
    admission.spoken()  # to nobody
    history = (PassedEpoch(5, BRANCH),)
    admission.advanced(company(ME, ME, A, group_id=BAD.group_id), BRANCH, history, 100.0)
    admission.got_notice("a", GOOD, 100.0)
    assert isinstance(admission.next_step(100.0), SayHello)
    admission.spoken()
    assert not isinstance(admission.next_step(100.0), SayHello)
    admission.advanced(company(ME, ME, group_id=BAD.group_id), BRANCH, history, 101.0)
    assert isinstance(admission.next_step(101.0), SayHello)


def test_claims_about_our_own_group_do_not_move_a_member_in_company() -> None:
    """Holders of the invite can name any branch of it, and a member that knocked there would lose its place."""
    admission = inside(GOOD, A, a=0.0)
    admission.got_notice("a", replace(GOOD, epoch=1 << 40, branch=OTHER_BRANCH), 0.0)
    assert admission.next_step(0.0) is None
    assert not admission.takes(GOOD.group_id, 0.0, is_met=False)


def test_what_is_on_display_of_an_epoch_that_has_passed_is_our_own_place() -> None:
    admission = inside(replace(GOOD, members=1), a=0.0)
    history = (PassedEpoch(5, BRANCH), PassedEpoch(6, OTHER_BRANCH))
    admission.advanced(company(ME, ME, epoch=6, group_id=GOOD.group_id), OTHER_BRANCH, history, 1.0)
    for known in (GOOD, replace(GOOD, epoch=6, branch=OTHER_BRANCH), replace(GOOD, epoch=4, branch=b"forgotten")):
        admission.got_notice("a", known, 1.0)
        assert admission.next_step(1.0) is None
    admission.got_notice("a", replace(GOOD, epoch=6), 1.0)
    assert admission.next_step(1.0) is None, "another branch, that will come to us if it is as alone as we are"
    admission.got_notice("a", replace(GOOD, epoch=6, branch=b"a better branch."), 1.0)
    assert knock(admission, 1.0).ticket == b"a better branch."


def test_the_better_group_need_not_answer_for_ours_to_go_on() -> None:
    admission = inside(replace(BAD, members=1), a=0.0)
    admission.got_notice("a", GOOD, 0.0)
    knock(admission, 0.0)
    assert not isinstance(admission.next_step(1000.0), Create)


def test_a_group_that_does_not_answer_is_given_up_until_it_speaks_again() -> None:
    deaf = replace(GOOD, group_id=b"a deaf group")
    admission = inside(replace(BAD, members=1), a=0.0, b=0.0)
    admission.got_notice("a", deaf, 0.0)
    for now in (0.0, 3.0, 9.0):
        assert knock(admission, now).group_id == deaf.group_id
    assert admission.next_step(21.0) is None
    assert admission.deadline(21.0) == 21.0 + TIMING.closed_group, "then it is tried again"
    admission.got_notice("b", GOOD, 22.0)
    assert knock(admission, 22.0).group_id == GOOD.group_id
    enter(admission, GOOD, 22.5, A)
    assert admission.next_step(22.5) is None
    assert admission.deadline(22.5) == 21.0 + TIMING.closed_group
    admission.got_notice("a", deaf, 25.0)
    assert knock(admission, 25.0).group_id == deaf.group_id


def test_a_group_that_does_not_answer_keeps_nobody_from_the_others() -> None:
    deaf = replace(GOOD, group_id=b"a deaf group")
    admission = inside(replace(BAD, members=1), a=0.0, b=0.0)
    admission.got_notice("a", deaf, 0.0)
    admission.got_notice("b", GOOD, 0.0)
    assert knock(admission, 0.0).group_id == deaf.group_id
    assert knock(admission, TIMING.unanswered_hello).group_id == GOOD.group_id


def test_a_group_that_did_not_answer_and_says_nothing_new_is_tried_again_after_a_while() -> None:
    """Both are possibly alone, were cut off from each other, and have the same on display as before."""
    admission = inside(replace(BAD, members=1), a=0.0)
    admission.got_notice("a", GOOD, 0.0)
    for now in (0.0, 3.0, 9.0):
        knock(admission, now)
    assert admission.next_step(21.0) is None
    again = 21.0 + TIMING.closed_group
    assert admission.deadline(21.0) == again
    assert admission.next_step(again - 0.1) is None
    assert knock(admission, again).group_id == GOOD.group_id


# Inside: giving way, on proof


def test_a_member_that_gives_way_knocks_at_the_better_branch_of_its_group() -> None:
    admission = inside(GOOD, A, B, a=0.0)
    admission.spoken()
    admission.give_way(PassedEpoch(9, OTHER_BRANCH), 1.0)
    assert knock(admission, 1.0) == SayHello(GOOD.group_id, OTHER_BRANCH, ())
    assert admission.takes(GOOD.group_id, 1.0, is_met=True)


def test_a_way_that_leads_further_replaces_one_and_no_other_does() -> None:
    admission = inside(GOOD, A, a=0.0)
    for epoch in (9, 8, 9):
        admission.give_way(PassedEpoch(epoch, bytes([epoch]) * 16), 1.0)
    assert knock(admission, 1.0).ticket == b"\x09" * 16
    admission.give_way(PassedEpoch(10, b"\x0a" * 16), 2.0)
    assert knock(admission, 1.0 + TIMING.unanswered_hello).ticket == b"\x0a" * 16


def test_a_member_with_no_better_branch_any_more_stays() -> None:
    admission = inside(GOOD, A, a=0.0)
    admission.give_way(PassedEpoch(9, OTHER_BRANCH), 1.0)
    admission.keep_place()
    assert admission.next_step(1.0) is None
    assert not admission.takes(GOOD.group_id, 1.0, is_met=False)


def test_a_newcomer_gives_way_to_no_branch() -> None:
    admission = linked()
    admission.give_way(PassedEpoch(9, OTHER_BRANCH), 1.0)
    assert admission.next_step(1.0) == Create()


# Inside: what a person is asked


def talking() -> Admission:
    """In company with which something was said, and another group is there."""
    admission = settled(BAD)
    admission.got_notice("a", SETTLED_GOOD, 0.0)
    return admission


def test_a_person_is_asked_about_a_better_conversation_once_when_it_has_been_there_for_a_while() -> None:
    admission = talking()
    assert admission.deadline(0.0) == TIMING.settled_place
    assert admission.next_step(TIMING.settled_place - 0.1) is None
    proposal = admission.next_step(TIMING.settled_place)
    assert proposal == Propose(GOOD.group_id, 2)
    admission.proposed(proposal, TIMING.settled_place)
    assert admission.next_step(1e6) is None
    assert admission.deadline(1e6) is None


def test_a_person_that_agrees_goes_there_however_much_was_said() -> None:
    admission = talking()
    admission.agreed(GOOD.group_id, 5.0)
    assert knock(admission, 5.0).group_id == GOOD.group_id
    assert admission.takes(GOOD.group_id, 6.0, is_met=False)
    enter(admission, GOOD, 7.0, A)
    admission.got_notice("a", BAD, 7.0)
    assert admission.next_step(100.0) is None, "it was for this once"


def test_a_person_that_agreed_is_not_taken_back_since_it_has_just_come() -> None:
    """In the group that it came from others are settled; here it has not been for long."""
    admission = talking()
    admission.agreed(GOOD.group_id, 5.0)
    knock(admission, 5.0)
    enter(admission, GOOD, 7.0, A)
    admission.tick(7.0, hears_nobody=False)
    assert admission.is_settled
    admission.got_notice("a", replace(BAD, is_settled=True), 7.0)
    assert admission.next_step(7.0) is None


def test_a_person_can_choose_a_conversation_that_is_no_better() -> None:
    admission = settled(GOOD)
    admission.got_notice("a", BAD, 0.0)
    assert admission.next_step(100.0) is None
    admission.agreed(BAD.group_id, 100.0)
    assert knock(admission, 100.0).group_id == BAD.group_id


def test_a_person_that_has_agreed_in_vain_is_asked_again_and_not_without_end() -> None:
    """The other group possibly could let nobody in: there, one of ours still had a place that it had never taken."""
    admission, now, asked = talking(), TIMING.settled_place, 0
    for _ in range(2 * PROPOSALS_LIMIT):
        if isinstance(step := admission.next_step(now), Propose):
            asked += 1
            admission.proposed(step, now)
            admission.agreed(step.group_id, now)
            knock(admission, now)
        for _ in range(12):
            now += TIMING.closed_group / 4
            admission.peer_heard("a", now)
            admission.next_step(now)
    assert asked == PROPOSALS_LIMIT


def test_a_person_is_asked_again_if_our_own_group_came_between() -> None:
    admission = talking()
    [proposal] = [step for step in [admission.next_step(TIMING.settled_place)] if isinstance(step, Propose)]
    admission.proposed(proposal, TIMING.settled_place)
    admission.agreed(proposal.group_id, TIMING.settled_place)
    enter(admission, BAD, TIMING.settled_place, A)
    admission.spoken()
    admission.tick(100.0, hears_nobody=False)
    assert admission.next_step(TIMING.settled_place + TIMING.propose_again) == proposal


def test_a_person_is_not_asked_about_a_single_one_nor_about_our_own_group() -> None:
    for place in (replace(SETTLED_GOOD, members=1), replace(BAD, epoch=99, branch=OTHER_BRANCH, is_settled=True)):
        admission = settled(BAD)
        admission.got_notice("a", place, 0.0)
        assert admission.next_step(1000.0) is None
        assert admission.deadline(1000.0) is None


def test_a_person_is_not_asked_about_those_that_are_free_to_come_to_us() -> None:
    admission = settled(BAD)
    admission.got_notice("a", GOOD, 0.0)
    assert admission.next_step(1000.0) is None
    assert admission.deadline(1000.0) is None


def test_a_person_is_not_asked_again_and_again_whatever_groups_are_claimed() -> None:
    admission = settled(BAD)
    asked, now = [], 0.0
    for number in range(5 * PROPOSALS_LIMIT):
        admission.got_notice("a", replace(SETTLED_GOOD, group_id=b"a" + bytes([255 - number])), now)
        now += TIMING.propose_again / 2
        if isinstance(step := admission.next_step(now), Propose):
            admission.proposed(step, now)
            asked.append(now)
    assert len(asked) == PROPOSALS_LIMIT
    assert min(after - before for before, after in itertools.pairwise(asked)) >= TIMING.propose_again


# Losing a place


def test_a_member_that_loses_its_place_knocks_at_once() -> None:
    admission = linked(a=0.0)
    admission.got_notice("a", GOOD, 0.0)
    enter(admission, GOOD, 0.0, A)
    admission.lost(50.0)
    assert knock(admission, 50.0) == SayHello(GOOD.group_id, BRANCH, ("a",))


def test_a_member_that_loses_its_place_again_and_again_knocks_less_and_less_often() -> None:
    admission = linked(a=0.0)
    admission.got_notice("a", GOOD, 0.0)
    waits = []
    for _ in range(4):
        enter(admission, GOOD, 50.0, A)
        admission.lost(50.0)
        deadline = admission.deadline(0.0)
        assert deadline is not None
        waits.append(deadline - 50.0)
    assert waits == [0.0, 3.0, 6.0, 12.0]
    enter(admission, GOOD, 60.0, A)
    admission.lost(200.0)
    assert admission.deadline(0.0) == 200.0


def test_a_member_that_loses_its_place_right_after_a_knock_waits_for_the_answer_first() -> None:
    admission = linked(a=0.0)
    admission.got_notice("a", GOOD, 0.0)
    knock(admission, 0.0)
    enter(admission, GOOD, 1.0, A)
    admission.lost(1.5)
    assert admission.next_step(1.6) is None
    assert admission.deadline(0.0) == TIMING.unanswered_hello
    knock(admission, TIMING.unanswered_hello)


def test_a_newcomer_takes_any_welcome() -> None:
    assert linked().takes(b"any group", 0.0, is_met=False)


def test_what_was_in_vain_twice_is_said_to_one_that_does_not_let_in_alone_and_then_to_all_again() -> None:
    admission = linked(a=0.0, b=0.0)
    admission.got_notice("a", GOOD, 0.0)
    admission.got_notice("b", replace(GOOD, lets_in=False), 0.0)
    knocks = []
    for now in (0.0, 4.0, 12.0, 26.0):
        admission.peer_heard("a", now)
        knocks.append(knock(admission, now))
    assert [(hello.identities, hello.is_aside) for hello in knocks] == [
        (("a",), False),
        ((), False),
        (("b",), True),
        ((), False),
    ]


# A full room


FULL = replace(GOOD, epoch=GOOD.epoch + 1, members=labels.ROOM_LIMIT)
NOT_FULL = replace(GOOD, epoch=FULL.epoch + 1)


def crowded(seen: int = SEEN_OF_FULL) -> Admission:
    """So many are seen in a room, and say what was so when they came."""
    admission = linked(a=0.0)
    for number in range(seen - 1):
        admission.got_notice(f"other {number}", GOOD, 0.0)
    return admission


def full(seen: int = SEEN_OF_FULL) -> Admission:
    """One of them says that the room is full."""
    admission = crowded(seen)
    admission.got_notice("a", FULL, 0.0)
    knock(admission, 0.0)
    return admission


def test_a_full_room_is_said_to_be_and_waited_for_much_longer() -> None:
    admission = full()
    assert admission.is_full
    assert not isinstance(admission.next_step(TIMING.closed_group), Create)
    assert admission.next_step(TIMING.full_room) == Create()


def test_a_room_that_only_says_that_it_is_full_is_waited_for_no_longer_than_any_other() -> None:
    admission = full(seen=SEEN_OF_FULL - 1)
    assert not admission.is_full
    assert admission.next_step(TIMING.closed_group) == Create()


def test_many_that_are_in_other_groups_make_no_room_full() -> None:
    admission = full(seen=1)
    for number in range(2 * SEEN_OF_FULL):
        admission.got_notice(f"elsewhere {number}", replace(GOOD, group_id=number.to_bytes(16, "big")), 0.0)
    assert not admission.is_full


def test_a_room_is_not_full_any_more_when_it_says_so_or_when_we_are_in() -> None:
    admission = full()
    admission.got_notice("a", NOT_FULL, 1.0)
    assert not admission.is_full
    admission = full()
    enter(admission, GOOD, 1.0, A)
    assert not admission.is_full


def test_a_room_is_full_though_others_still_display_how_it_was() -> None:
    admission, now = crowded(), 0.0
    latest = replace(FULL, branch=b"latest branch...")
    admission.got_notice("a", replace(GOOD, members=labels.ROOM_LIMIT - 1), now)
    admission.got_notice("b", latest, now)
    for _ in range(20):  # it answers each knock, and the answers are not followed any more
        step = admission.next_step(now)
        assert not isinstance(step, Create)
        if isinstance(step, SayHello):
            admission.knocked(step, now)
        admission.got_notice("b", latest, now, is_answer=True)
        assert admission.is_full
        now += TIMING.longest_unanswered_hello / 2
    admission.got_notice("b", replace(latest, epoch=latest.epoch + 1, members=labels.ROOM_LIMIT - 1), now)
    assert not admission.is_full


def test_a_newcomer_that_has_waited_for_a_place_does_not_begin_a_group_as_soon_as_one_is_free() -> None:
    admission = full()
    free = 4 * TIMING.closed_group
    admission.got_notice("a", FULL, free - 0.1)
    admission.got_notice("a", NOT_FULL, free)
    assert isinstance(admission.next_step(free), SayHello)
    knock(admission, free)
    assert not isinstance(admission.next_step(free + TIMING.deserted_group - 1.0), Create)
    assert admission.next_step(free + TIMING.closed_group) == Create()


def test_a_newcomer_that_waits_for_a_place_is_told_so_all_the_while() -> None:
    admission = full()
    for second in range(0, int(TIMING.full_room) - 1, 5):
        if second % 60 == 0:  # as seldom as in a crowd
            admission.got_notice("a", FULL, float(second))
        step = admission.next_step(float(second))
        assert not isinstance(step, Create)
        if isinstance(step, SayHello):
            admission.knocked(step, float(second))
        assert admission.is_full


# The way back into our own group


def test_a_way_back_leads_over_those_that_we_have_met_and_over_strangers_when_these_do_not_answer() -> None:
    admission = linked(a=0.0, stranger=0.0)
    admission.met(A, "a")
    enter(admission, GOOD, 0.0, A, B)
    admission.lost(10.0)
    admission.got_notice("stranger", replace(GOOD, epoch=1 << 40, branch=OTHER_BRANCH), 10.0)
    admission.got_notice("a", replace(GOOD, epoch=6, branch=b"a better branch."), 10.0)
    times = [10.0, 14.0, 22.0, 38.0]
    for now in times[:STRANGERS_LATER]:
        admission.peer_heard("a", now)
        assert knock(admission, now).ticket == b"a better branch."
        assert admission.takes(GOOD.group_id, now, is_met=True)
        assert not admission.takes(GOOD.group_id, now, is_met=False)
    admission.peer_heard("a", times[-1])
    assert knock(admission, times[-1]).ticket == OTHER_BRANCH
    assert admission.takes(GOOD.group_id, times[-1], is_met=False)


def test_a_stranger_lets_us_into_any_group_that_we_were_never_in() -> None:
    admission = linked(a=0.0)
    enter(admission, GOOD, 0.0, A, B)
    admission.lost(10.0)
    admission.got_notice("a", BAD, 10.0)
    knock(admission, 10.0)
    assert admission.takes(BAD.group_id, 10.0, is_met=False)


def test_a_lone_member_knocks_in_its_own_group_at_an_epoch_from_before_it_came_too() -> None:
    earlier = replace(GOOD, epoch=GOOD.epoch - 1, branch=OTHER_BRANCH, is_settled=True)
    together = inside(GOOD, A, a=0.0)
    together.got_notice("a", earlier, 0.0)
    assert together.next_step(0.0) is None, "possibly it is an old notice of one that is here"
    alone = inside(replace(GOOD, members=1), a=0.0)
    alone.got_notice("a", earlier, 0.0)
    assert knock(alone, 0.0).ticket == OTHER_BRANCH


def test_a_lone_member_follows_strangers_back_into_its_own_group_after_a_while() -> None:
    """All that it has met have left meanwhile; it hears nobody, and is told that it misses nobody either."""
    better = replace(GOOD, epoch=GOOD.epoch + 9, branch=OTHER_BRANCH, is_settled=True)
    admission = inside(replace(GOOD, members=1), stranger=0.0)
    admission.got_notice("stranger", better, 0.0)
    knock(admission, 0.0)
    for now in (1.0, TIMING.met_only - 1.0):
        admission.tick(now, hears_nobody=False)
        assert not admission.takes(GOOD.group_id, now, is_met=False)
    admission.tick(TIMING.met_only, hears_nobody=False)
    assert admission.takes(GOOD.group_id, TIMING.met_only, is_met=False)
