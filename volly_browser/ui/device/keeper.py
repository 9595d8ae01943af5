"""Keeps the conversation of a visit in the store of its room, and shows above it what the store had.

All of it in small steps, so that typing is not held up: web/devices seals what is packed here, and writes it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from volly_browser.chat.kept import Kept, RecordMalformed, is_to_keep, pack, unpack
from volly_browser.chat.shelf import SHELF_MESSAGES_LIMIT, Shelf
from volly_browser.chat.timeline import Standing
from volly_browser.room.latest import Latest
from volly_browser.ui import wording
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.timeline.conversation import RESTORED, Conversation, Remark, Said

PAUSE = 0.05
"""Seconds within which changes are written together."""

BREATH = 0.03
"""Seconds between two steps while there is more to write."""

AT_ONCE = 20
"""Messages that are packed in one step."""

WRITTEN_LIMIT = 2 * SHELF_MESSAGES_LIMIT
"""Messages of which is remembered what the store last had; those that were written longest ago give way."""

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
class _Written:
    """What the store last had of a message.

    Attributes:
        number: of the timeline that said it.
        stay: in which it stands.
        standing: within that.
        is_gone: whether it was deleted, or taken out.
    """

    number: int
    stay: int
    standing: Standing
    is_gone: bool


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
        self._written = Latest[str, _Written](WRITTEN_LIMIT)
        self._first_stay = 0
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
        self._written.clear()
        self._first_stay = 0
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
        shown = [each.record.message for each in kept]
        for each, message in zip(kept, shown, strict=True):
            self._written[message.message_id] = _Written(RESTORED, each.stay, each.standing, message.is_deleted)
        self._first_stay = max((each.stay for each in kept), default=0)
        with GoingOn():
            self._heard_of((first.sender, first.name) for first in firsts)
        count = len(self._conversation)
        here = self._conversation.ids(max(0, count - SHELF_MESSAGES_LIMIT), count)
        self._conversation.restore(each.record for each in kept)
        said_since = [
            f"{RESTORED}/{was.message_id}" for each, was in zip(kept, shown, strict=True) if each.record.message != was
        ]
        for remark in _remarks(len(kept), opening.damaged + len(opening.useless)):
            self._conversation.remark_on_restored(remark)
        if opening.useless:  # so that they are told of once
            self._store.write([(position, None) for position in opening.useless])
        self._shelf = opening.shelf
        self.changed([*said_since, *here])

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
        place, _, message_id = row_id.partition("/")
        number, shelf = int(place), self._shelf
        said = self._conversation.said(row_id)
        if shelf is None or not self._is_better(message_id, number, said):
            return
        if said is None or not is_to_keep(said.record):
            yield from self._take_out(shelf, message_id)
            return
        if not said.record.is_settled:  # it is written once that was sent
            return
        kept = self._kept(message_id, said)
        data = pack(kept)
        put = shelf.put(message_id, len(data))
        yield put.position, data
        yield from ((position, None) for position in put.gone)
        self._wrote(message_id, said, kept)

    def _take_out(self, shelf: Shelf, message_id: str) -> Iterator[Change]:
        position = shelf.take_out(message_id)
        if written := self._written.get(message_id):
            self._written[message_id] = replace(written, is_gone=True)
        if position is not None:
            yield position, None

    def _is_better(self, message_id: str, number: int, said: Said | None) -> bool:
        """Whether a timeline says what the store last had of a message, or more.

        What one timeline says of it is changed by that; what another member tells in a later one changes nothing, and
        nothing brings back what is gone.
        """
        written = self._written.get(message_id)
        if written is None or written.number == number:
            return True
        if said is None:
            return False
        message = said.record.message
        is_hearsay = message.relay is not None and not message.relay.is_confirmed
        return not is_hearsay and (message.is_deleted or not written.is_gone)

    def _kept(self, message_id: str, said: Said) -> Kept:
        written = self._written.get(message_id)
        if written and (written.number != said.number or said.is_restored):
            return Kept(written.stay, written.standing, said.record)
        standing = replace(said.standing, stretch=max(0, said.standing.stretch))
        return Kept(self._first_stay + said.number, standing, said.record)

    def _wrote(self, message_id: str, said: Said, kept: Kept) -> None:
        """Note what the store has now; a message that it had is shown once if the room tells of it as well."""
        before = self._written.get(message_id)
        is_deleted = said.record.message.is_deleted
        self._written[message_id] = _Written(said.number, kept.stay, kept.standing, is_deleted)
        if before and before.number == RESTORED and not said.is_restored:
            self._conversation.drop(f"{RESTORED}/{message_id}")


def _remarks(count: int, damaged: int) -> Iterator[Remark]:
    if damaged:
        yield Remark(wording.damaged(damaged), is_warning=True)
    if count:
        yield Remark(wording.FROM_DEVICE)
