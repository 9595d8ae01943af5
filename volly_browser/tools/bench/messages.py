"""How long a message takes from page to page over LiveKit, against LiveKit's own `publishData`."""

from functools import partial
from pathlib import Path

from playwright.sync_api import Page

from volly_browser.mls.suites import POLICIES
from volly_browser.room.invite import Invite
from volly_browser.tools.bench.figures import MEDIAN, P95, Figure, Measurement, Ratio, in_turns, ratio
from volly_browser.tools.bench.laboratory import Laboratory, wait_until

GOAL = 2.0
LENGTH = 100
"""Characters of a message."""
SAMPLES = 30
"""Messages of each kind in a round."""
PAUSE = 20
"""Milliseconds between messages: people do not type faster, and the machine becomes idle."""
WARM_UP = 20
"""First messages, which are not counted: their code is not compiled yet."""

METHOD = """
Two pages in one room, each in a browser context of its own.  A message is thrown to the other page, and thrown back as
soon as it is there; a figure is half of that round, because two pages have no clock in common.  Sealed: from
sendEncrypted to receiveDecrypted.  Plain: from publishData of the same text to dataReceived, in the same two pages and
through the same server, but on a connection of its own, where no Python listens.
"""

CLASSICAL = "classical"
"""The policy that a client enters only if it is told to do without post-quantum cryptography."""

_KINDS = ("sealed", "plain")
_SCRIPT = Path(__file__).parent / "pages" / "messages.js"


def measure(laboratory: Laboratory, rounds: int) -> Measurement:
    """Open two pages in one room for each policy, and send messages of both kinds in turns."""
    figures: list[Figure] = []
    ratios: list[Ratio] = []
    for policy in POLICIES:
        sealed, plain = _measure_policy(laboratory, policy, rounds)
        figures += [sealed, plain]
        ratios += [
            ratio(f"{policy}, p50", sealed, plain, GOAL, at=MEDIAN),
            ratio(f"{policy}, p95", sealed, plain, at=P95),
        ]
    return Measurement(
        f"A message of {LENGTH} characters from page to page over LiveKit",
        METHOD,
        tuple(figures),
        tuple(ratios),
    )


def _measure_policy(laboratory: Laboratory, policy: str, rounds: int) -> tuple[Figure, Figure]:
    invite, other = Invite.create(policy=policy), Invite.create(policy=policy)
    with laboratory.new_page() as thrower, laboratory.new_page() as catcher:
        for page in (thrower, catcher):
            _open(laboratory, page)
            page.evaluate("room => bench.join(...room)", [invite.fragment, policy != CLASSICAL])
            page.evaluate("room => bench.joinPlain(room)", other.room_id)
        wait_until(thrower, "bench.members() === 2")
        catcher.evaluate("bench.echo()")
        for kind in _KINDS:
            _times(thrower, kind, WARM_UP)
        taken = in_turns(rounds, "ms", {kind: partial(_times, thrower, kind) for kind in _KINDS})
        for page in (thrower, catcher):
            page.evaluate("bench.leave()")
    return _named(taken["sealed"], f"{policy}, sealed"), _named(taken["plain"], f"{policy}, plain")


def _open(laboratory: Laboratory, page: Page) -> None:
    page.add_init_script(path=_SCRIPT)
    page.goto(laboratory.url("client.html"))
    page.evaluate("async () => { await volly.ready; }")


def _times(page: Page, kind: str, count: int = SAMPLES) -> list[float]:
    arguments = [kind, count, LENGTH, PAUSE]
    rounds: list[float] = page.evaluate("arguments => bench.times(...arguments)", arguments)
    return [there_and_back / 2 for there_and_back in rounds]


def _named(figure: Figure, name: str) -> Figure:
    return Figure(name, figure.unit, figure.rounds)
