"""The measuring in one group: all players in turns, round by round."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from volly_browser.crypto.native import NativeEngine
from volly_browser.mls.suites import CLASSICAL, HYBRID
from volly_browser.tools.bench.figures import Figure
from volly_browser.tools.bench.group_member import MEASURED, PEERS_SUITE, STEPS
from volly_browser.tools.bench.group_players import CPythonPlayer, NodePlayer, PagePlayer, Player, apart, can_play
from volly_browser.tools.bench.group_script import make_script

SUITES = {"hybrid": HYBRID.id, "suite 83": PEERS_SUITE.id, "suite 1": CLASSICAL.id}
SAMPLES = 3
"""Times that each step is taken in a round."""
Who = tuple[str, str]
"""An implementation and its place."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group to measure in; in a `blank` tree no member has committed before."""

    suite: str
    size: int
    blank: bool = False

    def __str__(self) -> str:
        return f"{self.suite}, {self.size} members" + (", blank tree" if self.blank else "")

    @property
    def suite_id(self) -> int:
        """The number of the suite."""
        return SUITES[self.suite]

    def script(self) -> str:
        """What happens in the group."""
        made = make_script(NativeEngine(), MEASURED[self.suite_id], self.size, SAMPLES, blank=self.blank)
        return apart(made)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was found in one group.

    Attributes:
        group: which it was.
        times: milliseconds of each step, of each player that has the suite.
        main_thread: the same, of work of the page's main thread only.
        stretches: the longest of any step, in milliseconds of the same.
        sizes: bytes of what is sent and held, by name.
    """

    group: Group
    times: dict[tuple[str, Who], list[Sequence[float]]] = field(default_factory=dict)
    main_thread: dict[tuple[str, Who], list[Sequence[float]]] = field(default_factory=dict)
    stretches: dict[Who, list[Sequence[float]]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def time(self, step: str, who: Who) -> Figure:
        """How long a step took."""
        return Figure.of(f"{step}, {self.group}: {' in '.join(who)}", "ms", self.times[step, who])

    def work(self, step: str, who: Who) -> Figure:
        """How long the main thread of the page worked for a step."""
        name = f"main thread, {step}, {self.group}: {' in '.join(who)}"
        return Figure.of(name, "ms", self.main_thread[step, who])

    def stretch(self, who: Who) -> Figure:
        """The longest stretch of any step."""
        return Figure.of(f"longest stretch, {self.group}: {' in '.join(who)}", "ms", self.stretches[who])

    def figures(self) -> Iterator[Figure]:
        """All of it."""
        for step in STEPS:
            yield from (self.time(name, who) for name, who in self.times if name == step)
            yield from (self.work(name, who) for name, who in self.main_thread if name == step)
        yield from (self.stretch(who) for who in self.stretches)
        yield from (Figure.of(f"{name}, {self.group}", "B", [[size]]) for name, size in self.sizes.items())


def measure_group(group: Group, players: Sequence[Player], rounds: int) -> Taken:
    """Let all players that have the suite play the same script."""
    taken = Taken(group)
    able = [player for player in players if can_play(player, group.suite_id)]
    script = group.script()
    for player in able:
        player.load(script)
        for step in STEPS:
            player.take(step, 1)  # the first times find nothing compiled
    for number in range(rounds):
        first = number % len(able)
        for player in able[first:] + able[:first]:
            _take(taken, player)
    for player in able:
        if isinstance(player, CPythonPlayer | NodePlayer):  # bytes are the same in the page
            taken.sizes.update({f"{name} of {player.implementation}": size for name, size in player.sizes().items()})
    return taken


def _take(taken: Taken, player: Player) -> None:
    who = (player.implementation, player.place)
    if isinstance(player, PagePlayer):
        for step in STEPS:
            before = player.main_thread_time()
            taken.times.setdefault((step, who), []).append(player.take(step, SAMPLES))
            worked = player.main_thread_time() - before
            taken.main_thread.setdefault((step, who), []).append([worked / SAMPLES])
        taken.stretches.setdefault(who, []).append([player.longest_stretch()])
    else:
        for step in STEPS:
            taken.times.setdefault((step, who), []).append(player.take(step, SAMPLES))
