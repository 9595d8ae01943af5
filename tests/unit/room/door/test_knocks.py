from volly_browser.room.door.knocks import JOINS_LIMIT, USED_LIMIT, Join, Knocks

A, B = b"A" * 16, b"B" * 16


def join(member_id: bytes, identity: str = "here", seniority: int = 9, group_id: bytes = b"") -> Join:
    return Join(member_id, seniority, group_id, f"{member_id!r} {identity} {seniority}".encode(), identity)


def heard(*joins: Join, checked: bool = False) -> Knocks:
    knocks = Knocks()
    for now, each in enumerate(joins):
        knocks.got(each, float(now), checked=checked)
    return knocks


def test_a_knock_waits_to_be_checked_and_then_to_be_let_in() -> None:
    knocks = heard(join(A))
    assert (knocks.unchecked, knocks.ready, knocks.members(b"")) == ((join(A),), (), frozenset())
    knocks.checked(join(A))
    assert (knocks.unchecked, knocks.ready, knocks.members(b"")) == ((), (join(A),), {A})


def test_the_latest_knock_of_a_newcomer_counts_and_is_checked_anew() -> None:
    knocks = heard(join(A), checked=True)
    knocks.got(join(A, seniority=10), 5.0, checked=False)
    assert (knocks.unchecked, knocks.ready) == ((join(A, seniority=10),), ())
    knocks.checked(join(A))
    assert knocks.unchecked, "what was checked meanwhile is the knock before"


def test_a_claim_to_be_somebody_who_waits_takes_nothing_from_it() -> None:
    knocks = heard(join(A, "here"), checked=True)
    knocks.got(join(A, "there", seniority=99), 1.0, checked=False)
    assert (knocks.ready, knocks.unchecked, knocks.members(b"")) == ((join(A, "here"),), (), {A})


def test_a_claim_that_was_heard_first_holds_up_the_true_one_until_it_was_checked() -> None:
    knocks = heard(join(A, "there"), join(A, "here"))
    assert knocks.unchecked == (join(A, "there"),)
    knocks.refused(join(A, "there"))
    assert knocks.unchecked == (join(A, "here"),)


def test_a_place_in_the_line_cannot_be_kept_for_a_claim_to_be_somebody_else() -> None:
    knocks = heard(join(B, "there"), join(A, "here"))
    knocks.got(join(A, "there"), 5.0, checked=False)
    assert knocks.unchecked == (join(A, "here"),)


def test_a_refused_claim_does_not_come_back_and_lets_the_next_one_come() -> None:
    knocks = heard(join(A))
    knocks.refused(join(A))
    knocks.got(join(A), 1.0, checked=False)
    assert knocks.unchecked == ()
    knocks.got(join(A, seniority=10), 2.0, checked=False)
    assert knocks.unchecked == (join(A, seniority=10),)


def test_a_refusal_of_an_earlier_knock_leaves_the_later_one() -> None:
    knocks = heard(join(A), join(A, seniority=10))
    knocks.refused(join(A))
    assert knocks.unchecked == (join(A, seniority=10),)


def test_all_claims_to_be_a_member_that_are_no_later_are_over_when_it_is_in() -> None:
    knocks = heard(join(A, "here"), join(A, "there"), join(A, "where", seniority=10), join(B, "else"))
    knocks.member_added(A, 9)
    assert knocks.unchecked == (join(A, "where", seniority=10), join(B, "else"))
    assert knocks.is_known("here", join(A, "here").key_package)


def test_who_wants_to_get_into_another_group_is_forgotten() -> None:
    knocks = heard(join(A, "here", group_id=b"one"), join(B, "there", group_id=b"other"))
    knocks.forget_others(b"one")
    assert knocks.unchecked == (join(A, "here", group_id=b"one"),)


def test_only_who_wants_into_our_group_has_left_it() -> None:
    knocks = heard(join(A, group_id=b"ours"), join(B, "there", group_id=b"another"), checked=True)
    assert knocks.members(b"ours") == {A}


def test_somebody_waits_since_the_first_knock() -> None:
    assert Knocks().since is None
    assert heard(join(A, "here"), join(B, "there")).since == 0.0


def test_any_number_of_knocks_takes_bounded_memory_and_pushes_nobody_out() -> None:
    knocks = heard(join(A), *(join(B, str(number)) for number in range(2 * JOINS_LIMIT)))
    assert knocks.unchecked == (join(A), join(B, "0"))
    assert len(knocks._waiting) == JOINS_LIMIT
    for number in range(2 * USED_LIMIT):
        knocks.refused(join(B, str(number)))
    assert len(knocks._used) == USED_LIMIT
    assert knocks.unchecked == (join(A),)
