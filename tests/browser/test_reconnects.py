"""Nothing is lost and nothing comes twice while connections break, whichever way they do.

What it takes to heal is in the output of `pytest -rP`.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser.clients import Client, Run, in_playwright, leaving, settle
from tests.browser.conftest import Visit, Visits
from tests.browser.records import Member, hear_each_other_out
from tests.browser.sleepy_page import SleepyPage
from tests.healing import Record, check, healing
from volly_browser.room.invite import Invite
from volly_browser.tools.stack import Stack

pytestmark = pytest.mark.browser

PAUSE_MS = 100
"""Between two texts of each member."""

BEFORE = 1.0
"""Seconds that they talk before something happens."""

AFTERWARDS = 1.5
"""Seconds that they talk on after it is over."""

ASLEEP = 5.0
"""Seconds: longer than others need to notice, shorter than they wait for a member."""

HEAL_LIMIT = 20.0
"""Seconds: far more than healing takes, even on a busy machine."""

NAMES = ("alice", "bob", "carol")

SIMULATE = """async (client, scenario) => {
  const { livekitRoom } = client;
  await livekitRoom.simulateScenario(scenario);
  const pause = () => new Promise((resolve) => setTimeout(resolve, 10));
  while (livekitRoom.state === "connected") await pause();
  while (client.livekitRoom?.state !== "connected") await pause();
}"""
"""Lets livekit-client, or the server at its wish, break the connection; returns when there is one again."""

TOKENS_ASKED_FOR = "() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/token')).length"


@pytest.fixture(scope="module")
def visits(open_shared_page: Visits) -> list[Visit]:
    """Three browser contexts."""
    return [open_shared_page("/client.html") for _ in NAMES]


@pytest.fixture(scope="module")
def engines(visits: list[Visit]) -> list[Run]:
    """Their engines, ready."""
    return [in_playwright(visit.page) for visit in visits]


@contextmanager
def talking(runs: Sequence[Run]) -> Iterator[list[Member]]:
    """As many members in a new room, all of them talking; at the end they have heard everything, and leave."""
    room = Invite.create().fragment
    clients = [Client(run, name) for run, name in zip(runs, NAMES, strict=False)]
    with leaving(*clients):
        for client in clients:
            client.connect(room)
        settle(*clients)
        members = [Member(client, name, PAUSE_MS) for client, name in zip(clients, NAMES, strict=False)]
        time.sleep(BEFORE)
        yield members
        time.sleep(AFTERWARDS)
        hear_each_other_out(members)
        settle(*clients)


def disturb(runs: Sequence[Run], disturbance: Callable[[list[Member]], None]) -> list[Record]:
    """Let members talk through a disturbance, and see what they have heard."""
    with talking(runs) as members:
        began = time.time()
        disturbance(members)
    records = [member.record() for member in members]
    check(records)
    healed = healing(records, began)
    print(healed)
    assert max(healed.agreed, healed.heard) < HEAL_LIMIT
    return records


def tokens_asked_for(run: Run) -> int:
    """How often a page has asked the token service."""
    count: int = run(
        "() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/token')).length"
    )
    return count


@pytest.mark.parametrize("company", [2, 3])
@pytest.mark.parametrize(
    "scenario", ["signal-reconnect", "resume-reconnect", "full-reconnect", "node-failure", "server-leave"]
)
def test_one_of_several_loses_the_connection(engines: list[Run], scenario: str, company: int) -> None:
    """Of two it is the page that opened the room, of three the one that came last."""
    victim = 0 if company == 2 else company - 1
    asked = tokens_asked_for(engines[victim])

    def disturbance(members: list[Member]) -> None:
        members[victim].client.do(SIMULATE, scenario)

    disturb(engines[:company], disturbance)
    assert tokens_asked_for(engines[victim]) == asked + 2  # to come, and to come back


@pytest.mark.parametrize("company", [2, 3])
def test_the_server_dies_and_is_started_again(engines: list[Run], stack: Stack, company: int) -> None:
    if stack.livekit_process_id is None:
        pytest.skip("LiveKit is no process of ours")

    def disturbance(_: list[Member]) -> None:
        assert stack.livekit_process_id
        os.kill(stack.livekit_process_id, signal.SIGKILL)
        stack.stop_livekit()
        stack.start_livekit()

    disturb(engines[:company], disturbance)


def test_a_page_sleeps_and_wakes_up(browser: Browser, engines: list[Run], stack: Stack) -> None:
    with closing(SleepyPage(browser, f"{stack.url}/client.html")) as page:
        page.run("() => volly.ready")

        def disturbance(_: list[Member]) -> None:
            page.fall_asleep()
            time.sleep(ASLEEP)
            page.wake_up()

        [_, sleeper] = disturb([engines[0], page.run], disturbance)
        assert max(later - earlier for earlier, later in pairwise(sleeper.said)) > ASLEEP / 2
        assert tokens_asked_for(page.run) == 2


def test_no_connection_is_made_with_a_token_that_was_used_before(visits: list[Visit]) -> None:
    """Whatever happened above: a token that is minutes old is worth nothing, and pages possibly sleep for hours."""
    sockets = [urlsplit(url) for visit in visits for url in visit.requests if url.startswith("ws")]
    tokens = [parse_qs(socket.query)["access_token"][0] for socket in sockets]
    assert len(tokens) > len(visits)
    assert len(set(tokens)) == len(tokens)
