"""The times after which messages can disappear are named in five places; all name the same."""

import re
from pathlib import Path

from volly_browser.room.content.settings import TIMERS
from volly_browser.terminal import commands
from volly_browser.ui import wording

WEB = Path(__file__).parents[2] / "web"


def test_a_terminal_has_a_word_for_each() -> None:
    assert tuple(commands.TIMERS.values()) == TIMERS


def test_there_are_words_for_each() -> None:
    assert (0, *wording._DURATIONS) == TIMERS


def test_programs_choose_among_the_same() -> None:
    (names,) = re.findall(
        r"^const TIMERS = \[([\d_, ]+)\];$", (WEB / "api/volly-options.mjs").read_text(), re.MULTILINE
    )
    assert tuple(map(int, names.split(","))) == TIMERS
    types = re.findall(r"@property \{([\d |]+)\} \[disappearsAfter\]", (WEB / "api/volly.mjs").read_text())
    assert types
    assert {tuple(map(int, each.split("|"))) for each in types} == {TIMERS}


def test_the_page_offers_them_in_the_words_that_it_uses_elsewhere() -> None:
    (select,) = re.findall(r'<select id="set-timer".*?</select>', (WEB / "index.html").read_text(), re.DOTALL)
    options = {int(value): words for value, words in re.findall(r'<option value="(\d+)">([^<]+)</option>', select)}
    assert tuple(options) == TIMERS
    assert {f"disappear after {wording.duration(timer)}" for timer in TIMERS if timer} == set(options.values()) - {
        "stay"
    }
