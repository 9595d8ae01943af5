"""Measurements as a table for people, and as JSON for programs."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from volly_browser.tools.bench.figures import P95, Figure, Measurement, Ratio

WIDTH = 100
"""Characters of a line of text."""

Row = Sequence[str]

_P5 = 0.05


def text(measurement: Measurement) -> str:
    """The tables of one measurement."""
    parts = [measurement.title, _rule(measurement.title), textwrap.fill(measurement.method.strip(), WIDTH), ""]
    if measurement.figures:
        header = ("", "median", "5 % to 95 %", "samples", "unit")
        parts += [*_table([header, *map(_figure_row, measurement.figures)]), ""]
    if measurement.ratios:
        header = ("ratio", "median", "rounds", "goal", "")
        parts += [*_table([header, *map(_ratio_row, measurement.ratios)]), ""]
    parts += [textwrap.fill(remark, WIDTH) for remark in measurement.remarks]
    return "\n".join(parts).rstrip() + "\n"


def _rule(title: str) -> str:
    return "=" * len(title)


def _figure_row(figure: Figure) -> Row:
    spread = f"{_number(figure.at(_P5))} to {_number(figure.at(P95))}" if len(figure.samples) > 1 else ""
    return figure.name, _number(figure.median), spread, str(len(figure.samples)), figure.unit


def _ratio_row(ratio: Ratio) -> Row:
    goal = "" if ratio.goal is None else f"<= {_number(ratio.goal)}"
    verdict = {None: "", True: "met", False: "MISSED"}[ratio.met]
    spread = f"{_number(min(ratio.rounds))} to {_number(max(ratio.rounds))}"
    return ratio.name, _number(ratio.median), spread, goal, verdict


def _number(value: float) -> str:
    """Three significant digits; whole numbers and thousands in full."""
    if value == int(value) or abs(value) >= 999.5:
        return f"{value:,.0f}"
    return f"{value:#.3g}".rstrip(".")


def _table(rows: Sequence[Row]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        # The first column is text, the others are figures.
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()
        if number == 0:
            yield "  ".join("-" * width for width in widths)


def as_json(measurement: Measurement) -> Mapping[str, Any]:
    """One measurement with all its samples."""
    return {
        "title": measurement.title,
        "method": measurement.method,
        "figures": [_figure_json(figure) for figure in measurement.figures],
        "ratios": [_ratio_json(ratio) for ratio in measurement.ratios],
        "remarks": list(measurement.remarks),
    }


def _figure_json(figure: Figure) -> Mapping[str, Any]:
    return {
        "name": figure.name,
        "unit": figure.unit,
        "median": figure.median,
        "p95": figure.at(P95),
        "rounds": figure.rounds,
    }


def _ratio_json(ratio: Ratio) -> Mapping[str, Any]:
    return {"name": ratio.name, "median": ratio.median, "rounds": ratio.rounds, "goal": ratio.goal, "met": ratio.met}
