"""The implementations that play the member of a script: Volly and ts-mls, each in the page and outside of it."""

import asyncio
import json
import subprocess
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from playwright.sync_api import CDPSession, Page

from tests.interop import drivers
from volly_browser.mls.suites import CLASSICAL
from volly_browser.tools import node
from volly_browser.tools.bench import group_member, peers
from volly_browser.tools.bench.group_member import PEERS_SUITE, STEPS, ScriptedMember
from volly_browser.tools.bench.laboratory import Laboratory, wait_until
from volly_browser.tools.bench.main_thread import traced

OURS, PEER = "Volly", "ts-mls"
PAGE, CPYTHON, NODE = "page", "CPython", "Node"

Result = TypeVar("Result")

_NODE_SCRIPT = Path(__file__).parent / "pages" / "ts_mls_in_node.mjs"


class Player(Protocol):
    """An implementation in a place."""

    @property
    def implementation(self) -> str:
        """`Volly` or `ts-mls`."""
        ...

    @property
    def place(self) -> str:
        """`page`, `CPython` or `Node`."""
        ...

    def load(self, script: str) -> None:
        """Play this script from now on."""
        ...

    def take(self, step: str, count: int) -> Sequence[float]:
        """Take a step so many times; return the milliseconds of each."""
        ...


def can_play(player: Player, suite: int) -> bool:
    """Whether the player has the suite."""
    return player.implementation == OURS or suite in (PEERS_SUITE.id, CLASSICAL.id)


def apart(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in a thread of its own, since Playwright has a loop running in this one; return its result."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@dataclass(frozen=True, slots=True)
class PagePlayer:
    """One of the two implementations in the page."""

    page: Page
    browser: CDPSession
    implementation: str
    place: str = PAGE

    def load(self, script: str) -> None:
        """See `Player`."""
        self._call("load", script)

    def take(self, step: str, count: int) -> Sequence[float]:
        """See `Player`."""
        times: Sequence[float] = self._call("take", step, count)
        return times

    def longest_stretch(self) -> float:
        """The longest time, in milliseconds, for which any of the steps keeps the page from doing anything else."""
        with traced(self.page) as stretches:
            for step in STEPS:
                self.take(step, 1)
        return stretches.longest

    def main_thread_time(self) -> float:
        """Milliseconds for which the page's main thread has worked so far."""
        metrics = self.browser.send("Performance.getMetrics")["metrics"]
        [seconds] = [metric["value"] for metric in metrics if metric["name"] == "ThreadTime"]
        return float(seconds) * 1e3

    def _call(self, method: str, *values: object) -> Any:  # noqa: ANN401 - what the method gives
        call = "([method, ...values]) => bench[method](...values)"
        return self.page.evaluate(call, [method, self.implementation, *values])


class CPythonPlayer:
    """Volly in this process, on the native engine."""

    implementation = OURS
    place = CPYTHON

    def __init__(self) -> None:
        self._member: ScriptedMember | None = None

    def load(self, script: str) -> None:
        """See `Player`."""
        self._member = apart(ScriptedMember.of(script))

    def take(self, step: str, count: int) -> Sequence[float]:
        """See `Player`."""
        return apart(self._loaded.take(step, count))

    def sizes(self) -> Mapping[str, int]:
        """See `ScriptedMember.sizes`."""
        return apart(self._loaded.sizes())

    @property
    def _loaded(self) -> ScriptedMember:
        assert self._member is not None  # `load` comes first
        return self._member


@dataclass(frozen=True, slots=True)
class NodePlayer:
    """ts-mls in a process of its own."""

    process: "subprocess.Popen[str]"
    implementation: str = PEER
    place: str = NODE

    def load(self, script: str) -> None:
        """See `Player`."""
        self._ask("load", script)

    def take(self, step: str, count: int) -> Sequence[float]:
        """See `Player`."""
        times: Sequence[float] = self._ask("take", step, count)
        return times

    def sizes(self) -> Mapping[str, int]:
        """As `ScriptedMember.sizes`."""
        sizes: Mapping[str, int] = self._ask("sizes")
        return sizes

    def _ask(self, *question: object) -> Any:  # noqa: ANN401 - what the method gives
        there, back = self.process.stdin, self.process.stdout
        assert there is not None
        assert back is not None
        print(json.dumps(question), file=there, flush=True)
        return json.loads(back.readline())


@contextmanager
def all_players(laboratory: Laboratory) -> Iterator[list[Player]]:
    """Make all four players; the two in the page share it."""
    tools = node.prepare(drivers.TS_MLS)
    command = [tools.program, _NODE_SCRIPT, tools.modules.parent]
    with (
        laboratory.new_page() as page,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process,
    ):
        page.goto(laboratory.url(peers.GROUPS_PAGE))
        wait_until(page, "globalThis.bench")
        page.evaluate("source => bench.bring(source)", Path(group_member.__file__).read_text())
        browser = page.context.new_cdp_session(page)
        browser.send("Performance.enable")
        yield [PagePlayer(page, browser, OURS), PagePlayer(page, browser, PEER), CPythonPlayer(), NodePlayer(process)]
