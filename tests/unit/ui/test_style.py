"""Readable colours: WCAG 2.2, criteria 1.4.3 (text, 4.5) and 1.4.11 (controls and focus, 3)."""

import re

import pytest

from tests.unit.ui.fake_page import INDEX

STYLE = (INDEX.parent / "style" / "style.css").read_text()

TEXT = [
    *(("ink", paper) for paper in ("paper", "surface", "sunken", "own")),
    *(("muted", paper) for paper in ("paper", "surface", "sunken", "own")),
    *(("accent", paper) for paper in ("paper", "surface", "own")),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("warn", "warn-paper"),
    ("bad", "bad-paper"),
    ("on-found", "found"),
    ("on-for-us", "for-us"),
    ("bad", "surface"),
    ("bad", "paper"),
    ("surface", "bad"),
    *((f"code-{part}", "sunken") for part in ("keyword", "string", "name")),
]
CONTROLS = [
    *((control, paper) for control in ("control", "for-us-line") for paper in ("paper", "surface", "own")),
    ("focus", "paper"),
    ("focus", "surface"),
]


def palette(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def palettes() -> dict[str, dict[str, str]]:
    light = palette(re.findall(r"^:root \{(.*?)^\}", STYLE, re.DOTALL | re.MULTILINE)[0])
    dark = palette(re.findall(r"^@media \(prefers-color-scheme: dark\) \{(.*?)^\}", STYLE, re.DOTALL | re.MULTILINE)[0])
    contrasting = palette(chosen("contrast"))
    assert light.keys() == dark.keys() == contrasting.keys()
    return {"light": light, "dark": dark, "contrast": contrasting}


def chosen(theme: str) -> str:
    """What holds if the user has chosen a theme."""
    [block] = re.findall(rf'^:root\[data-theme="{theme}"\] \{{(.*?)^\}}', STYLE, re.DOTALL | re.MULTILINE)
    return str(block)


def test_the_dark_theme_looks_as_on_a_dark_device() -> None:
    [device] = re.findall(r"^@media \(prefers-color-scheme: dark\) \{\n.*?\{(.*?)^\}", STYLE, re.DOTALL | re.MULTILINE)
    assert re.findall(r"--[\w-]+: [^;]+;", chosen("dark")) == re.findall(r"--[\w-]+: [^;]+;", device)


def test_high_contrast_is_that() -> None:
    colours = palettes()["contrast"]
    measured = {f"{one} on {other}": contrast(colours[one], colours[other]) for one, other in TEXT}
    assert {pair: ratio for pair, ratio in measured.items() if ratio < 7} == {}


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2, section "Terms")."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark", "contrast"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (CONTROLS, 3.0)], ids=["text", "controls"])
def test_colours_contrast(scheme: str, pairs: list[tuple[str, str]], least: float) -> None:
    colours = palettes()[scheme]
    measured = {f"{one} on {other}": round(contrast(colours[one], colours[other]), 2) for one, other in pairs}
    assert {pair: ratio for pair, ratio in measured.items() if ratio < least} == {}


def test_motion_can_be_switched_off() -> None:
    assert "@media (prefers-reduced-motion: reduce)" in STYLE


def test_the_style_sheet_loads_nothing() -> None:
    assert not re.search(r"url\(|@import", STYLE)
