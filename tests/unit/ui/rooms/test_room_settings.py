"""What is set for a room on Alice's page, and messages that disappear from it."""

import asyncio
import json
from typing import Any

import pytest

from tests.unit.ui.alices_page import AlicesPage
from tests.unit.ui.fake_room import ALICE, BOB, FakeRoom
from volly_browser.chat.contents import Contents
from volly_browser.chat.settings import Settings
from volly_browser.room.content.settings import Origin, Pin, Setting, Timer, Title, read_settings
from volly_browser.room.events import MessageReceived
from volly_browser.room.mimi import Content
from volly_browser.ui.rooms.room_view import RoomView

pytestmark = pytest.mark.usefixtures("faults")


async def hears(room: FakeRoom, content: Content, message_id: str = "5" * 64) -> None:
    await room.happens(MessageReceived(BOB.member_id, BOB.name, content, 1, 1990.0, message_id, 5))


def setting(*settings: Setting) -> Content:
    return Contents(bytes(16), 0.0).settings(settings)


def shown(page: AlicesPage) -> dict[str, Any]:
    last: dict[str, Any] = json.loads(page.set[-1])
    return last


async def test_what_others_set_is_shown_and_noted_with_their_name() -> None:
    page = AlicesPage(FakeRoom())
    await page.room.is_joined_by(ALICE, BOB)
    await hears(page.room, setting(Setting(Title("Tea"), 1), Setting(Timer(3600), 1)))
    assert (shown(page)["title"], shown(page)["timer"], shown(page)["duration"]) == ("Tea", 3600, "1 hour")
    assert shown(page)["by"] == ["set by \u2068Bob\u2069", "", "set by \u2068Bob\u2069"]
    assert "\u2068Bob\u2069 set messages to disappear after 1 hour." in page.messages
    assert "\u2068Bob\u2069 set the title to “\u2068Tea\u2069”." in page.messages
    await page.leave()


async def test_what_one_says_of_another_is_marked_or_not_believed() -> None:
    page = AlicesPage(FakeRoom())
    await page.room.is_joined_by(ALICE, BOB)
    origin = Origin(bytes.fromhex("c" * 32), "Carol")
    await hears(page.room, setting(Setting(Title("Tea"), 1, origin)))
    assert shown(page)["by"][0] == "set by \u2068Carol\u2069, as \u2068Bob\u2069's page says"
    await hears(page.room, setting(Setting(Title("Bob's"), 1)))
    await hears(page.room, setting(Setting(Title("Coffee"), 1, origin)))
    assert shown(page)["title"] == "Bob's"
    assert any("does not believe it" in line for line in page.messages)
    await page.leave()


async def test_the_user_sets_something_and_pins_and_takes_down() -> None:
    page = AlicesPage(FakeRoom())
    await page.room.is_joined_by(ALICE, BOB)
    await page.room.hears(BOB, "pin me")
    page.wants("set", "", {"title": "Tea", "timer": 300})
    await asyncio.sleep(0.05)
    assert [each.value for each in read_settings(page.room.contents[-1])] == [Title("Tea"), Timer(300)]
    row_id = page.row_saying("pin me")
    assert "pin" in page.timeline.rows[row_id]["can"]
    page.wants("pin", row_id)
    await asyncio.sleep(0.05)
    ((pinned, message_id, name, text, *_),) = shown(page)["pins"]
    assert (pinned, name, text) == (row_id, "Bob", "pin me")
    assert page.timeline.rows[row_id]["pinned"] == "pinned"
    assert "unpin" in page.timeline.rows[row_id]["can"]
    page.wants("unpin", "", message_id)
    await asyncio.sleep(0.05)
    assert shown(page)["pins"] == []
    assert read_settings(page.room.contents[-1])[0].value == Pin(bytes.fromhex(message_id), 0)
    await page.leave()


async def test_what_disappears_takes_its_row_and_its_answer_away() -> None:
    page = AlicesPage(FakeRoom())
    await page.room.is_joined_by(ALICE, BOB)
    content = Contents(bytes(16), 0.0, lifetime=1).text("short")
    await hears(page.room, content)
    row_id = page.row_saying("short")
    assert page.timeline.rows[row_id]["timer"] == "disappears after 1 second"
    page.wants("reply", row_id)
    assert not page.document.shown("about-line").hidden
    await asyncio.sleep(1.2)
    assert row_id not in page.timeline.rows
    assert page.document.shown("about-line").hidden
    assert "has disappeared" in page.notice
    await page.leave()


async def test_those_that_come_are_told_what_we_have_set() -> None:
    page = AlicesPage(FakeRoom())
    await page.room.is_joined_by(ALICE)
    page.wants("set", "", {"title": "Tea"})
    await asyncio.sleep(0.05)
    await page.room.network_takes(1)
    await page.room.is_joined_by(ALICE, BOB)
    await asyncio.sleep(1.2)
    (told,) = read_settings(page.room.contents[-1])
    assert told.value == Title("Tea")
    assert told.origin
    assert told.origin.setter.hex() == ALICE.member_id
    await page.leave()


async def test_the_page_shows_what_is_set_only_if_that_is_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    page = AlicesPage(FakeRoom())
    await page.room.is_joined_by(ALICE, BOB)
    await page.room.hears(BOB, "pin me")
    message_id = page.row_saying("pin me").partition("/")[2]
    shows: list[object] = []
    show = RoomView.show

    def counted(view: RoomView, settings: Settings) -> None:
        shows.append(settings)
        show(view, settings)

    monkeypatch.setattr(RoomView, "show", counted)
    pins = [Setting(Pin(bytes([number]) * 32, 1), 1) for number in range(15)]
    await hears(page.room, setting(Setting(Title("Tea"), 1), *pins, Setting(Pin(bytes.fromhex(message_id), 1), 1)))
    assert len(shows) == 1
    assert "\u2068Bob\u2069 pinned 16 messages." in page.messages
    await hears(page.room, setting(Setting(Title("Tea"), 1)))
    await page.room.hears(BOB, "something else")
    assert len(shows) == 1
    await page.room.hears_deletion(BOB, message_id, 2)
    assert len(shows) == 2, "the pinned message looks different"
    await page.leave()


async def test_one_that_lies_without_end_is_shown_to_do_so_once() -> None:
    page = AlicesPage(FakeRoom())
    await page.room.is_joined_by(ALICE, BOB)
    await hears(page.room, setting(Setting(Title("Bob's"), 1)))
    lies = [Setting(Title(f"{n}"), 1, Origin(bytes([n]) * 16, "Carol")) for n in range(64)]
    for _ in range(3):
        await hears(page.room, setting(*lies))
    assert sum("does not believe it" in line for line in page.messages) == 1
    await page.leave()
