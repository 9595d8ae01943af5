"""What is set for a room: its title, its topic, the timer of its messages, and what is pinned.

Rule: of each of these, what holds follows from the changes that were heard, not from the order in which they came.

    | change                                                  | counts                                             |
    |---------------------------------------------------------|----------------------------------------------------|
    | of one member, later than its others                    | alone, of all that it has made                     |
    | that another one names as replaced                      | no more: so nobody can be last for ever            |
    | of several that are left, the last by (lamport, member) | and holds                                          |
    | told by another than the one that made it               | only if nothing was heard from any that made one,  |
    |                                                         | and that one is not here to say it itself          |
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from volly_browser.errors import LocalError
from volly_browser.room.content.content import LAMPORT_LIMIT
from volly_browser.room.content.settings import (
    REPLACES_LIMIT,
    SETTINGS_LIMIT,
    Origin,
    Pin,
    Setting,
    Timer,
    Title,
    Topic,
    Value,
    change_id,
)
from volly_browser.room.identity.names import clean_name, clean_topic

PINS_LIMIT = 20
"""Pinned messages of a room; of more, the last ones count."""

SETTERS_LIMIT = 256
"""Members whose latest change is kept, of each thing that can be set; the earliest give way."""

REPLACED_LIMIT = 1024
"""Replaced changes that are remembered, of each thing; the first that were heard of give way."""

PINNED_LIMIT = 256
"""Messages of which is remembered whether they are pinned; one that is not gives way, else the earliest."""

_NOT_SENT_YET = 1 << 64


class TooManyPins(LocalError):
    """As many messages are pinned as there can be."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change, as it was heard.

    Attributes:
        change_id: 32 hexadecimal digits.
        value: what it sets.
        replaces: the ids of changes.
        setter, name: the member that made it, and what it was called.
        lamport: of the message that carried it first.
        by: the member that told of it: the setter itself, or another.
    """

    change_id: str
    value: Value
    replaces: frozenset[str]
    setter: str
    name: str
    lamport: int
    by: str

    @property
    def order(self) -> tuple[int, str, str]:
        """The same for all."""
        return self.lamport, self.setter, self.change_id

    @property
    def is_first_hand(self) -> bool:
        """Whether the one that made it has said so."""
        return self.by == self.setter


@dataclass(frozen=True, slots=True)
class News:
    """Something else holds than before.

    Attributes:
        change: what holds.
        teller: what the member was called that told of it, if that is another than the one that made it.
        is_from_before: whether it was made before, and is told to those that came since.
        is_taken: whether it holds here; if not, this page has heard otherwise from those that made changes.
    """

    change: Change
    teller: str = ""
    is_from_before: bool = False
    is_taken: bool = True


@dataclass(slots=True)
class _Register:
    """One thing that can be set."""

    latest: dict[str, Change] = field(default_factory=dict)
    replaced: dict[str, None] = field(default_factory=dict)
    known: dict[str, None] = field(default_factory=dict)
    told: Change | None = None

    @property
    def holds(self) -> Change | None:
        standing = [change for change in self.latest.values() if change.change_id not in self.replaced]
        return max(standing or self.latest.values(), key=lambda change: change.order, default=self.told)

    def knows(self, change: Change) -> bool:
        return change.change_id in self.known

    def take(self, change: Change) -> None:
        _remember(self.known, change.change_id)
        if not change.is_first_hand:
            if self.told is None or change.order > self.told.order:
                self.told = change
            return
        for replaced in sorted(change.replaces):
            _remember(self.replaced, replaced)
        before = self.latest.get(change.setter)
        if before is None or change.order > before.order:
            self.latest[change.setter] = change
        if len(self.latest) > SETTERS_LIMIT:
            del self.latest[min(self.latest.values(), key=lambda each: each.order).setter]

    def replaces(self) -> tuple[bytes, ...]:
        """What a new change names: all that stands, from the one that holds on."""
        last_first = sorted(self.latest.values(), key=lambda change: change.order, reverse=True)
        standing = [change.change_id for change in last_first if change.change_id not in self.replaced]
        return tuple(map(bytes.fromhex, standing[:REPLACES_LIMIT]))


def _remember(ids: dict[str, None], change: str) -> None:
    ids[change] = None
    if len(ids) > REPLACED_LIMIT:
        del ids[next(iter(ids))]


Key = str
"""Names one thing that can be set: its kind, or the id of a message that is pinned."""


def key_of(value: Value) -> Key:
    """Return what a value is about."""
    return value.message_id.hex() if isinstance(value, Pin) else type(value).__name__


class Settings:
    """All that is set for one room."""

    def __init__(self) -> None:
        self._registers: dict[Key, _Register] = {}
        self._unsent: dict[str, tuple[Change, ...]] = {}  # by the ids of the messages that carry them

    # What happens

    def queued(self, message_id: str, setter: str, name: str, settings: Collection[Setting]) -> list[News]:
        """Take changes of ours that wait to be sent: until then they are the last ones."""
        before = self._held
        lamport = _NOT_SENT_YET + len(self._unsent)
        changes = [_change(setter, name, lamport, each) for each in settings if each.origin is None]
        self._unsent[message_id] = tuple(changes)
        return self._news(before, changes)

    def sent(self, message_id: str, lamport: int) -> list[News]:
        """Take the place that changes of ours have got; others are possibly the last ones now."""
        before = self._held
        changes = self._unsent.pop(message_id, ())
        for change in changes:
            setting = Setting(change.value, tuple(map(bytes.fromhex, sorted(change.replaces))))
            self._take(_change(change.setter, change.name, lamport, setting))
        return self._news(before, changes)

    def not_sent(self, message_id: str) -> None:
        """Forget changes of ours that will not be sent."""
        self._unsent.pop(message_id, None)

    def received(
        self, sender: str, name: str, lamport: int, settings: Collection[Setting], here: Collection[str]
    ) -> list[News]:
        """Take the changes that a member makes, or tells of.

        Args:
            sender: its member id.
            name: as it is called.
            lamport: of its message.
            settings: what it says.
            here: the ids of those that are here, who say themselves what they have set.
        """
        news = []
        for setting in settings:
            change = _told_change(sender, name, lamport, setting)
            if change and (change.is_first_hand or change.setter not in here):
                news += self._hear(change, name if not change.is_first_hand else "", setting.origin is not None)
        return news

    def _hear(self, change: Change, teller: str, is_from_before: bool) -> list[News]:
        register = self._registers.get(key_of(change.value))
        is_known = register is not None and register.knows(change)
        if not change.is_first_hand and register and register.latest:
            is_disputed = not is_known and register.holds is not None and register.holds.value != change.value
            return [News(change, teller, is_from_before, is_taken=False)] if is_disputed else []
        before = self._held
        if not is_known or change.is_first_hand:
            self._take(change)
        return [replace(news, teller=teller, is_from_before=is_from_before) for news in self._news(before, [change])]

    def _take(self, change: Change) -> None:
        self._registers.setdefault(key_of(change.value), _Register()).take(change)
        pins = {key: register for key, register in self._registers.items() if len(key) == _PIN_KEY}
        if len(pins) > PINNED_LIMIT:
            del self._registers[min(pins, key=lambda key: _rank(pins[key]))]

    # What holds

    @property
    def title(self) -> Change | None:
        """The change that has set the title; None if there is none."""
        return self._of(Title)

    @property
    def topic(self) -> Change | None:
        """Likewise of the topic."""
        return self._of(Topic)

    @property
    def timer(self) -> Change | None:
        """Likewise of the timer."""
        return self._of(Timer)

    @property
    def pins(self) -> list[Change]:
        """The changes that have pinned messages, the last first."""
        changes = [change for key, change in self._held.items() if len(key) == _PIN_KEY and _is_pinned(change)]
        return sorted(changes, key=lambda change: (change.is_first_hand, change.order), reverse=True)[:PINS_LIMIT]

    @property
    def lifetime(self) -> int:
        """Seconds after which what is written now disappears; 0 for never."""
        change = self.timer
        return change.value.seconds if change and isinstance(change.value, Timer) else 0

    def is_pinned(self, message_id: str) -> bool:
        """Whether a message is pinned."""
        return any(key_of(change.value) == message_id for change in self.pins)

    # What to say

    def change(self, value: Value) -> Setting | None:
        """Make a change to be sent; None if it changes nothing.  Raises TooManyPins."""
        cleaned = _cleaned(value)
        held = self._held.get(key_of(cleaned))
        if (held.value if held else _nothing_like(cleaned)) == cleaned:
            return None
        if isinstance(cleaned, Pin) and cleaned.is_pinned and len(self.pins) >= PINS_LIMIT:
            raise TooManyPins(f"{PINS_LIMIT} messages are pinned already. Take one down first.")
        register = self._registers.get(key_of(cleaned))
        return Setting(cleaned, register.replaces() if register else ())

    def told_by(self, member_id: str, here: Collection[str], *, is_first: bool) -> tuple[Setting, ...]:
        """What a member tells those that have come: what it has set; as the first, what the absent have.

        Args:
            member_id: ours.
            here: the ids of those that are here.
            is_first: whether we are the longest here.
        """
        held = [change for register in self._registers.values() if (change := register.holds)]
        absent = [each for each in held if each.setter not in here and not _is_unpinned(each)] if is_first else []
        last_first = sorted(absent, key=lambda change: change.order, reverse=True)
        last_first += sorted((each for each in held if each.setter == member_id), key=lambda each: each.order)[::-1]
        return tuple(map(_retold, last_first[:SETTINGS_LIMIT]))

    @property
    def _held(self) -> dict[Key, Change]:
        held = {key: change for key, register in self._registers.items() if (change := register.holds)}
        return held | {key_of(change.value): change for changes in self._unsent.values() for change in changes}

    def _of(self, kind: type) -> Change | None:
        return self._held.get(kind.__name__)

    def _news(self, before: dict[Key, Change], changes: Collection[Change]) -> list[News]:
        return list(_differences(before, self._held, dict.fromkeys(key_of(change.value) for change in changes)))


_PIN_KEY = 64


def _differences(before: dict[Key, Change], now: dict[Key, Change], keys: Collection[Key]) -> Iterator[News]:
    for key in keys:
        change, once = now.get(key), before.get(key)
        if change and change.value != (once.value if once else _nothing_like(change.value)):
            yield News(change)


def _rank(register: _Register) -> tuple[bool, bool, tuple[int, str, str]]:
    change = register.holds
    return (change.is_first_hand, _is_pinned(change), change.order) if change else (False, False, (0, "", ""))


def _is_pinned(change: Change) -> bool:
    return isinstance(change.value, Pin) and change.value.is_pinned == 1


def _nothing_like(value: Value) -> Value:
    """Return the value of what nobody has set."""
    match value:
        case Title():
            return Title("")
        case Topic():
            return Topic("")
        case Timer():
            return Timer(0)
        case Pin(message_id):
            return Pin(message_id, 0)


def _is_unpinned(change: Change) -> bool:
    """Whether a change says what newcomers take for so in any case."""
    return isinstance(change.value, Pin) and not change.value.is_pinned


def _cleaned(value: Value) -> Value:
    match value:
        case Title(text):
            return Title(clean_name(text))
        case Topic(text):
            return Topic(clean_topic(text))
        case Pin(message_id, is_pinned):
            return Pin(message_id, int(bool(is_pinned)))
    return value


def _change(setter: str, name: str, lamport: int, setting: Setting, by: str | None = None) -> Change:
    clean = Setting(_cleaned(setting.value), tuple(sorted(setting.replaces)))  # as it is told to those that come
    known_as = change_id(bytes.fromhex(setter), min(lamport, LAMPORT_LIMIT), clean).hex()
    replaces = frozenset(map(bytes.hex, setting.replaces))
    return Change(known_as, clean.value, replaces, setter, name, lamport, by or setter)


def _told_change(sender: str, name: str, lamport: int, setting: Setting) -> Change | None:
    """Return a change as a member makes or tells it; None if no message can have carried it."""
    origin = setting.origin
    if origin is None:
        return _change(sender, name, lamport, setting)
    if origin.lamport > LAMPORT_LIMIT:
        return None
    return _change(origin.setter.hex(), clean_name(origin.name), origin.lamport, setting, by=sender)


def _retold(change: Change) -> Setting:
    origin = Origin(bytes.fromhex(change.setter), clean_name(change.name), change.lamport)
    return Setting(change.value, tuple(map(bytes.fromhex, sorted(change.replaces))), origin)
