"""What is set for a room: its title, its topic, the timer of its messages, and what is pinned.

Rule: of each of these one change holds, the same for all that have heard the same, in whatever order they heard it.

    | change                                     | counts                                                            |
    |--------------------------------------------|-------------------------------------------------------------------|
    | that its author has told                   | the last one by (version, author, value) holds                    |
    | told by another than its author, which has | only if nothing was heard from any author itself; it is told on   |
    | left                                       | by nobody                                                         |
    | of a version beyond the present epoch      | as the first of that epoch                                        |

The version of a change is one more than the highest that its author knows, and lies among those of the epoch in which
it is made.  A later epoch has higher ones: nobody is last beyond the next epoch, and one that has just come, and knows
nothing yet, replaces whatever was set before.  Nothing has to be known of what was replaced.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from volly_browser.errors import LocalError
from volly_browser.room.content.settings import SETTINGS_LIMIT, Origin, Pin, Setting, Timer, Title, Topic, Value
from volly_browser.room.identity.names import clean_name, clean_topic

PINS_LIMIT = 20
"""Pinned messages of a room; of more, the last ones count."""

PINNED_LIMIT = 256
"""Messages of which is remembered whether they are pinned; each member has an equal share of them."""

VERSIONS = 1 << 20
"""Versions of an epoch."""

_EPOCHS = 1 << 40
"""Epochs that have versions of their own; a group that gets there shares the last ones."""


class TooManyPins(LocalError):
    """As many messages are pinned as there can be."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change, as it was heard.

    Attributes:
        value: what it sets.
        version: counts the changes of one thing, within bounds.
        setter, name: the member that made it, and what it was called.
        by, teller: the member that told of it, the setter itself or another, and what it was called.
        is_from_before: whether it was made before, and is told to those that came since.
    """

    value: Value
    version: int
    setter: str
    name: str
    by: str
    teller: str = field(default="", compare=False)
    is_from_before: bool = field(default=False, compare=False)

    @property
    def order(self) -> tuple[int, str, bytes]:
        """The same for all."""
        return self.version, self.setter, self.value.encode()

    @property
    def is_first_hand(self) -> bool:
        """Whether the one that made it has said so."""
        return self.by == self.setter


@dataclass(frozen=True, slots=True)
class News:
    """Something else holds than before.

    Attributes:
        change: what holds.
        others: how many other changes of this kind the same message has made.
        is_from_before: whether it was made before, and is told to those that came since.
        is_taken: whether it holds here; if not, this page has heard otherwise from those that made changes.
    """

    change: Change
    others: int = 0
    is_from_before: bool = False
    is_taken: bool = True


@dataclass(slots=True)
class _Register:
    """One thing that can be set: the last change that its author has told, else the last one told by another."""

    heard: Change | None = None
    told: Change | None = None
    before: Change | None = None  # what held before `heard`
    unsent: dict[str, Change] = field(default_factory=dict)  # ours, by the ids of the messages that carry them

    @property
    def holds(self) -> Change | None:
        """What waits to be sent is the last one until then."""
        return next(reversed(self.unsent.values())) if self.unsent else self.heard or self.told

    @property
    def version(self) -> int:
        """The highest that is known; 0 if there is none."""
        known = (self.heard, self.told, *self.unsent.values())
        return max((change.version for change in known if change), default=0)

    def take(self, change: Change) -> bool:
        """Take a change, and return whether it is the last one now."""
        last = self.heard if change.is_first_hand else self.told
        if (self.heard and not change.is_first_hand) or (last and change.order <= last.order):
            return False
        if change.is_first_hand:
            self.before = self.heard or self.told
            self.heard, self.told = change, None
        else:
            self.told = change
        return True

    def contradicts(self, change: Change) -> bool:
        """Whether authors have told something else than what another tells, also before the last change."""
        known = {each.value for each in (self.heard, self.before) if each}
        return self.heard is not None and not change.is_first_hand and change.value not in known

    def begin_stretch(self) -> None:
        """Let what holds give way to all that is set from now on."""
        self.heard, self.told = (replace(each, version=0) if each else None for each in (self.heard, self.told))


Key = str
"""Names one thing that can be set: its kind, or the id of a message that is pinned."""


def key_of(value: Value) -> Key:
    """Return what a value is about."""
    return value.message_id.hex() if isinstance(value, Pin) else type(value).__name__


class Settings:
    """All that is set for one room.

    Attributes:
        pins: the changes that have pinned messages, the last first.
        revision: counts how often something else held than before.
    """

    def __init__(self) -> None:
        self._kinds: dict[Key, _Register] = {kind.__name__: _Register() for kind in (Title, Topic, Timer)}
        self._messages: dict[Key, _Register] = {}  # that were pinned
        self._unsent: dict[str, list[Change]] = {}  # by the ids of the messages that carry them
        self._disputed: set[tuple[str, type]] = set()
        self._epoch = 0
        self._pinned: frozenset[Key] = frozenset()
        self.pins: tuple[Change, ...] = ()
        self.revision = 0

    # What happens

    def epoch_is(self, epoch: int) -> None:
        """Note how far the group is."""
        self._epoch = max(self._epoch, min(epoch, _EPOCHS))

    def begin_stretch(self) -> None:
        """Enter another group, whose epochs are counted anew: what is set there replaces all that is set now."""
        self._epoch = 0
        for register in self._all:
            register.begin_stretch()
        self._take_what_holds()

    def queued(self, message_id: str, setter: str, name: str, settings: Collection[Setting]) -> list[News]:
        """Take changes of ours that wait to be sent: until then they are the last ones."""
        changes = [self._change(setter, name, each) for each in settings if each.origin is None]
        before = self._held(changes)
        for change in changes:
            self._register(change.value).unsent[message_id] = change
        self._unsent[message_id] = changes
        return self._news(before)

    def sent(self, message_id: str) -> list[News]:
        """Take changes of ours that are sent; others are possibly the last ones now."""
        changes = self._unsent.pop(message_id, ())
        before = self._held(changes)
        for change in changes:
            register = self._register(change.value)
            register.unsent.pop(message_id, None)
            register.take(replace(change, version=self._counted(change.version)))
        self._trim()
        return self._news(before)

    def received(self, sender: str, name: str, settings: Collection[Setting], here: Collection[str]) -> list[News]:
        """Take the changes that a member makes, or tells of.

        Args:
            sender: its member id.
            name: as it is called.
            settings: what it says.
            here: the ids of those that are here, who say themselves what they have set.
        """
        told = [self._change(sender, name, each) for each in settings]
        changes = [change for change in told if change.is_first_hand or change.setter not in here]
        before = self._held(changes)
        disputed = [change for change in changes if self._take(change, here)]
        self._trim()
        news = [News(change, is_from_before=True, is_taken=False) for change in disputed]
        return self._news(before) + news

    def _take(self, change: Change, here: Collection[str]) -> bool:
        """Take a change; return whether it is to be disputed, which happens once for each kind and teller."""
        register, dispute = self._register(change.value), (change.by, type(change.value))
        if register.take(change) or not register.contradicts(change) or dispute in self._disputed:
            return False
        self._disputed = {(teller, kind) for teller, kind in self._disputed if teller in here} | {dispute}
        return True

    # What holds

    @property
    def title(self) -> Change | None:
        """The change that has set the title; None if there is none."""
        return self._kinds[Title.__name__].holds

    @property
    def topic(self) -> Change | None:
        """Likewise of the topic."""
        return self._kinds[Topic.__name__].holds

    @property
    def timer(self) -> Change | None:
        """Likewise of the timer."""
        return self._kinds[Timer.__name__].holds

    @property
    def title_text(self) -> str:
        """The title; empty if there is none."""
        return _text(self.title)

    @property
    def topic_text(self) -> str:
        """The topic; empty if there is none."""
        return _text(self.topic)

    @property
    def lifetime(self) -> int | None:
        """Seconds after which what is written now disappears; None for never."""
        change = self.timer
        return (change.value.seconds or None) if change and isinstance(change.value, Timer) else None

    def is_pinned(self, message_id: str) -> bool:
        """Whether a message is pinned."""
        return message_id in self._pinned

    # What to say

    def change(self, value: Value) -> Setting | None:
        """Make a change to be sent; None if it changes nothing.  Raises TooManyPins."""
        cleaned = _cleaned(value)
        register = self._find(cleaned) or _Register()
        if _value_of(register.holds, cleaned) == cleaned:
            return None
        if isinstance(cleaned, Pin) and cleaned.is_pinned and len(self.pins) >= PINS_LIMIT:
            raise TooManyPins(f"{PINS_LIMIT} messages are pinned already. Take one down first.")
        first = VERSIONS * self._epoch
        return Setting(cleaned, min(max(register.version, first) + 1, first + VERSIONS - 1))

    def told_by(self, member_id: str, here: Collection[str], *, is_first: bool) -> tuple[Setting, ...]:
        """What a member tells those that have come: what it has set; as the first, what the absent have.

        Rule: no kind and no author takes the place of another.  Title, topic and timer come first, then as many pins
        as there can be, of ours and of the absent; the rest is for the last messages that are pinned no more.

        Args:
            member_id: ours.
            here: the ids of those that are here.
            is_first: whether we are the longest here.
        """
        absent = [change for change in self._heard if is_first and change.setter not in here]
        ours = [change for change in self._heard if change.setter == member_id]
        kinds = [change for change in (*ours, *absent) if not isinstance(change.value, Pin)]
        pins = [pin for some in (ours, absent) for pin in _last(filter(_is_pinned, some))[:PINS_LIMIT]]
        down = _last(filter(_is_unpinned, (*ours, *absent)))
        return tuple(map(_retold, (kinds + pins + down)[:SETTINGS_LIMIT]))

    # Registers

    @property
    def _all(self) -> Iterator[_Register]:
        yield from self._kinds.values()
        yield from self._messages.values()

    @property
    def _heard(self) -> list[Change]:
        return [register.heard for register in self._all if register.heard]

    def _find(self, value: Value) -> _Register | None:
        return (self._messages if isinstance(value, Pin) else self._kinds).get(key_of(value))

    def _register(self, value: Value) -> _Register:
        if isinstance(value, Pin):
            return self._messages.setdefault(key_of(value), _Register())
        return self._kinds[key_of(value)]

    def _held(self, changes: Iterable[Change]) -> dict[Value, Change | None]:
        """What holds now, by the first value of each thing that these changes are about."""
        values: dict[Key, Value] = {}
        for change in changes:
            values.setdefault(key_of(change.value), change.value)
        registers = {value: self._find(value) for value in values.values()}
        return {value: register.holds if register else None for value, register in registers.items()}

    def _news(self, before: dict[Value, Change | None]) -> list[News]:
        """What holds otherwise than before, one for each kind."""
        changed: dict[object, list[Change]] = {}
        is_other = False
        for value, once in before.items():
            register = self._find(value)
            change = register.holds if register else None
            is_other |= change is not once
            if change and change.value != _value_of(once, value):
                changed.setdefault((type(value), _is_pinned(change)), []).append(change)
        if is_other:
            self._take_what_holds()
        return [News(some[-1], len(some) - 1, some[-1].is_from_before) for some in changed.values()]

    def _take_what_holds(self) -> None:
        pins = [change for register in self._messages.values() if (change := register.holds) and _is_pinned(change)]
        self.pins = tuple(_last(pins)[:PINS_LIMIT])
        self._pinned = frozenset(key_of(change.value) for change in self.pins)
        self.revision += 1

    def _trim(self) -> None:
        """Forget messages if they are too many: of each teller alike, those first that are not pinned."""
        if len(self._messages) <= PINNED_LIMIT:
            return
        held = {key: change for key, register in self._messages.items() if (change := register.holds)}
        last_first = sorted(held, key=lambda key: (_is_pinned(held[key]), *_lateness(held[key])), reverse=True)
        of_one: Counter[str] = Counter()
        places = {}
        for key in last_first:
            of_one[held[key].by] += 1
            places[key] = of_one[held[key].by]
        for key in sorted(last_first, key=places.__getitem__)[PINNED_LIMIT:]:
            if not self._messages[key].unsent:
                del self._messages[key]

    # Changes

    def _counted(self, version: int) -> int:
        """Return what a version counts as: one beyond the present epoch is not believed."""
        first = VERSIONS * self._epoch
        return version if version < first + VERSIONS else first

    def _change(self, sender: str, name: str, setting: Setting) -> Change:
        """Return a change as a member makes or tells it."""
        value, version, origin = _cleaned(setting.value), self._counted(setting.version), setting.origin
        if origin is None:
            return Change(value, version, sender, name, sender)
        setter, setter_name = origin.setter.hex(), clean_name(origin.name)
        return Change(value, version, setter, setter_name, sender, name, is_from_before=True)


def _text(change: Change | None) -> str:
    return change.value.text if change and isinstance(change.value, Title | Topic) else ""


def _is_pinned(change: Change) -> bool:
    return isinstance(change.value, Pin) and change.value.is_pinned == 1


def _is_unpinned(change: Change) -> bool:
    return isinstance(change.value, Pin) and change.value.is_pinned == 0


def _lateness(change: Change) -> tuple[bool, tuple[int, str, bytes]]:
    return change.is_first_hand, change.order


def _last(changes: Iterable[Change]) -> list[Change]:
    """Sort changes, the last first."""
    return sorted(changes, key=_lateness, reverse=True)


def _value_of(change: Change | None, like: Value) -> Value:
    """Return what a change has set, or what holds if nobody has set it."""
    if change:
        return change.value
    match like:
        case Title():
            return Title("")
        case Topic():
            return Topic("")
        case Timer():
            return Timer(0)
        case Pin(message_id):
            return Pin(message_id, 0)


def _cleaned(value: Value) -> Value:
    match value:
        case Title(text):
            return Title(clean_name(text))
        case Topic(text):
            return Topic(clean_topic(text))
        case Pin(message_id, is_pinned):
            return Pin(message_id, int(bool(is_pinned)))
    return value


def _retold(change: Change) -> Setting:
    return Setting(change.value, change.version, Origin(bytes.fromhex(change.setter), clean_name(change.name)))
