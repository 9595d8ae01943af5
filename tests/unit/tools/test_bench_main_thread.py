from typing import Any

from volly_browser.tools.bench.main_thread import Stretches, tasks


def thread(number: int, name: str) -> dict[str, Any]:
    return {"name": "thread_name", "pid": 7, "tid": number, "args": {"name": name}}


def task(number: int, microseconds: int, name: str = "RunTask") -> dict[str, Any]:
    return {"name": name, "pid": 7, "tid": number, "ts": 1, "dur": 10 * microseconds, "tdur": microseconds}


def test_only_tasks_of_the_main_thread_count_and_only_the_time_that_it_worked() -> None:
    trace = {
        "traceEvents": [
            task(1, 2000),
            thread(1, "CrRendererMain"),
            thread(2, "Compositor"),
            task(2, 90_000),
            task(1, 18_200),
            task(1, 70_000, "FunctionCall"),
            {"name": "RunTask", "pid": 7, "tid": 1, "ts": 1},  # the trace ended before it did
        ]
    }
    assert tasks(trace) == [2.0, 18.2]


def test_the_longest_stretch_is_the_longest_task() -> None:
    assert Stretches([2.0, 18.2, 0.1]).longest == 18.2
