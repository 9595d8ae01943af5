import base64
import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.room import invites
from volly_browser.room import labels
from volly_browser.room.invite import POLICY_CODES, Invite, InviteError
from volly_browser.room.invite_text import Fault

SECRET = bytes(range(32))


def counting(length: int) -> bytes:
    return bytes(range(length))


@pytest.mark.parametrize("policy", POLICY_CODES)
def test_a_link_leads_back_to_its_invite(policy: str) -> None:
    invite = Invite.create(policy)
    for text in (f"https://volly.example/#{invite.fragment}", f"#{invite.fragment}", f"  {invite.fragment}\n"):
        assert Invite.parse(text) == invite


def test_the_link_and_what_follows_from_it_stay_as_they_are() -> None:
    """Links that people keep must go on working.  These values are from Node's own HKDF, not from this code."""
    invite = Invite.create(random=counting)
    assert invite.fragment == "v1.AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fJQnX"
    assert invite.room_id == "XrLy1xe2bE4VsfebBzQ2wg"
    assert invite.door_key.hex() == "02a85f78729984723212473dfabc81dc69c183f1bac8a120c4479cae3cf94452"
    assert invite.psk.hex() == "047a6e57c841eddc80c3a2eb34df08b8a7cde9e7c90b38418cb5dc8e90854cee"
    assert invite.psk_id.hex() == "aababbdfe58014667d17aa667bdf9455"
    by_name = Invite.from_room_name("garden")
    assert by_name.secret.hex() == "6d84ca5fd50d5ac197a65782e91b3afb3ceb1c3d21a1bd3843e213abd0eaecca"


def test_a_room_id_is_short_opaque_and_url_safe() -> None:
    room_id = Invite.create().room_id
    assert len(room_id) == 22
    assert len(base64.urlsafe_b64decode(room_id + "==")) == 16


def test_the_policy_is_bound_into_everything_derived() -> None:
    rooms = [Invite(policy, SECRET) for policy in POLICY_CODES]
    for derived in ("room_id", "door_key", "psk", "psk_id", "check", "fragment"):
        assert len({getattr(room, derived) for room in rooms}) == len(rooms)


def test_nothing_derived_equals_anything_else_derived() -> None:
    invite = Invite("hybrid", SECRET)
    assert len({invite.door_key, invite.psk, invite.secret}) == 3
    assert invite.psk_id not in (invite.psk[:16], invite.door_key[:16])


def test_the_secret_is_not_in_the_representation() -> None:
    assert repr(SECRET) not in repr(Invite("hybrid", SECRET))


@pytest.mark.parametrize("text", invites.FOUND.values(), ids=invites.FOUND)
def test_an_invite_is_found_in_what_it_travelled_in(text: str) -> None:
    assert Invite.parse(text) == invites.INVITE


@pytest.mark.parametrize("text", invites.FOUND_WITH_HISTORY.values(), ids=invites.FOUND_WITH_HISTORY)
def test_an_invite_with_a_history_is_found_in_the_same(text: str) -> None:
    assert Invite.parse(text) == invites.WITH_HISTORY


@pytest.mark.parametrize("history", [1, 255, 256, 447, labels.HISTORY_LIMIT])
def test_a_link_says_how_much_newcomers_are_told(history: int) -> None:
    invite = Invite.create(history=history)
    assert invite.fragment.startswith("v2.")
    assert len(invite.fragment) == 3 + 52
    assert invite.fragment[3:].isalnum()
    assert Invite.parse(invite.fragment).history == history


@pytest.mark.parametrize("history", [-1, labels.HISTORY_LIMIT + 1])
def test_a_room_that_tells_more_than_there_can_be_is_refused(history: int) -> None:
    with pytest.raises(InviteError, match="0 to 500"):
        Invite.create(history=history)


def test_the_history_is_bound_into_everything_derived() -> None:
    rooms = [Invite("hybrid", SECRET, history) for history in (0, 1, 50, 500)]
    for derived in ("room_id", "door_key", "psk", "psk_id", "check", "fragment"):
        assert len({getattr(room, derived) for room in rooms}) == len(rooms)


@pytest.mark.parametrize(("text", "fault"), invites.REFUSED.items())
def test_a_text_without_an_invite_is_refused_in_precise_words(text: str, fault: Fault) -> None:
    with pytest.raises(InviteError) as caught:
        Invite.parse(text)
    assert str(caught.value) == fault.value


def test_links_that_end_in_what_programs_leave_out_are_still_read() -> None:
    assert {invite.fragment[-1] for invite in invites.OLD} == {"-", "_"}
    assert {invite: Invite.parse(text) for invite, text in invites.OLD.items()} == {one: one for one in invites.OLD}


def test_new_links_have_letters_and_digits_only() -> None:
    assert all(Invite.create(policy).fragment[3:].isalnum() for policy in POLICY_CODES for _ in range(20))
    draws = [invite.secret for invite in invites.OLD]
    assert Invite.create(random=lambda length: draws.pop() if draws else bytes(range(length))) == invites.INVITE


@pytest.mark.parametrize("text", invites.HEAVY.values(), ids=invites.HEAVY)
def test_a_megabyte_is_searched_in_no_time(text: str) -> None:
    def seconds() -> float:
        start = time.process_time()
        with pytest.raises(InviteError):
            Invite.parse(text)
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 0.25


@given(st.text() | st.text(alphabet="v1.#%235Aa-_ \n\u00ad\uff11"))
def test_any_text_is_read_or_refused(text: str) -> None:
    for tried in (text, f"#v1.{text}", f"{text}{invites.GOOD}"):
        with contextlib.suppress(InviteError):
            assert Invite.parse(tried) == invites.INVITE


def test_every_mistyped_letter_is_noticed() -> None:
    fragment = Invite("hybrid", SECRET).fragment
    for position in range(3, len(fragment)):
        wrong = "B" if fragment[position] == "A" else "A"
        with pytest.raises(InviteError):
            Invite.parse(fragment[:position] + wrong + fragment[position + 1 :])


def test_an_unknown_policy_is_refused_by_name() -> None:
    with pytest.raises(InviteError, match="hybrid, post-quantum"):
        Invite.create("none")


def test_a_secret_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(InviteError, match="32 secret bytes, not 31"):
        Invite("hybrid", bytes(31))


def test_a_room_name_always_leads_to_the_same_room() -> None:
    assert Invite.from_room_name("garden") == Invite.from_room_name("garden")
    assert Invite.from_room_name("garden") != Invite.from_room_name("Garden")
    assert Invite.from_room_name("garden", "classical").policy == "classical"
