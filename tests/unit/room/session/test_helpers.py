import asyncio

from volly_browser.room.session.helpers import Helpers


async def forever() -> None:
    await asyncio.sleep(1000)


async def test_helpers_run_until_they_are_stopped() -> None:
    crashes: list[BaseException] = []
    helpers, before = Helpers(crashes.append), asyncio.all_tasks()
    helpers.start(forever())
    helpers.start(forever())
    assert len(asyncio.all_tasks() - before) == 2
    await helpers.stop()
    assert asyncio.all_tasks() == before
    assert crashes == []


async def test_a_helper_that_ends_by_itself_is_forgotten() -> None:
    crashes: list[BaseException] = []
    helpers = Helpers(crashes.append)
    helpers.start(asyncio.sleep(0))
    await asyncio.sleep(0.01)
    await helpers.stop()
    assert crashes == []


async def test_a_helper_that_fails_is_told_of() -> None:
    crashes: list[BaseException] = []
    mistake = ZeroDivisionError("a mistake")

    async def fail() -> None:
        raise mistake

    helpers = Helpers(crashes.append)
    helpers.start(fail())
    await asyncio.sleep(0.01)
    assert crashes == [mistake]
    await helpers.stop()
