"""How long it takes from opening a link until the visitor can join, against the start of stock Pyodide alone."""

from dataclasses import dataclass, field
from time import sleep

from playwright.sync_api import BrowserContext

from volly_browser.room.invite import Invite
from volly_browser.tools.bench import peers
from volly_browser.tools.bench.figures import Figure, Measurement, ratio
from volly_browser.tools.bench.laboratory import Laboratory, wait_until

GOAL = 0.8
WARM_LOADS = 2
"""Loads after the first in the same profile: the second and the third."""
SETTLE = 1.5
"""Seconds between loads, in which the browser starts, and writes what it compiled into its cache."""

OURS, STOCK = "Volly", "stock Pyodide"
COLD, WARM = "cold", "warm"

METHOD = """
Stock: loadPyodide() of the npm package and nothing else; its five files come from the same server, packed by the same
Brotli, cached as long.  Cold: a browser profile that nobody has used.  Warm: the second and the third load in it.
Milliseconds since the navigation began.
"""

_READY = {OURS: "volly:ready", STOCK: "stock:ready"}

_MARKS = """name => Object.fromEntries(performance.getEntriesByType("mark")
  .filter((mark) => mark.name.startsWith(name))
  .map((mark) => [mark.name, mark.startTime]))"""

Marks = dict[str, float]


@dataclass(slots=True)
class Loads:
    """The marks of every load of one page: for each round a list of loads."""

    cold: list[list[Marks]] = field(default_factory=list)
    warm: list[list[Marks]] = field(default_factory=list)


def measure(laboratory: Laboratory, rounds: int) -> Measurement:
    """Open both pages in turns, each time in a fresh profile, then twice more in the same."""
    addresses = {OURS: f"#{Invite.create(policy='hybrid').fragment}", STOCK: peers.STOCK_PAGE}
    loads = {name: Loads() for name in addresses}
    for number in range(rounds):
        for name in sorted(addresses, reverse=bool(number % 2)):
            _visit(laboratory, loads[name], laboratory.url(addresses[name]), _READY[name])
    totals = {(name, kind): _total(name, kind, loads[name]) for kind in (COLD, WARM) for name in addresses}
    return Measurement(
        "Page ready: from opening the link until the engines are tested and the visitor can join",
        METHOD,
        (*totals.values(), *_steps(COLD, loads[OURS].cold), *_steps(WARM, loads[OURS].warm)),
        tuple(
            ratio(f"{OURS} / {STOCK}, {kind}", totals[OURS, kind], totals[STOCK, kind], GOAL) for kind in (COLD, WARM)
        ),
    )


def _visit(laboratory: Laboratory, loads: Loads, address: str, ready: str) -> None:
    with laboratory.new_profile() as profile:
        sleep(SETTLE)
        loads.cold.append([_load(profile, address, ready)])
        loads.warm.append([_load(profile, address, ready) for _ in range(WARM_LOADS)])


def _load(profile: BrowserContext, address: str, ready: str) -> Marks:
    page = profile.new_page()
    page.goto(address, wait_until="commit")
    wait_until(page, f"performance.getEntriesByName('{ready}').length")
    marks: Marks = page.evaluate(_MARKS, ready.partition(":")[0])
    sleep(SETTLE)
    page.close()
    return marks


def _total(name: str, kind: str, loads: Loads) -> Figure:
    visits = loads.cold if kind == COLD else loads.warm
    return Figure.of(f"{name}, {kind}", "ms", [[marks[_READY[name]] for marks in visit] for visit in visits])


def _steps(kind: str, visits: list[list[Marks]]) -> list[Figure]:
    """The time from each mark to the next, in the order in which they are usually passed."""
    names = sorted(visits[0][0], key=lambda name: visits[0][0][name])
    ways = zip(["opened", *names], names, strict=False)
    return [
        Figure.of(
            f"  {kind}, {_short(before)} to {_short(after)}",
            "ms",
            [[marks[after] - marks.get(before, 0.0) for marks in visit] for visit in visits],
        )
        for before, after in ways
    ]


def _short(mark: str) -> str:
    return mark.removeprefix("volly:")
