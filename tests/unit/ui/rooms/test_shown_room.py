"""A room as long as one is in it: what ends it, and what does not."""

import asyncio

import pytest

from tests.unit.ui.alices_page import AlicesPage
from tests.unit.ui.fake_room import ALICE, BOB, FakeRoom, settled
from tests.unit.virtual_time import virtual_time
from volly_browser.room.events import RoomState, StateChanged
from volly_browser.ui.rooms.shown_room import LEAVING_LIMIT

pytestmark = pytest.mark.usefixtures("faults")


class StuckRoom(FakeRoom):
    """Does not end by itself."""

    async def leave(self) -> None:
        await super().leave()
        await asyncio.sleep(1e6)


@virtual_time()
async def test_a_room_that_does_not_end_keeps_nobody_in_it(faults: list[BaseException]) -> None:
    alice = AlicesPage(StuckRoom())
    await settled()
    alice.conversation.leave()
    begin = asyncio.get_running_loop().time()
    await asyncio.wait_for(alice.running, 2 * LEAVING_LIMIT)
    assert asyncio.get_running_loop().time() - begin == LEAVING_LIMIT
    assert alice.room.has_left
    faults.clear()  # it is reported


async def test_starting_over_leads_into_another_room_with_what_was_not_sent() -> None:
    alice = AlicesPage(FakeRoom(), FakeRoom())
    await settled()
    first = alice.room
    alice.conversation.send("not sent yet")
    await first.happens(StateChanged(RoomState.FULL, "This room is full."))
    alice.press_button()
    await settled()
    assert first.has_left
    assert alice.room is not first
    assert alice.messages[-1].startswith("AAlicenot sent yet")
    await alice.leave()


async def test_to_leave_twice_is_to_leave() -> None:
    alice = AlicesPage(FakeRoom())
    await alice.room.is_joined_by(BOB, ALICE)
    alice.conversation.leave()
    await alice.leave()
    assert alice.room.has_left
