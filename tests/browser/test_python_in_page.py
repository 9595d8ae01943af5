"""Python in the page: its event loop, which `bridge.ready_queue` makes fast, and its dataclasses."""

from typing import Any

import pytest

from tests.browser.conftest import Visit, Visits

pytestmark = pytest.mark.browser

RUN = """async (program) => {
  await volly.ready;
  const [engine] = await Promise.all(globalThis[Symbol.for("volly.engines")].values());
  return JSON.parse(await engine.pyodide.runPythonAsync(program));
}"""


@pytest.fixture(scope="module")
def visit(open_shared_page: Visits) -> Visit:
    return open_shared_page("/client.html")


def run(visit: Visit, program: str) -> Any:  # noqa: ANN401 - any JSON
    """What `result` is after the program, which may await, has run in the page."""
    lines = "".join(f"    {line}\n" for line in program.strip().splitlines())
    outcome = visit.page.evaluate(
        RUN, f"import asyncio, json, js\nasync def main():\n{lines}    return result\njson.dumps(await main())"
    )
    return outcome


def test_the_page_has_a_ready_queue(visit: Visit) -> None:
    assert run(visit, "result = type(asyncio.get_event_loop().call_soon.__self__).__name__") == "ReadyQueue"


def test_tasks_take_turns_in_the_order_of_their_making(visit: Visit) -> None:
    assert run(
        visit,
        """
result = []
async def work(name):
    for number in range(2):
        result.append(f"{name}{number}")
        await asyncio.sleep(0)
await asyncio.gather(work("a"), work("b"), work("c"))
""",
    ) == ["a0", "b0", "c0", "a1", "b1", "c1"]


def test_resolved_promises_are_awaited_before_the_browser_does_anything_else(visit: Visit) -> None:
    """Unless its turn has come, which on a slow machine can be at any time: so it is tried more than once."""
    orders = run(
        visit,
        """
from pyodide.ffi import create_once_callable
result = []
for _ in range(20):
    await asyncio.sleep(0.02)
    order = []
    channel = js.MessageChannel.new()
    channel.port1.onmessage = create_once_callable(lambda event, order=order: order.append("message"))
    channel.port2.postMessage(None)
    for _ in range(3):
        await js.Promise.resolve(None)
    order.append("awaited")
    result.append(order)
await asyncio.sleep(0.05)
""",
    )
    assert all(sorted(order) == ["awaited", "message"] for order in orders)
    assert ["awaited", "message"] in orders


def test_a_waiting_task_can_be_cancelled(visit: Visit) -> None:
    assert run(
        visit,
        """
result = []
async def wait():
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        result.append("cancelled")
        raise
task = asyncio.create_task(wait())
await asyncio.sleep(0)
task.cancel()
await asyncio.wait({task})
result.append(task.cancelled())
""",
    ) == ["cancelled", True]


def test_time_limits_hold(visit: Visit) -> None:
    assert (
        run(
            visit,
            """
try:
    async with asyncio.timeout(0.02):
        await asyncio.Event().wait()
    result = "no limit"
except TimeoutError:
    result = "limited"
""",
        )
        == "limited"
    )


def test_an_exception_in_a_callback_reaches_the_loops_handler(visit: Visit) -> None:
    assert run(
        visit,
        """
result, loop = [], asyncio.get_event_loop()
loop.set_exception_handler(lambda loop, context: result.append(repr(context["exception"])))
try:
    loop.call_soon(lambda: 1 / 0)
    loop.call_soon(result.append, "after it")
    await asyncio.sleep(0.01)
finally:
    loop.set_exception_handler(None)
""",
    ) == ["ZeroDivisionError('division by zero')", "after it"]


def test_timers_and_painting_go_on_while_a_task_never_waits_for_long(visit: Visit) -> None:
    ticks, frames = run(
        visit,
        """
from pyodide.ffi import create_proxy
ticks = frames = 0
def tick():
    nonlocal ticks
    ticks += 1
def frame(_time):
    nonlocal frames
    frames += 1
    js.requestAnimationFrame(frame_proxy)
tick_proxy, frame_proxy = create_proxy(tick), create_proxy(frame)
timer = js.setInterval(tick_proxy, 10)
js.requestAnimationFrame(frame_proxy)
loop = asyncio.get_event_loop()
end = loop.time() + 0.5
while loop.time() < end:
    await asyncio.sleep(0)
js.clearInterval(timer)
result = [ticks, frames]
""",
    )
    assert ticks > 10
    assert frames > 3


def test_an_engine_answers_within_the_turn(visit: Visit) -> None:
    answers = run(
        visit,
        """
from volly_browser.bridge.engines import load_batch_module
from volly_browser.crypto.batch import BatchEngine
from volly_browser.crypto.engine import Seal
engine = BatchEngine("webcrypto", await load_batch_module("webcrypto"))
seal = Seal(bytes(32), bytes(12), b"", b"text")
result = [sealed.hex() for [sealed] in await asyncio.gather(*(engine.run([seal]) for _ in range(3)))]
""",
    )
    assert len(answers) == 3
    assert len(set(answers)) == 1


def test_timers_go_on_while_a_browser_answers_at_once(visit: Visit) -> None:
    """WebCrypto in Chromium does most things while it is asked for them, and answers in a microtask."""
    ticks = run(
        visit,
        """
from pyodide.ffi import create_proxy
ticks = 0
def tick():
    nonlocal ticks
    ticks += 1
tick_proxy = create_proxy(tick)
timer = js.setInterval(tick_proxy, 5)
loop = asyncio.get_event_loop()
end = loop.time() + 0.5
while loop.time() < end:
    await js.crypto.subtle.digest("SHA-256", js.Uint8Array.new(1))
js.clearInterval(timer)
tick_proxy.destroy()
result = ticks
""",
    )
    assert ticks > 10


def test_our_dataclasses_are_of_the_code_that_came_with_the_site(visit: Visit) -> None:
    """Not that much depends on it: only a third of a second at every start."""
    compiled_here = run(
        visit,
        """
import sys
from dataclasses import is_dataclass
modules = [module for name, module in list(sys.modules.items()) if name.startswith("volly_browser.")]
classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
ours = [value for value in classes if is_dataclass(value) and value.__module__.startswith("volly_browser.")]
names = [value.__qualname__ for value in ours if value.__init__.__code__.co_filename != "<dataclass>"]
result = [len(ours) > 100, names]
""",
    )
    assert compiled_here == [True, []]
