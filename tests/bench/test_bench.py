"""That everything can be measured here; how fast it is depends on the machine, so no test asks."""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from volly_browser.mls.suites import POLICIES
from volly_browser.tools.bench import engines
from volly_browser.tools.environment import PROJECT

TIME_LIMIT = 900

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TIME_LIMIT)]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "volly_browser.tools", "bench", *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=TIME_LIMIT)


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """Everything, measured in one round."""
    path = tmp_path_factory.mktemp("bench") / "figures.json"
    result = bench("--rounds", "1", "--json", str(path))
    assert result.returncode == 0, result.stderr
    found: Mapping[str, Any] = json.loads(path.read_text())
    assert all(measurement["title"] in result.stdout for measurement in found["measurements"].values())
    return found["measurements"]


def figures(measurement: Mapping[str, Any]) -> dict[str, float]:
    return {figure["name"]: figure["median"] for figure in measurement["figures"]}


def test_everything_is_measured_and_above_zero(taken: Mapping[str, Any]) -> None:
    assert set(taken) == {"bytes", "page", "engines", "messages", "groups"}
    for measurement in taken.values():
        assert all(median > 0 for median in figures(measurement).values())


def test_the_page_loads_nothing_for_nothing(taken: Mapping[str, Any]) -> None:
    assert taken["bytes"]["remarks"] == ["Nothing was loaded that the page does not use, and nothing twice."]


def test_the_page_is_measured_cold_and_warm_against_stock_pyodide(taken: Mapping[str, Any]) -> None:
    assert [ratio["goal"] for ratio in taken["page"]["ratios"]] == [0.8, 0.8]


def test_the_steps_of_the_page_add_up(taken: Mapping[str, Any]) -> None:
    found = figures(taken["page"])
    steps = sum(median for name, median in found.items() if name.startswith("  cold"))
    assert steps == pytest.approx(found["Volly, cold"])


@pytest.mark.parametrize("operation", ["generate", "encapsulate", "decapsulate"])
def test_every_engine_and_library_is_measured(taken: Mapping[str, Any], operation: str) -> None:
    found = figures(taken["engines"])
    missing = " ".join(taken["engines"]["remarks"])
    for engine in {"webcrypto", "javascript", "python"} - set(missing.rstrip(".").split()):
        assert {f"{operation}, {engine}, single", f"{operation}, {engine}, batched"} <= found.keys()
    assert {f"{operation}, {library} (npm)" for library in engines.LIBRARIES} <= found.keys()


def test_messages_of_every_policy_are_measured_against_plain_ones(taken: Mapping[str, Any]) -> None:
    found = figures(taken["messages"])
    assert found.keys() == {f"{policy}, {kind}" for policy in POLICIES for kind in ("sealed", "plain")}


@pytest.mark.parametrize("size", [2, 10, 50, 200])
@pytest.mark.parametrize("step", ["join", "open", "seal", "commit", "add", "process"])
def test_groups_are_measured_against_ts_mls_in_the_page_and_outside(
    taken: Mapping[str, Any], step: str, size: int
) -> None:
    found = figures(taken["groups"]).keys()
    for suite in ("suite 83", "suite 1"):
        for who in ("Volly in page", "Volly in CPython", "ts-mls in page", "ts-mls in Node"):
            assert f"{step}, {suite}, {size} members: {who}" in found
    assert f"main thread, {step}, hybrid, {size} members: Volly in page" in found


def test_what_a_member_holds_grows_more_slowly_than_the_group(taken: Mapping[str, Any]) -> None:
    found = figures(taken["groups"])
    small, large = (found[f"secrets of Volly, hybrid, {size} members"] for size in (2, 200))
    assert small < large < 2 * small


def test_an_unknown_measurement_is_refused_with_a_sentence() -> None:
    result = bench("--only", "everything")
    assert result.returncode == 1
    assert result.stderr.strip().endswith("there are bytes, page, engines, messages, groups.")
