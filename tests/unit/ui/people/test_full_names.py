"""Wherever a person is shown, it is with the tag that tells it from another of such a name."""

import asyncio
import json
import re
from pathlib import Path

import pytest

from tests.unit.terminal.telling import Telling
from tests.unit.ui.alices_page import AlicesPage
from tests.unit.ui.fake_room import ALICE, BOB, FakeRoom
from volly_browser.chat.contents import Contents
from volly_browser.room.events import HistoryReceived, MessageReceived, RelayedMessage, RoomMember
from volly_browser.room.mimi import Content, text_content
from volly_browser.ui.people.people import Person, tag_of

ROOT = Path(__file__).parents[4] / "volly_browser"
OTHER = RoomMember("d" * 32, BOB.name, is_self=False)
FULL = f"{BOB.name} ({tag_of(BOB.member_id)})"

ALONE = re.compile(r"(?:\b(?:person|by|setter|teller)|person\([^()]*\)|_author\(\w+\))\.name\b")
"""The name of a person, or of what gives one."""

WITH_TAG = re.compile(r"\.tag\b")

WHERE_NAMES_ARE_MADE = ("people/people.py", "people/company.py")

pytestmark = pytest.mark.usefixtures("faults")


def test_a_full_name_has_the_tag_if_there_is_one() -> None:
    assert Person("b" * 32, "Bob", is_self=False).full_name == "Bob"
    assert Person("b" * 32, "Bob", is_self=False, tag="k3f9-7qzx").full_name == "Bob (k3f9-7qzx)"


def test_no_view_takes_a_name_without_the_tag_behind_it() -> None:
    sources = [source for folder in ("ui", "terminal") for source in (ROOT / folder).rglob("*.py")]
    texts = {each.name: each.read_text() for each in sources if not each.as_posix().endswith(WHERE_NAMES_ARE_MADE)}
    assert len(texts) > 30
    found = [
        f"{name}: {text[place.start() : place.end() + 40]}"
        for name, text in texts.items()
        for place in ALONE.finditer(text)
        if not WITH_TAG.search(text, place.end(), place.end() + 60)
    ]
    assert not found


async def hears(page: AlicesPage, content: Content, number: int) -> None:
    message_id = f"{number:064x}"
    await page.room.happens(MessageReceived(BOB.member_id, BOB.name, content, number, 1990.0, message_id, number))
    await asyncio.sleep(0.01)


async def test_the_page_shows_the_tag_in_all_places() -> None:
    page = AlicesPage(FakeRoom())
    await page.room.is_joined_by(ALICE, BOB, OTHER)
    page.wants("settings", "", {"notices": "full"})
    page.document.hidden = True
    said = "1".zfill(64)
    await hears(page, text_content("first words", bytes(16), 1990.0), 1)
    assert [title for title, _ in page.notifications] == [FULL]
    await hears(page, Contents(b"2" * 16, 1990.0).text("an answer", said), 2)
    await hears(page, Contents(b"3" * 16, 1990.0).reaction(said, "👍"), 3)
    assert page.timeline.rows[page.row_saying("an answer")]["quote"][1] == FULL
    assert page.timeline.rows[page.row_saying("first words")]["reactions"][0][3] == FULL
    told = MessageReceived("e" * 32, "Erin", text_content("told", bytes(16), 9.0), 1, 9.0, "9" * 64, 1)
    await page.room.happens(HistoryReceived((RelayedMessage(told, BOB.member_id, BOB.name, False),)))
    await asyncio.sleep(0.01)
    assert page.timeline.rows[page.row_saying("told")]["relayed"][0] == f"from {FULL}'s page, not confirmed"
    page.wants("reply", page.row_saying("first words"))
    assert FULL in page.document.shown("about-line").textContent
    page.wants("pin", page.row_saying("first words"))
    await asyncio.sleep(0.05)
    assert [pin[2] for pin in json.loads(page.set[-1])["pins"]] == [FULL]
    page.wants("export", "", "text")
    assert page.files[-1][1].count(FULL) == 4
    await page.leave()


def test_a_terminal_shows_the_tag_in_all_places() -> None:
    telling = Telling((BOB, OTHER))
    first = telling.hears("answer me")
    telling.receives(telling.contents.text("an answer", first))
    telling.receives(telling.contents.reaction(first, "👍"))
    told = telling.message(telling.is_told(telling.contents.text("told"), RoomMember("e" * 32, "Erin", is_self=False)))
    assert telling.lines.relayed(told) == f"from {FULL}'s page, not confirmed"
    lines = telling.drawn(120)
    assert sum(line.count(FULL) for line in lines) >= 5
    assert not any(
        BOB.name in line.replace(FULL, "").replace(f"{BOB.name} ({tag_of(OTHER.member_id)})", "") for line in lines
    )
