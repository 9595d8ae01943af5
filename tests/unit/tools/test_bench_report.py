import json

import pytest

from volly_browser.tools.bench import report
from volly_browser.tools.bench.figures import Figure, Measurement, Ratio

MEASUREMENT = Measurement(
    "How long",
    "By looking at the clock.",
    (Figure.of("ours", "ms", [[1.0, 1.5], [2.0, 1234.6]]), Figure.of("once", "B", [[5_465_012]])),
    (
        Ratio("ours / theirs", (0.5, 0.7, 0.6), 0.8),
        Ratio("ours / best", (3.0,), 2.0),
        Ratio("ours / anybody", (1.0,)),
    ),
    ("Nothing else.",),
)


def rows(text: str) -> dict[str, str]:
    return {line.split("  ")[0]: line for line in text.splitlines() if line}


def test_a_table_says_what_was_measured_and_how_sure_it_is() -> None:
    found = rows(report.text(MEASUREMENT))
    assert found["ours"].split() == ["ours", "1.75", "1.07", "to", "1,050", "4", "ms"]
    assert found["once"].split() == ["once", "5,465,012", "1", "B"]
    assert "By looking at the clock." in found
    assert "Nothing else." in found


def test_a_table_says_which_goals_are_missed() -> None:
    found = rows(report.text(MEASUREMENT))
    assert found["ours / theirs"].split("  ")[-1].strip() == "met"
    assert found["ours / best"].split("  ")[-1].strip() == "MISSED"
    assert found["ours / anybody"].split() == ["ours", "/", "anybody", "1", "1", "to", "1"]


def test_columns_stand_below_each_other() -> None:
    lines = report.text(MEASUREMENT).splitlines()
    header = next(line for line in lines if "median" in line)
    first = lines[lines.index(header) + 2]
    assert header.index("median") + len("median") == first.index("1.75") + len("1.75")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0123456, "0.0123"), (0.5, "0.500"), (12.345, "12.3"), (999.4, "999"), (999.7, "1,000"), (5.0, "5"), (0, "0")],
)
def test_figures_have_three_digits(value: float, shown: str) -> None:
    measurement = Measurement("", "", (Figure.of("x", "", [[value]]),))
    assert rows(report.text(measurement))["x"].split()[1] == shown


def test_json_keeps_every_sample() -> None:
    found = json.loads(json.dumps(report.as_json(MEASUREMENT)))
    assert found["figures"][0]["rounds"] == [[1.0, 1.5], [2.0, 1234.6]]
    assert found["figures"][0]["median"] == 1.75
    assert [ratio["met"] for ratio in found["ratios"]] == [True, False, None]
    assert found["title"] == "How long"
