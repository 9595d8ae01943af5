from volly_browser.ui.talked_with import REMEMBERED, TalkedWith


def test_where_nobody_has_talked_nobody_is_missed() -> None:
    assert not TalkedWith().have_all_gone(["b"])


def test_others_in_place_of_all_one_talked_with_are_told_once() -> None:
    talked = TalkedWith()
    talked.these(["b", "c"])
    assert not talked.have_all_gone(["c", "d"])
    assert not talked.have_all_gone([]), "one is alone, and sees that"
    assert talked.have_all_gone(["d"])
    assert not talked.have_all_gone(["d", "e"])
    talked.these(["d"])
    assert talked.have_all_gone(["e"])


def test_whoever_comes_back_is_no_other() -> None:
    talked = TalkedWith()
    talked.these(["b"])
    assert not talked.have_all_gone([])
    assert not talked.have_all_gone(["b"])


def test_any_number_of_people_takes_bounded_memory() -> None:
    talked = TalkedWith()
    talked.these(map(str, range(REMEMBERED + 1)))
    assert talked.have_all_gone(["0"]), "the first is forgotten"
    talked.these(map(str, range(REMEMBERED + 1)))
    assert not talked.have_all_gone([str(REMEMBERED)])
