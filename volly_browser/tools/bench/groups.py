"""How MLS does in groups of 2 to 200 members, against ts-mls in the same page, and outside of it."""

from collections.abc import Collection, Iterator, Sequence

from volly_browser.tools.bench.figures import Measurement, Ratio, ratio, share_of_limit
from volly_browser.tools.bench.group_member import STEPS
from volly_browser.tools.bench.group_players import CPYTHON, NODE, OURS, PAGE, PEER, all_players
from volly_browser.tools.bench.group_turns import SAMPLES, SUITES, Group, Taken, measure_group
from volly_browser.tools.bench.laboratory import Laboratory

SIZES = (2, 10, 50, 200)
COMPARED = (50, 200)
"""The sizes at which ts-mls must be slower."""
OF_THE_GROUP = frozenset({"join", "commit", "add", "process"})
"""The steps at which ts-mls must be slower: those whose work grows with the group.

A message costs the same whatever the group's size: a third of the time is WebCrypto's, as in ts-mls, and the rest is
Python and one way from there to JavaScript and back, where ts-mls does not have to go.
"""

LARGEST = Group("hybrid", 200)
LIMITS = {("process", Group("hybrid", 50)): 30.0, ("join", LARGEST): 500.0}
"""Milliseconds for which the page's main thread may work on a step."""
LONGEST_STRETCH = 50.0
"""Milliseconds for which a step may keep the page from doing anything else."""

METHOD = f"""
A newcomer joins a full tree (everyone has committed once; in a blank one nobody has), then opens and seals a message,
makes a commit with a path, makes a commit that adds someone, without a path but with its Welcome, and processes the
commits of {SAMPLES} others.  All play the same bytes; times include decoding and encoding.  Main thread: for how long
that of the page worked, whatever else the machine did meanwhile; a stretch is the longest time for which any step kept
it from doing anything else.  The other times are those that passed.  Secrets: the stored state of a member who has just
joined, without the public tree.
"""

GROUPS = (*(Group(suite, size) for suite in SUITES for size in SIZES), Group("hybrid", 200, blank=True))


def measure(laboratory: Laboratory, rounds: int) -> Measurement:
    """Measure one group after the other, and in each all players in turns."""
    with all_players(laboratory) as players:
        taken = [measure_group(group, players, rounds) for group in GROUPS]
    return Measurement(
        "Groups of 2 to 200 members",
        METHOD,
        tuple(figure for found in taken for figure in found.figures()),
        tuple(_ratios(taken)),
        tuple(_held(found) for found in taken if found.group == LARGEST),
    )


def _ratios(taken: Sequence[Taken]) -> Iterator[Ratio]:
    for found in taken:
        yield from _limits(found)
    for found in taken:
        if found.group.size in COMPARED:
            yield from _against_peer(found, PAGE, PAGE, OF_THE_GROUP)
            yield from _against_peer(found, CPYTHON, NODE, frozenset())


def _limits(found: Taken) -> Iterator[Ratio]:
    ours = (OURS, PAGE)
    for (step, group), limit in LIMITS.items():
        if found.group == group:
            yield share_of_limit(f"main thread, {step}, {group} / {limit:g} ms", found.work(step, ours), limit)
    name = f"longest stretch, {found.group} / {LONGEST_STRETCH:g} ms"
    yield share_of_limit(name, found.stretch(ours), LONGEST_STRETCH)


def _against_peer(found: Taken, place: str, peers_place: str, to_win: Collection[str]) -> Iterator[Ratio]:
    ours, theirs = (OURS, place), (PEER, peers_place)
    for step in STEPS:
        if (step, theirs) in found.times:
            name = f"{step}, {found.group}: {' in '.join(ours)} / {' in '.join(theirs)}"
            goal = 1.0 if step in to_win else None
            yield ratio(name, found.time(step, ours), found.time(step, theirs), goal)


def _held(found: Taken) -> str:
    """Explain how much a member holds."""
    secrets, tree = (found.sizes[f"{what} of {OURS}"] for what in ("secrets", "tree"))
    return (
        f"Of {found.group}, each holds {secrets:,} B of secrets: seeds of 32 B for its signature key, its leaf and all "
        "nodes above, the secrets of the epoch, 48 B each, and what is left of the secret tree.  The public tree takes "
        f"{tree / found.group.size:,.0f} B a member besides: in each leaf keys of 1,216 and 1,952 B and a signature of "
        "3,309 B, in each node above a key of 1,216 B."
    )
