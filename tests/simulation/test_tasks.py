import asyncio

from tests.simulation.tasks import Tasks, keep_track
from tests.unit.virtual_time import virtual_time


async def forever() -> None:
    await asyncio.Event().wait()


async def family(depth: int) -> None:
    """A task that starts a task that starts a task."""
    child = asyncio.create_task(family(depth - 1) if depth else forever())
    await asyncio.wait({child})


@virtual_time()
async def test_a_program_ends_with_all_that_it_has_started_and_with_nothing_else() -> None:
    keep_track(asyncio.get_running_loop())
    program, other = Tasks(lambda _: None), asyncio.create_task(forever())
    program.start(family(3))
    await asyncio.sleep(1)
    assert program.running == 5
    program.end()
    await asyncio.sleep(1)
    assert program.running == 0
    assert not other.done()
    other.cancel()
    await asyncio.wait({other})


@virtual_time()
async def test_two_programs_keep_their_tasks_apart() -> None:
    keep_track(asyncio.get_running_loop())
    one, other = Tasks(lambda _: None), Tasks(lambda _: None)
    one.start(family(1))
    other.start(family(2))
    await asyncio.sleep(1)
    one.end()
    await asyncio.sleep(1)
    assert (one.running, other.running) == (0, 4)
    other.end()
    await asyncio.sleep(1)


@virtual_time()
async def test_an_error_that_ends_a_task_is_told() -> None:
    keep_track(asyncio.get_running_loop())
    crashes: list[BaseException] = []

    async def crash() -> None:
        raise ValueError("a mistake")

    async def program() -> None:
        await asyncio.wait({asyncio.create_task(crash())})

    Tasks(crashes.append).start(program())
    await asyncio.sleep(1)
    assert [str(error) for error in crashes] == ["a mistake"]
