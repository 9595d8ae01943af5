import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.room.identity.look_alikes import LOOK_ALIKES
from volly_browser.room.identity.names import clean_name
from volly_browser.room.identity.skeleton import looks, skeleton


def share_a_look(one: str, other: str) -> bool:
    return not looks(clean_name(one)).isdisjoint(looks(clean_name(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal", "p\u0430yp\u0430l"),
        ("paypal", "PAYPAL"),
        ("paypal", "paypa1"),
        ("scope", "\u0455\u0441\u043e\u0440\u0435"),
        ("modern", "rnodern"),
        ("Bob", "B0b"),
        ("Bob", "\u0412\u041e\u0412"),
        ("\u041c\u0430\u0440\u043a", "Mapk"),
        ("Fran\u00e7ois", "Franc\u0327ois"),
        ("Jos\u00e9", "Jose\u0301"),
        ("\u2764\ufe0f Ana", "\u2764 Ana"),
        ("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\u0639\u0644\u06cc\u0631\u0636\u0627"),
        ("\U0001f469\u200d\U0001f680", "\U0001f469\U0001f680"),
        ("\ufb03x", "ffix"),
        ("x\u2013y", "x-y"),
        ("\u05d0\u05d1 ab", "ab \u05d0\u05d1"),
        ("\u05d0\u05d1 (1)", "1 (\u05d0\u05d1)"),
    ],
)
def test_names_that_are_taken_for_each_other_share_a_look(one: str, other: str) -> None:
    assert share_a_look(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Alice", "Alicia"), ("Jose", "Jos\u00e9"), ("ab", "ba"), ("\u05d0\u05d1", "\u05d1\u05d0"), ("Ann", "Anne")],
)
def test_names_that_differ_share_none(one: str, other: str) -> None:
    assert not share_a_look(one, other)


def test_every_letter_of_the_table_has_the_skeleton_of_what_it_looks_like() -> None:
    lines = [line.split("\t") for line in LOOK_ALIKES.split("\n")]
    assert len(lines) > 1000
    for seen, letters in lines:
        assert {skeleton(letter) for letter in letters} == {skeleton(seen)}


@given(st.text(max_size=64))
def test_every_name_has_a_look_that_does_not_depend_on_the_size_of_letters(name: str) -> None:
    assert looks(name)
    assert not looks(name).isdisjoint(looks(name.casefold()))
    assert not looks(name).isdisjoint(looks(name.upper()))
