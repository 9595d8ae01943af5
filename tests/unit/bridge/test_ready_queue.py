"""The order in which callbacks run, and when the browser gets its turn; in the page, see tests/browser."""

import asyncio
import contextvars
import importlib
import sys
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace

import pytest

VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("VARIABLE")


class FakeBrowser:
    """Runs microtasks and tasks by hand, and has a clock of its own."""

    def __init__(self) -> None:
        self.microtasks: list[Callable[[], None]] = []
        self.tasks: list[Callable[[], None]] = []
        self.timers: list[Callable[[], None]] = []
        self.now = 0.0

    def set_timeout(self, callback: Callable[[], None], milliseconds: int) -> None:
        assert milliseconds == 0
        self.timers.append(callback)

    def run_microtasks(self) -> None:
        while self.microtasks:
            self.microtasks.pop(0)()

    def run_task(self) -> None:
        self.tasks.pop(0)()
        self.run_microtasks()

    def run_timers(self) -> None:
        while self.timers:
            self.timers.pop(0)()
            self.run_microtasks()


class FakeLoop(asyncio.AbstractEventLoop):
    """As much of Pyodide's loop as a handle uses."""

    def __init__(self, browser: FakeBrowser) -> None:
        self._browser = browser
        self.problems: list[BaseException] = []

    def call_soon(self, callback: Callable[[], None]) -> None:  # type: ignore[override]
        self._browser.tasks.append(callback)

    def call_exception_handler(self, context: dict[str, BaseException]) -> None:  # type: ignore[override]
        self.problems.append(context["exception"])

    def get_debug(self) -> bool:
        return False


@pytest.fixture
def browser() -> FakeBrowser:
    return FakeBrowser()


@pytest.fixture
def ready_queue(browser: FakeBrowser, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module, in a page with this browser."""
    name = "volly_browser.bridge.ready_queue"
    js = SimpleNamespace(queueMicrotask=browser.microtasks.append, setTimeout=browser.set_timeout)
    monkeypatch.setitem(sys.modules, "js", js)
    monkeypatch.setitem(sys.modules, "pyodide.ffi", SimpleNamespace(create_proxy=lambda function: function))
    module = importlib.import_module(name)
    monkeypatch.setattr(module, "perf_counter", lambda: browser.now)
    yield module
    del sys.modules[name]


@pytest.fixture
def loop(browser: FakeBrowser, ready_queue: ModuleType) -> FakeLoop:
    loop = FakeLoop(browser)
    ready_queue.install(loop)
    return loop


def test_what_is_due_runs_in_order_and_in_one_microtask(browser: FakeBrowser, loop: FakeLoop) -> None:
    log: list[int] = []
    for number in range(3):
        loop.call_soon(log.append, number)
    assert log == []
    assert len(browser.microtasks) == 1
    browser.run_microtasks()
    assert log == [0, 1, 2]
    assert browser.tasks == []


def test_what_becomes_due_meanwhile_runs_in_the_same_turn(browser: FakeBrowser, loop: FakeLoop) -> None:
    log: list[str] = []
    loop.call_soon(lambda: loop.call_soon(log.append, "second"))
    loop.call_soon(log.append, "first")
    browser.run_microtasks()
    assert log == ["first", "second"]


def test_the_queue_wakes_again_after_it_was_empty(browser: FakeBrowser, loop: FakeLoop) -> None:
    log: list[int] = []
    for number in range(3):
        loop.call_soon(log.append, number)
        browser.run_microtasks()
    assert log == [0, 1, 2]


def test_a_cancelled_callback_does_not_run(browser: FakeBrowser, loop: FakeLoop) -> None:
    log: list[str] = []
    loop.call_soon(log.append, "cancelled").cancel()
    loop.call_soon(log.append, "not cancelled")
    browser.run_microtasks()
    assert log == ["not cancelled"]


def test_a_callback_can_cancel_a_later_one(browser: FakeBrowser, loop: FakeLoop) -> None:
    log: list[str] = []
    later: list[asyncio.Handle] = []
    loop.call_soon(lambda: later.pop().cancel())
    later.append(loop.call_soon(log.append, "cancelled"))
    browser.run_microtasks()
    assert log == []


def test_an_exception_goes_to_the_loop_and_stops_nobody(browser: FakeBrowser, loop: FakeLoop) -> None:
    log: list[str] = []
    loop.call_soon(lambda: 1 / 0)
    loop.call_soon(log.append, "after it")
    browser.run_microtasks()
    assert log == ["after it"]
    assert [type(problem) for problem in loop.problems] == [ZeroDivisionError]


def test_what_ends_the_program_ends_the_turn_and_the_rest_runs_later(browser: FakeBrowser, loop: FakeLoop) -> None:
    log: list[str] = []
    loop.call_soon(sys.exit)
    loop.call_soon(log.append, "the rest")
    with pytest.raises(SystemExit):
        browser.run_microtasks()
    browser.run_task()
    assert log == ["the rest"]


def test_callbacks_run_in_their_context(browser: FakeBrowser, loop: FakeLoop) -> None:
    log: list[str] = []
    context = contextvars.copy_context()
    context.run(VARIABLE.set, "the given one's")
    VARIABLE.set("the caller's")
    loop.call_soon(lambda: log.append(VARIABLE.get()))
    loop.call_soon(lambda: log.append(VARIABLE.get()), context=context)
    VARIABLE.set("somebody else's")
    browser.run_microtasks()
    assert log == ["the caller's", "the given one's"]


def test_the_browser_gets_its_turn_however_much_is_due(browser: FakeBrowser, loop: FakeLoop) -> None:
    log: list[int] = []

    def work(number: int) -> None:
        log.append(number)
        browser.now += 0.0011
        loop.call_soon(work, number + 1)

    loop.call_soon(work, 0)
    browser.run_microtasks()
    assert log == [0, 1, 2, 3]
    assert len(browser.tasks) == 1
    loop.call_soon(log.append, -1)
    browser.run_microtasks()
    assert log == [0, 1, 2, 3]  # in the browser's task, not before
    browser.run_task()
    assert log == [0, 1, 2, 3, 4, -1, 5, 6, 7]


def test_many_short_turns_without_the_browser_are_one_long_one(browser: FakeBrowser, loop: FakeLoop) -> None:
    log: list[int] = []

    def work(number: int) -> None:
        log.append(number)
        browser.now += 0.0011

    for number in range(6):  # as if JavaScript answered six questions in microtasks
        loop.call_soon(work, number)
        browser.run_microtasks()
    assert log == [0, 1, 2, 3]
    browser.run_task()
    assert log == [0, 1, 2, 3, 4, 5]


def test_short_turns_with_the_browser_in_between_need_no_task(browser: FakeBrowser, loop: FakeLoop) -> None:
    log: list[int] = []

    def work(number: int) -> None:
        log.append(number)
        browser.now += 0.0031

    for number in range(6):
        loop.call_soon(work, number)
        browser.run_microtasks()
        browser.run_timers()
    assert log == [0, 1, 2, 3, 4, 5]
    assert browser.tasks == []


def test_one_timer_a_stretch_is_enough(browser: FakeBrowser, loop: FakeLoop) -> None:
    for number in range(6):
        loop.call_soon([].append, number)
        browser.run_microtasks()
    assert len(browser.timers) == 1


def test_a_browser_that_holds_timers_back_still_lets_everything_run(browser: FakeBrowser, loop: FakeLoop) -> None:
    """Pages in the background get no timers for a second at a time."""
    log: list[int] = []

    def work(number: int) -> None:
        log.append(number)
        browser.now += 0.0041

    for number in range(3):
        loop.call_soon(work, number)
        browser.run_microtasks()
        while browser.tasks:
            browser.run_task()
    assert log == [0, 1, 2]
