from volly_browser.ui.people.talked_with import REMEMBERED, TalkedWith


def test_where_nobody_has_talked_nobody_is_missed() -> None:
    assert not TalkedWith().take_replacement(["b"])


def test_others_in_place_of_all_one_talked_with_are_told_once() -> None:
    talked = TalkedWith()
    talked.these(["b", "c"])
    assert not talked.take_replacement(["c", "d"])
    assert not talked.take_replacement([]), "one is alone, and sees that"
    assert talked.take_replacement(["d"])
    assert not talked.take_replacement(["d", "e"])
    talked.these(["d"])
    assert talked.take_replacement(["e"])


def test_a_member_that_comes_back_is_no_other() -> None:
    talked = TalkedWith()
    talked.these(["b"])
    assert not talked.take_replacement([])
    assert not talked.take_replacement(["b"])


def test_any_number_of_people_takes_bounded_memory() -> None:
    talked = TalkedWith()
    talked.these(map(str, range(REMEMBERED + 1)))
    assert talked.take_replacement(["0"]), "the first is forgotten"
    talked.these(map(str, range(REMEMBERED + 1)))
    assert not talked.take_replacement([str(REMEMBERED)])
