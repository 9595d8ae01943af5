import pytest

from volly_browser.ui import wording

MINUTE, HOUR, DAY, YEAR = 60.0, 3600.0, 86400.0, 365.25 * 86400


@pytest.mark.parametrize("seconds", [0.0, 1.5, -119.0, 119.9])
def test_a_clock_that_is_wrong_by_less_than_two_minutes_is_right(seconds: float) -> None:
    assert wording.wrong_clock(seconds) == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (2 * MINUTE, "2 minutes ahead"),
        (-90 * MINUTE, "90 minutes behind"),
        (2 * HOUR, "2 hours ahead"),
        (-47 * HOUR, "47 hours behind"),
        (2 * DAY, "2 days ahead"),
        (-700 * DAY, "700 days behind"),
        (3 * YEAR, "3 years ahead"),
        (-56.9 * YEAR, "57 years behind"),
        (8000 * YEAR, "8000 years ahead"),
    ],
)
def test_a_wrong_clock_is_told_in_the_unit_that_fits(seconds: float, said: str) -> None:
    assert f"is {said}. Please set it" in wording.wrong_clock(seconds)
