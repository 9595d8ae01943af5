from volly_browser.room.latest import Latest


def test_the_latest_entries_are_kept_and_one_that_is_set_again_is_the_latest() -> None:
    latest = Latest[str, int](2)
    latest["first"] = 1
    latest["second"] = 2
    latest["first"] = 3
    latest["third"] = 4
    assert list(latest.items()) == [("first", 3), ("third", 4)]
