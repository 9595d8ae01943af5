"""Keeps the conversation of a visit in the store of its room, and shows above it what the store had.

All of it in small steps, so that typing is not held up: web/devices seals what is packed here, and writes it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from volly_browser.chat.kept import Kept, RecordMalformed, is_to_keep, pack, unpack
from volly_browser.chat.shelf import SHELF_MESSAGES_LIMIT, Shelf
from volly_browser.chat.timeline import Standing
from volly_browser.ui import wording
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.timeline.conversation import Conversation, Remark, Said

PAUSE = 0.05
"""Seconds within which changes are written together."""

BREATH = 0.03
"""Seconds between two steps while there is more to write."""

AT_ONCE = 20
"""Messages that are packed in one step."""

Change = tuple[int, bytes | None]
"""A position in the store, and the message to write there; None removes what is there."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what the store had when it was opened.

    Attributes:
        records: their positions, ascending over all parts, and their bytes.
        damaged: how many others could not be opened.
        is_last: whether no part follows.
    """

    records: Sequence[tuple[int, bytes]]
    damaged: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Store:
    """The store of the room on the device.

    Attributes:
        take: gives the next part of what it had; None if it is not open, or all was taken.
        write: writes changes; what fails is told to the visit later.
        soon: calls a function after so many seconds.
    """

    take: Callable[[], Part | None]
    write: Callable[[Sequence[Change]], object]
    soon: Callable[[Callable[[], None], float], object]


@dataclass(slots=True)
class _Opening:
    """What has been read so far of a store that is being opened."""

    shelf: Shelf = field(default_factory=Shelf)
    kept: list[Kept] = field(default_factory=list)
    damaged: int = 0
    useless: list[int] = field(default_factory=list)  # positions


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A message that the store had: where it stood, and whether it was deleted."""

    stay: int
    standing: Standing
    is_deleted: bool


class Keeper:
    """Keeps what is said from the moment on in which the store is opened, and what was said in the visit before.

    Args:
        conversation: of the visit.
        store: of its room.
        heard_of: told the ids and names of the authors of what the store had.
    """

    def __init__(
        self, conversation: Conversation, store: Store, heard_of: Callable[[Iterable[tuple[str, str]]], None]
    ) -> None:
        self._conversation = conversation
        self._store = store
        self._heard_of = heard_of
        self._opening: _Opening | None = None
        self._shelf: Shelf | None = None
        self._earlier: dict[str, _Earlier] = {}
        self._replaced: set[str] = set()
        self._pending: dict[str, None] = {}
        self._is_planned = False

    def opened(self) -> None:
        """Take what the store has, if it is open, and keep the conversation in it from now on."""
        if self._opening is None and self._shelf is None:
            self._opening = _Opening()
            self._read()

    def closed(self) -> None:
        """Keep nothing any more; what is shown stays."""
        self._opening = self._shelf = None
        self._earlier.clear()
        self._pending.clear()

    def flush(self) -> None:
        """Write all that has changed now: the page is possibly about to end."""
        while self._pending:
            self._write_some()

    def changed(self, row_ids: Collection[str]) -> None:
        """Note entries of the conversation that are new, look different, or are gone."""
        if self._shelf is not None and row_ids:
            self._pending.update(dict.fromkeys(row_ids))
            self._plan(PAUSE)

    # What the store had

    def _read(self) -> None:
        """Take the next part."""
        opening = self._opening
        part = self._store.take() if opening else None
        if opening is None or part is None:
            self._opening = None
            return
        opening.damaged = max(opening.damaged, part.damaged)
        for position, data in part.records:
            self._unpack(opening, position, data)
        if part.is_last:
            self._opening = None
            self._begin(opening)
        else:
            self._store.soon(self._read, 0.0)

    def _unpack(self, opening: _Opening, position: int, data: bytes) -> None:
        try:
            kept = unpack(data)
        except RecordMalformed:
            opening.useless.append(position)
            return
        if opening.shelf.found(position, kept.record.first.message_id, len(data)):
            opening.kept.append(kept)
        else:
            opening.useless.append(position)

    def _begin(self, opening: _Opening) -> None:
        """Show what the store had, and begin to keep the conversation."""
        kept = sorted(opening.kept, key=lambda each: each.order)
        firsts = [each.record.first for each in kept]
        for each, first in zip(kept, firsts, strict=True):
            self._earlier[first.message_id] = _Earlier(each.stay, each.standing, each.record.message.is_deleted)
        with GoingOn():
            self._heard_of((first.sender, first.name) for first in firsts)
        count = len(self._conversation)
        here = self._conversation.ids(max(0, count - SHELF_MESSAGES_LIMIT), count)
        self._conversation.restore(each.record for each in kept)
        for remark in _remarks(len(kept), opening.damaged + len(opening.useless)):
            self._conversation.remark_on_restored(remark)
        if opening.useless:  # so that they are told of once
            self._store.write([(position, None) for position in opening.useless])
        self._shelf = opening.shelf
        self.changed(here)

    # What is kept

    def _plan(self, seconds: float) -> None:
        if not self._is_planned:
            self._is_planned = True
            self._store.soon(self._step, seconds)

    def _step(self) -> None:
        self._is_planned = False
        if self._pending:
            self._write_some()
        if self._pending:
            self._plan(BREATH)

    def _write_some(self) -> None:
        row_ids = list(self._pending)[:AT_ONCE]
        for row_id in row_ids:
            del self._pending[row_id]
        changes: dict[int, bytes | None] = {}
        for row_id in row_ids:
            with GoingOn():
                changes |= dict(self._changes(row_id))
        if changes:
            self._store.write(list(changes.items()))

    def _changes(self, row_id: str) -> Iterator[Change]:
        """What an entry that has changed changes in the store."""
        message_id, shelf = row_id.partition("/")[2], self._shelf
        said = self._conversation.said(row_id)
        if shelf is None or (said is None and message_id in self._replaced):
            return
        if said is None or not is_to_keep(said.record):
            position = shelf.take_out(message_id)
            if position is not None:
                yield position, None
            return
        if not self._is_better(message_id, said):
            return
        data = pack(self._kept(message_id, said))
        put = shelf.put(message_id, len(data))
        yield put.position, data
        yield from ((position, None) for position in put.gone)
        self._replace_earlier(message_id, said)

    def _is_better(self, message_id: str, said: Said) -> bool:
        """Whether a message says what the store has of it, or more.

        What was heard is not changed by what another member tells of it, and nothing brings back what was deleted.
        """
        earlier = self._earlier.get(message_id)
        if earlier is None or said.is_restored:
            return True
        message = said.record.message
        is_hearsay = message.relay is not None and not message.relay.is_confirmed
        return message.is_deleted or not (is_hearsay or earlier.is_deleted)

    def _kept(self, message_id: str, said: Said) -> Kept:
        earlier = self._earlier.get(message_id)
        if earlier:
            return Kept(earlier.stay, earlier.standing, said.record)
        standing = replace(said.standing, stretch=max(0, said.standing.stretch))
        return Kept(self._first_stay + said.number, standing, said.record)

    def _replace_earlier(self, message_id: str, said: Said) -> None:
        """Show a message once if the room tells of it as well."""
        if message_id in self._earlier and not said.is_restored and message_id not in self._replaced:
            self._replaced.add(message_id)
            self._conversation.drop_restored(message_id)

    @property
    def _first_stay(self) -> int:
        """The number before that of the first stay of this visit."""
        return max((earlier.stay for earlier in self._earlier.values()), default=0)


def _remarks(count: int, damaged: int) -> Iterator[Remark]:
    if damaged:
        yield Remark(wording.damaged(damaged), is_warning=True)
    if count:
        yield Remark(wording.FROM_DEVICE)
