from volly_browser.room.door.knocks import (
    CHECKED_AT_ONCE,
    JOINS_BYTES_LIMIT,
    JOINS_LIMIT,
    REFUSED_LIMIT,
    Join,
    Knocks,
)

A, B = b"A" * 16, b"B" * 16


def join(member_id: bytes, identity: str = "here", renewal: int = 1, size: int = 0) -> Join:
    package = f"{member_id!r} {identity} {renewal}".encode()
    return Join(member_id, renewal, package.ljust(size), identity)


def heard(*joins: Join, checked: bool = False) -> Knocks:
    knocks = Knocks()
    for now, each in enumerate(joins):
        knocks.got(each, float(now), checked=checked)
    return knocks


def test_a_knock_waits_to_be_checked_and_then_to_be_let_in() -> None:
    knocks = heard(join(A))
    assert (knocks.unchecked, knocks.ready, knocks.members) == ((join(A),), (), frozenset())
    knocks.checked(join(A))
    assert (knocks.unchecked, knocks.ready, knocks.members) == ((), (join(A),), {A})


def test_the_latest_knock_of_a_newcomer_counts_and_is_checked_anew() -> None:
    knocks = heard(join(A), checked=True)
    knocks.got(join(A, renewal=10), 5.0, checked=False)
    assert (knocks.unchecked, knocks.ready) == ((join(A, renewal=10),), ())
    knocks.checked(join(A))
    assert knocks.unchecked, "what was checked meanwhile is the knock before"


def test_a_claim_to_be_a_waiting_newcomer_takes_nothing_from_it() -> None:
    knocks = heard(join(A, "here"), checked=True)
    knocks.got(join(A, "there", renewal=99), 1.0, checked=False)
    assert (knocks.ready, knocks.unchecked, knocks.members) == ((join(A, "here"),), (), {A})


def test_a_claim_that_was_heard_first_holds_up_the_true_one_until_it_was_checked() -> None:
    knocks = heard(join(A, "there"), join(A, "here"))
    assert knocks.unchecked == (join(A, "there"),)
    knocks.refused(join(A, "there"))
    assert knocks.unchecked == (join(A, "here"),)


def test_a_place_in_the_line_cannot_be_kept_for_a_claim_to_be_another_newcomer() -> None:
    knocks = heard(join(B, "there"), join(A, "here"))
    knocks.got(join(A, "there"), 5.0, checked=False)
    assert knocks.unchecked == (join(A, "here"),)


def test_a_refused_claim_does_not_come_back_and_lets_the_next_one_come() -> None:
    knocks = heard(join(A))
    knocks.refused(join(A))
    knocks.got(join(A), 1.0, checked=False)
    assert knocks.unchecked == ()
    knocks.got(join(A, renewal=10), 2.0, checked=False)
    assert knocks.unchecked == (join(A, renewal=10),)


def test_a_refusal_of_an_earlier_knock_leaves_the_later_one() -> None:
    knocks = heard(join(A), join(A, renewal=10))
    knocks.refused(join(A))
    assert knocks.unchecked == (join(A, renewal=10),)


def test_all_claims_to_be_a_member_that_are_no_later_are_over_when_it_is_in() -> None:
    knocks = heard(join(A, "here"), join(A, "there"), join(A, "where", renewal=10), join(B, "else"))
    knocks.member_added(A, 1)
    assert knocks.unchecked == (join(A, "where", renewal=10), join(B, "else"))


def test_newcomers_wait_since_the_first_knock() -> None:
    assert Knocks().since is None
    assert heard(join(A, "here"), join(B, "there")).since == 0.0


def test_what_waits_or_was_refused_is_known() -> None:
    knocks = heard(join(A))
    assert knocks.is_known("here", join(A).key_package)
    assert not knocks.is_known("there", join(A).key_package), "there it is a forgery, or another one"
    assert not knocks.is_known("here", join(A, renewal=2).key_package)
    knocks.refused(join(A))
    assert knocks.is_known("here", join(A).key_package)


def test_a_withdrawn_newcomer_is_forgotten_and_so_are_all_when_we_leave() -> None:
    knocks = heard(join(A, "here"), join(B, "there"))
    knocks.withdrawn("here")
    knocks.withdrawn("nowhere")
    assert knocks.unchecked == (join(B, "there"),)
    knocks.clear()
    assert (len(knocks), knocks.size, knocks.since) == (0, 0, None)


def test_few_are_checked_and_let_in_at_once() -> None:
    joins = [join(number.to_bytes(16, "big"), str(number)) for number in range(3 * CHECKED_AT_ONCE)]
    knocks = heard(*joins)
    assert knocks.unchecked == tuple(joins[:CHECKED_AT_ONCE])
    for each in joins:
        knocks.checked(each)
    assert knocks.ready == tuple(joins[:CHECKED_AT_ONCE])


def test_a_newcomer_that_knocks_again_has_waited_since_its_first_knock() -> None:
    """The next member takes over after a while, and would never if each knock began it anew."""
    knocks = heard(join(A, "here"))
    knocks.got(join(A, "here", renewal=2), 3.0, checked=False)
    assert knocks.since == 0.0
    knocks.got(join(B, "here"), 4.0, checked=False)
    assert knocks.since == 4.0, "that is another one"


def test_any_number_of_knocks_takes_bounded_memory_and_pushes_nobody_out() -> None:
    knocks = heard(join(A), *(join(B, str(number)) for number in range(2 * JOINS_LIMIT)))
    assert knocks.unchecked == (join(A), join(B, "0"))
    assert len(knocks) == JOINS_LIMIT
    for number in range(2 * REFUSED_LIMIT):
        knocks.refused(join(B, str(number)))
    assert len(knocks._refused) == REFUSED_LIMIT
    assert knocks.unchecked == (join(A),)


def test_the_bytes_of_all_that_wait_are_bounded_and_counted() -> None:
    large = JOINS_BYTES_LIMIT // 10
    knocks = heard(*(join(B, str(number), size=large) for number in range(20)))
    assert (len(knocks), knocks.size) == (10, 10 * large)
    knocks.got(join(B, "0", 2, size=large), 30.0, checked=False)
    assert knocks.unchecked == (join(B, "0", 2, size=large),), "it keeps its place"
    knocks.got(join(A, "0", 3, size=large // 2), 31.0, checked=False)
    knocks.got(join(A, "more", size=large), 32.0, checked=False)
    assert (len(knocks), knocks.size) == (10, 9 * large + large // 2)
    for number in range(10):
        knocks.refused(join(B, str(number), size=large))
    assert (len(knocks), knocks.size) == (1, large // 2)
    knocks.member_added(A, 3)
    assert (len(knocks), knocks.size) == (0, 0)
