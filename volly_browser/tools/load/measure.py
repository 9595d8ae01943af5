"""One room under load, from its first member to its figures."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypeVar

from volly_browser.room.invite import Invite
from volly_browser.tools.bench.figures import Figure, Measurement
from volly_browser.tools.load import figures, scenario
from volly_browser.tools.load.crew import Crew, Hearing
from volly_browser.tools.load.crews import Crews
from volly_browser.tools.load.member import Troubles
from volly_browser.tools.load.page_among import SHOWN_LIMIT, PageAmong
from volly_browser.tools.load.usage import Look, Usage
from volly_browser.tools.stack import Stack

T = TypeVar("T")

METHOD = """
Members run the page's Python on CPython with pyca/cryptography, over LiveKit's SDK, in processes of up to five; they,
the LiveKit server and the measuring itself share the cores of this machine.  A text has 100 characters.  Bytes are
those of Volly's frames, without what LiveKit and DTLS put around them; a frame to all counts once where it is sent.
CPU of a member includes the SDK's.  Silent: right after filling, while members still renew their keys.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """A room, and what is to happen in it.

    Attributes:
        members: how many there are.
        policy: of the room.
        rate: how many texts a second all of them say together.
        seconds: how long they talk.
        arrivals: how many come in a second; None lets each one come when the one before is in the group.
        with_page: whether one of the members is a page.
        silence: for how many seconds no member says anything, before they talk.
        changes: how often one leaves and another one comes, after they have talked.
    """

    members: int
    policy: str
    rate: float
    seconds: float
    arrivals: float | None = None
    with_page: bool = False
    silence: float = 10.0
    changes: int = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures, and whether every member has read every text once."""

    measurement: Measurement
    complete: bool


def measure(stack: Stack, plan: Plan, tell: Callable[[str], None] = lambda happening: None) -> Outcome:
    """Fill a room, let it talk, let some come and go, and empty it.

    Args:
        stack: the servers.
        plan: the room.
        tell: is told what happens.

    Raises:
        Overdue: the members do not get that far.
        CrewFailed: a process with members has ended.
    """
    invite = Invite.create(policy=plan.policy)
    with ExitStack() as opened:
        page = opened.enter_context(PageAmong(f"{stack.url}/#{invite.fragment}")) if plan.with_page else None
        crews = Crews(f"{stack.url}/token", invite.fragment, plan.members - plan.with_page)
        return _Run(plan, opened.enter_context(crews), stack.livekit_process_id, page, tell).run()


class _Run:
    """The steps, and what they have given so far."""

    def __init__(
        self, plan: Plan, crews: Crews, server: int | None, page: PageAmong | None, tell: Callable[[str], None]
    ) -> None:
        self._tell = tell
        self._plan = plan
        self._crews = crews
        self._server = server
        self._page = page
        self._figures: list[Figure] = []
        self._remarks: list[str] = []
        self._complete = True

    def run(self) -> Outcome:
        entries = self._gather()
        self._be_silent()
        self._talk()
        self._change(entries)
        self._note_troubles(self._crews.all(Crew.troubles))
        self._tell("leaving")
        self._crews.all(Crew.leave_all)
        title = f"A room of {self._plan.members} members, {self._plan.policy}"
        measurement = Measurement(title, METHOD, tuple(self._figures), remarks=tuple(self._remarks))
        return Outcome(measurement, self._complete)

    def _gather(self) -> scenario.Entries:
        # after their processes have started, which would otherwise delay members and bunch their arrivals
        self._crews.all(Crew.account)
        begun_at = time.monotonic()
        plan = self._plan
        entries = scenario.gather(self._crews, plan.members - plan.with_page, plan.arrivals, self._tell)
        if self._page:
            self._tell("the page comes")
            self._page.enter()
        self._tell("waiting until all agree")
        group = scenario.agree(self._crews, self._plan.members)
        self._figures += figures.entering(list(entries.values()), time.monotonic() - begun_at, group.epoch)
        self._note_page("coming")
        return entries

    def _be_silent(self) -> None:
        self._tell("silent")
        _, usage = self._used(lambda: time.sleep(self._plan.silence))
        self._figures += figures.using("silent", usage)
        self._note_page("silent")

    def _talk(self) -> None:
        self._tell("talking")
        (said, hearings), usage = self._used(lambda: scenario.talk(self._crews, self._plan.rate, self._plan.seconds))
        if latencies := [latency for hearing in hearings for latency in hearing.latencies]:
            self._figures.append(figures.latency(latencies))
        self._figures += figures.using("talking", usage)
        self._note_page("talking")
        self._note_texts(said, hearings)

    def _change(self, entries: scenario.Entries) -> None:
        self._tell("coming and going")
        changes, usage = self._used(lambda: scenario.come_and_go(self._crews, entries, self._plan.changes))
        self._figures += figures.changing(changes, usage)
        self._note_page("others coming and going")
        group = scenario.agree(self._crews, self._plan.members)
        self._remarks.append(f"All {group.members} are in epoch {group.epoch} and have one secret.")

    def _used(self, action: Callable[[], T]) -> tuple[T, Usage]:
        before = Look.take(self._crews, self._server)
        outcome = action()
        return outcome, Usage.between(before, Look.take(self._crews, self._server))

    def _note_page(self, when: str) -> None:
        if self._page:
            self._figures.append(figures.stretches(when, self._page.long_tasks()))

    def _note_texts(self, said: int, hearings: Sequence[Hearing]) -> None:
        read, lost, repeated = (
            sum(counts) for counts in zip(*((h.read, h.lost, h.repeated) for h in hearings), strict=True)
        )
        self._remarks.append(f"{said} texts were said: read {read} times, {lost} lost, {repeated} repeated.")
        self._complete = not lost and not repeated
        if self._page and said <= SHOWN_LIMIT:
            shown = self._page.texts_shown()
            self._remarks.append(f"The page shows {shown} of them.")
            self._complete = self._complete and shown == said

    def _note_troubles(self, found: Sequence[Troubles]) -> None:
        troubles = Troubles()
        for each in found:
            troubles.merge(each)
        self._remarks += [
            f"{kind}: {count} times, for example: {troubles.examples[kind]}" for kind, count in troubles.counts.items()
        ]
