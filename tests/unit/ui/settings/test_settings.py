"""What the page says was chosen is read with suspicion; reading is told or not."""

import pytest

from tests.unit.ui.alices_page import AlicesPage
from tests.unit.ui.fake_room import ALICE, BOB, FakeRoom
from volly_browser.ui.settings.settings import Notices, Settings


@pytest.mark.parametrize("chosen", [None, "", [], 5, {}, {"notices": ["full"]}, {"notices": {}}, {"sound": True}])
def test_what_is_not_understood_is_as_at_first(chosen: object) -> None:
    assert Settings.of(chosen) == Settings()


def test_what_was_chosen_holds() -> None:
    chosen = {"receipts": "off", "notices": "full", "sound": "on", "badge": "off", "count": "off", "undisturbed": "on"}
    assert Settings.of(chosen) == Settings(
        tells_reading=False,
        notices=Notices.FULL,
        has_sound=True,
        has_badge=False,
        has_count=False,
        is_undisturbed=True,
    )


@pytest.mark.usefixtures("faults")
async def test_what_is_read_is_told_of_later_messages_only_and_not_if_that_is_not_wanted() -> None:
    alice = AlicesPage(FakeRoom())
    room = alice.room
    await room.is_joined_by(BOB, ALICE)
    await room.hears(BOB, "one")
    await room.hears(BOB, "two", 2)
    one, two = alice.row_saying("one"), alice.row_saying("two")
    alice.wants("read", two, True)
    alice.wants("read", one, False)
    alice.wants("read", two, True)
    assert room.read_to == [two.partition("/")[2]], "what was read before is read"
    await room.is_joined_by(BOB, ALICE)
    await room.hears(BOB, "three", 3)
    alice.wants("settings", "", {"receipts": "off"})
    alice.wants("read", alice.row_saying("three"), True)
    assert len(room.read_to) == 1
    alice.wants("settings", "", {"receipts": "on"})
    alice.wants("read", list(alice.timeline.rows)[-1], True)
    assert room.read_to[-1] == alice.row_saying("three").partition("/")[2]
    await alice.leave()


@pytest.mark.usefixtures("faults")
async def test_the_conversation_becomes_a_file() -> None:
    alice = AlicesPage(FakeRoom())
    await alice.room.is_joined_by(BOB, ALICE)
    await alice.room.hears(BOB, "Hello")
    for form in ("text", "json"):
        alice.wants("export", "", form)
    assert [form for form, _ in alice.files] == ["text", "json"]
    assert "Bob\n    Hello\n" in alice.files[0][1]
    await alice.leave()
