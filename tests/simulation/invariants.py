"""What must hold, whatever the network does.

    | broken      | means                                                                                       |
    |-------------|---------------------------------------------------------------------------------------------|
    | duplicated  | a text was shown twice to one reader                                                        |
    | altered     | a text was shown that nobody wrote, or that another wrote, or as another message            |
    | retold      | likewise, or twice, what was said before a reader came, and is told by others               |
    | disordered  | texts of one sender were shown in another order, other than one for which a gap was shown   |
    | misread     | a text was shown to a person that was no member, for its sender, when it was sent           |
    | lost        | a member of that time did not get it, although both are there at the end, and its author    |
    |             | never saw itself without that member for as long as it keeps messages                       |
    | gaps        | more was shown as missing than is                                                           |
    | overclaimed | its author is told that more have received a text than can have                             |
    | unsent      | a text still waits although its author is in the group, with others                         |
    | expelled    | a member lost its place in the group although the network works, and all members are honest  |
    | mistakes    | a task crashed, a room failed, memory grew                                                  |
    | disagreed   | the people in the room are not in one epoch of one group, or not with each other alone      |

The last two are not found in what people saw; the simulation adds them.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.simulation.history import Gap, Handed, Heard, History, Said, Visit
from volly_browser.room.timing import Timing

NAMED = 3
"""Texts that are named where many are lost; the rest is counted."""

KEPT = 0.9 * Timing().forget_gone
"""Seconds for which a text is kept for a person that is gone, by the fastest clock."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold; `kind` is one of the table's, `count` how many texts it is about."""

    kind: str
    sentence: str
    count: int = 1


def check(history: History) -> list[Broken]:
    """All that is broken in what happened."""
    return [broken for find in _CHECKS for broken in find(history)]


def lost(history: History) -> Iterator[Broken]:
    """Find the texts that a person still has to get."""
    for author, reader in _live_pairs(history):
        heard = reader.texts
        lacking = [
            (said, handed)
            for said in author.said
            if (handed := author.handed_over(said))
            and reader.member_id in handed.members
            and said.text not in heard
            and author.longest_without(reader, handed.at) < KEPT
        ]
        if lacking:
            named = ", ".join(_as_sent(said, handed, reader) for said, handed in lacking[:NAMED])
            sentence = f"{reader.name} lacks {len(lacking)} texts of {author.name}, among them {named}."
            yield Broken("lost", sentence, len(lacking))


def _as_sent(said: Said, handed: Handed, reader: Visit) -> str:
    standing = "" if reader.was_inside(handed.at) else f" (when {reader.name} was in no group)"
    return f"{_short(said.text)} at {handed.at:.3f} s{standing}"


def unsent(history: History) -> Iterator[Broken]:
    """Texts that still wait."""
    for visit in history.live:
        if visit.is_alone:
            continue
        waiting = [said for said in visit.said if not visit.handed_over(said)]
        if waiting:
            first = f"{_short(waiting[0].text)}, written at {waiting[0].at:.3f} s"
            sentence = f"{visit.name} still has {len(waiting)} texts to send, first {first}."
            yield Broken("unsent", sentence, len(waiting))


def _duplicated(history: History) -> Iterator[Broken]:
    for visit in history.visits:
        for text, times in Counter(item.text for item in visit.heard).items():
            if times > 1:
                yield Broken("duplicated", f"{visit.name} was shown {_short(text)} {times} times.")


def _altered(history: History) -> Iterator[Broken]:
    authors = {said.text: author for author in history.visits for said in author.said}
    for visit in history.visits:
        for item in visit.heard:
            author = authors.get(item.text)
            if author is None:
                yield Broken("altered", f"{visit.name} was shown {_short(item.text)}, which nobody wrote.")
            elif author.member_id != item.sender or author.ids.get(item.text, item.message_id) != item.message_id:
                yield Broken("altered", f"{visit.name} was shown {_short(item.text)} of {author.name} as another one.")


def _retold(history: History) -> Iterator[Broken]:
    authors = {said.text: author for author in history.visits for said in author.said}
    for visit in history.visits:
        for text, times in Counter(item.text for item in visit.told).items():
            if times > 1:
                yield Broken("retold", f"{visit.name} was told {_short(text)} {times} times.")
        for item in visit.told:
            author = authors.get(item.text)
            if author is None:
                yield Broken("retold", f"{visit.name} was told {_short(item.text)}, which nobody wrote.")
            elif author.member_id != item.sender or author.ids.get(item.text, item.message_id) != item.message_id:
                yield Broken("retold", f"{visit.name} was told {_short(item.text)} of {author.name} as another one.")


def _disordered(history: History) -> Iterator[Broken]:
    """Count texts out of order; for each text in a gap that was shown, one is allowed."""
    for visit in history.visits:
        come: Counter[str] = Counter()
        for position, item in _late(history, visit):
            come[item.sender] += 1
            if come[item.sender] > _missing(visit.shown[:position], item.sender):
                yield Broken("disordered", f"{visit.name} was shown {_short(item.text)} after a later one.")


def _late(history: History, visit: Visit) -> Iterator[tuple[int, Heard]]:
    """The texts that were shown after a later one of the same sender, with their place among what was shown."""
    numbers = {said.text: number for author in history.visits for number, said in enumerate(author.said)}
    latest: dict[str, int] = {}
    for position, item in enumerate(visit.shown):
        if isinstance(item, Heard):
            number, before = numbers.get(item.text, -1), latest.get(item.sender, -1)
            if number < before:
                yield position, item
            latest[item.sender] = max(number, before)


def _missing(shown: Iterable[Heard | Gap], sender: str) -> int:
    """How many texts of a sender are said to be missing."""
    return sum(item.count for item in shown if isinstance(item, Gap) and item.sender == sender)


def _misread(history: History) -> Iterator[Broken]:
    texts = {said.text: (author, said) for author in history.visits for said in author.said}
    for visit in history.visits:
        for item in visit.heard:
            if item.text not in texts:
                continue
            author, said = texts[item.text]
            if visit.member_id not in _possible_readers(history, author, said):
                sentence = f"{visit.name} was shown {_short(item.text)} of {author.name}, for whom it was no member."
                yield Broken("misread", sentence)


def _possible_readers(history: History, author: Visit, said: Said) -> frozenset[str]:
    """The members at its sending; those at any time since it was written, if it was possibly sent unseen."""
    handed = author.handed_over(said)
    if handed and history.is_sending_sure:
        return handed.members
    end = handed.at if handed else math.inf
    since = author.views[max(0, said.views - 1) :]
    return frozenset(member_id for at, members in since if at <= end for member_id in members)


def _gaps(history: History) -> Iterator[Broken]:
    """Gaps are for what was sent while the reader was not in the group; what else is missing is lost."""
    for author, reader in _live_pairs(history):
        heard = reader.texts
        missing = sum(1 for said in author.said if author.handed_over(said) and said.text not in heard)
        texts = {said.text for said in author.said}
        late = sum(1 for _, item in _late(history, reader) if item.sender == author.member_id and item.text in texts)
        shown = _missing(reader.gaps, author.member_id)
        if shown > missing + late:
            sentence = f"{reader.name} was told that {shown} texts of {author.name} are missing; {missing} are."
            yield Broken("gaps", sentence)


def _overclaimed(history: History) -> Iterator[Broken]:
    """Find false receipts, but not of people that are gone, nor of texts that possibly wait for an earlier one."""
    shown = {visit.member_id: visit.texts for visit in history.live}
    for author in history.live:
        for said in author.said:
            handed, claimed = author.handed_over(said), author.claimed.get(author.ids.get(said.text, ""), 0)
            others = handed.members - {author.member_id} if handed else frozenset[str]()
            possible = sum(1 for reader in others if reader not in shown or said.text in shown[reader])
            if claimed > possible:
                sentence = f"{author.name} is told that {claimed} have got {_short(said.text)}; {possible} can have."
                yield Broken("overclaimed", sentence)


def _expelled(history: History) -> Iterator[Broken]:
    for visit in history.visits if history.is_fair else ():
        if visit.expelled:
            yield Broken("expelled", f"{visit.name} was without keys again at {visit.expelled[0]:.3f} s.")


def _mistakes(history: History) -> Iterator[Broken]:
    for visit in history.visits:
        for mistake in visit.mistakes:
            yield Broken("mistakes", f"{visit.name}: {mistake}")


def _live_pairs(history: History) -> Iterator[tuple[Visit, Visit]]:
    live = history.live
    return ((author, reader) for author in live for reader in live if author is not reader)


def _short(text: str) -> str:
    return repr(text if len(text) <= 20 else f"{text[:16]}...")


_CHECKS: tuple[Callable[[History], Iterator[Broken]], ...] = (
    _duplicated,
    _altered,
    _retold,
    _disordered,
    _misread,
    lost,
    _gaps,
    _overclaimed,
    unsent,
    _expelled,
    _mistakes,
)
