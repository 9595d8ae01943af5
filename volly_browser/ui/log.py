"""The lines of a conversation in their order, which is the same for all readers.

A message has a place, which is the same for all readers: it stands before messages of later places, also if it arrives
late.  Notes, and the user's messages that are not sent yet, have none; they stay where they were added.
"""

from dataclasses import dataclass, field

from volly_browser.ui.element import Element

TOGETHER = 300.0
"""Seconds within which messages of one person stand under one name."""


@dataclass(frozen=True, slots=True, order=True)
class PlaceInLog:
    """Sorts messages.

    Attributes:
        lamport: higher than those of all messages that the sender had read.
        sender: the member id.
        sequence: the sender's count; 0 for the user's, which are sent in the order of their lamports.
    """

    lamport: int
    sender: str
    sequence: int = 0


@dataclass(slots=True, eq=False)
class Line:
    """A message or a note.

    Attributes:
        entry: shows it.
        said: the member id and the time of a message; None for a line that stands by itself.
        place: if it has one.
    """

    entry: Element
    said: tuple[str, float] | None = None
    place: PlaceInLog | None = field(default=None)


class Log:
    """Puts lines into a list of the page.

    Args:
        shown: the list.
    """

    def __init__(self, shown: Element) -> None:
        self._shown = shown
        self._lines: list[Line] = []
        self._stretch: set[Line] = set()  # those that are compared

    def clear(self) -> None:
        """Remove all lines."""
        self._shown.clear()
        self._lines.clear()
        self._stretch.clear()

    def begin_stretch(self) -> None:
        """Keep the present lines before all later ones."""
        self._stretch.clear()

    def add(self, line: Line, limit: int) -> None:
        """Put a line at its place, or at the end; beyond `limit` the first is removed."""
        self._put(line, self._index_for(line.place))
        if len(self._lines) > limit:
            self.remove(self._lines[0])

    def move(self, line: Line, place: PlaceInLog) -> None:
        """Give a line its place, and move it there unless it stands there already."""
        if line not in self._lines:
            return
        line.place = place
        self._stretch.discard(line)
        before = self._lines.index(line)
        index = self._index_for(place)
        if self._has_to_move(before, index):
            self.remove(line)
            self._put(line, index - (index > before))
        else:
            self._stretch.add(line)

    def remove(self, line: Line) -> None:
        """Take a line out."""
        if line in self._lines:
            index = self._lines.index(line)
            del self._lines[index]
            self._stretch.discard(line)
            line.entry.remove()
            self._regroup(index)

    def _index_for(self, place: PlaceInLog | None) -> int:
        """Return the index of the first line of a later place."""
        index = len(self._lines)
        if place is None:
            return index
        for number in range(len(self._lines) - 1, -1, -1):
            other = self._lines[number]
            if other.place is None or other not in self._stretch:
                continue
            if other.place <= place:
                break
            index = number
        return index

    def _has_to_move(self, before: int, index: int) -> bool:
        """Whether any line that has a place stands between where a line is and where it should be."""
        between = self._lines[min(before + 1, index) : max(before, index)]
        return any(other in self._stretch for other in between)

    def _put(self, line: Line, index: int) -> None:
        if index == len(self._lines):
            self._shown.append(line.entry)
        else:
            self._shown.insert(line.entry, self._lines[index].entry)
        self._lines.insert(index, line)
        if line.place is not None:
            self._stretch.add(line)
        self._regroup(index)
        self._regroup(index + 1)

    def _regroup(self, index: int) -> None:
        """Show the author's name of a message unless it stands above the one before."""
        if not 0 <= index < len(self._lines):
            return
        entry = self._lines[index].entry
        entry.unmark("same")
        if index > 0 and _goes_on(self._lines[index - 1].said, self._lines[index].said):
            entry.mark("same")


def _goes_on(before: tuple[str, float] | None, said: tuple[str, float] | None) -> bool:
    if before is None or said is None:
        return False
    return before[0] == said[0] and abs(said[1] - before[1]) < TOGETHER
