"""The list of people in the room, and how each of them looks wherever they are shown."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile

from volly_browser.room.events import RoomMember
from volly_browser.room.identity.skeleton import looks
from volly_browser.ui import wording
from volly_browser.ui.element import Element, Page
from volly_browser.ui.faults import GoingOn

HUES = 12
"""Number of colours that the style sheet has for people."""

NAMELESS = "Somebody"

_TAG_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_DASH_LETTER = "\u30fc"
"""The letter for which UTS #39 takes those that look like a dash."""

REMEMBERED = 500
"""Number of names kept of the people that were here."""


@dataclass(frozen=True, slots=True)
class Person:
    """How a member is shown.

    Attributes:
        member_id: 32 hexadecimal digits.
        name: never empty, and kept from changing the direction of the text around it.
        is_self: whether it is the user.
        tag: tells them from others with a similar name; else empty.
        hue: the number of their colour.
    """

    member_id: str
    name: str
    is_self: bool
    tag: str = ""
    hue: int = 0

    @property
    def initial(self) -> str:
        """The letter in the round picture."""
        return next((letter for letter in self.name if letter.isalnum()), "?").upper()

    @property
    def style(self) -> str:
        """The style class of their colour."""
        return f"hue-{self.hue}"

    @property
    def mention(self) -> str:
        """The words that stand for them in a text."""
        return f"@{self.full_name}"

    @property
    def full_name(self) -> str:
        """The name, and the tag if there is one: what is shown wherever the tag has no place of its own."""
        return self._with_tag(self.name)

    @property
    def in_a_sentence(self) -> str:
        """The name between marks that isolate its writing direction (U+2068, U+2069), and the tag."""
        return self._with_tag(f"\u2068{self.name}\u2069")

    def _with_tag(self, name: str) -> str:
        return f"{name} ({self.tag})" if self.tag else name


def tag_of(member_id: str) -> str:
    """Return what tells members of one name apart, like `k3f9-7qzx`: 40 bits of the id in Crockford's base 32.

    The id is a hash of the member's key, so a given tag costs an attacker 2^40 keys.
    """
    bits = int(member_id[:10], 16)
    letters = "".join(_TAG_LETTERS[bits >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


@cache
def _written_tags() -> list[re.Pattern[str]]:
    """Make patterns of a tag in the look of a name: with a dash or the like in its middle, and with a space."""
    letters = {look for letter in _TAG_LETTERS for look in looks(letter)}
    four = rf"(?:{'|'.join(sorted(letters, key=len, reverse=True))}){{4}}"
    middle = rf"\s*(?:[^\w\s]|[_{_DASH_LETTER}])[\W_{_DASH_LETTER}]*"
    return [re.compile(rf"(?<![^\W_]){four}{between}{four}(?![^\W_])") for between in (middle, r"\s+")]


def has_a_written_tag(name: str) -> bool:
    """Whether a tag, or what looks like one, stands anywhere in a name.

    It is known by its letters.  Two words of four letters are one only if there is a digit in the name.
    """
    dashed, spaced = _written_tags()
    has_digit = any(letter.isdigit() for letter in name)
    return any(dashed.search(look) or (has_digit and spaced.search(look)) for look in looks(name))


class Acquaintances:
    """The people that were here during a visit, each under every name; beyond `REMEMBERED` the first are forgotten."""

    def __init__(self) -> None:
        self._here: Mapping[str, Person] = {}
        self._persons: dict[tuple[str, str], Person] = {}
        self._heard_of: dict[str, str] = {}

    def meet(self, people: Mapping[str, Person]) -> None:
        """Remember the people that are here now, by their member ids; all others are not."""
        self._here = people
        for person in people.values():
            key = person.member_id, person.name
            self._persons.pop(key, None)
            self._persons[key] = person
        for key in list(self._persons)[:-REMEMBERED]:
            del self._persons[key]

    def __iter__(self) -> Iterator[Person]:
        """Iterate in the order in which they were here last."""
        return iter(self._persons.values())

    def person(self, member_id: str, name: str) -> Person:
        """Return how a member is shown under a name that it had; an empty name stands for its present or last one.

        One that was never here has a tag if its name looks like that of another, or ends in what looks like a tag.
        """
        here = self._here.get(member_id)
        if here and name in (here.name, ""):
            return here
        known = self._persons.get((member_id, name)) or here or self.last_seen(member_id)
        return replace(known, name=name or known.name) if known else self._stranger(member_id, name)

    def known(self, member_id: str) -> Person | None:
        """Return how a member is shown now, or was last; None if nothing was heard of it."""
        if person := self._here.get(member_id) or self.last_seen(member_id):
            return person
        return self._stranger(member_id, "") if member_id in self._heard_of else None

    def hear_of(self, names: Iterable[tuple[str, str]]) -> None:
        """Note what members were called of whom others tell, by their ids."""
        self._heard_of |= dict(names)
        for member_id in list(self._heard_of)[:-REMEMBERED]:
            del self._heard_of[member_id]

    def _stranger(self, member_id: str, name: str) -> Person:
        called = name or self._heard_of.get(member_id) or NAMELESS
        others = [(person.member_id, person.name) for person in self._persons.values()]
        is_alike = member_id in _alike([(member_id, called), *others]) | _with_a_written_tag([(member_id, called)])
        return Person(member_id, called, is_self=False, tag=tag_of(member_id) if is_alike else "", hue=_hue(member_id))

    def last_seen(self, member_id: str) -> Person | None:
        """Return how a member was shown last; None if it was not."""
        return next((person for person in reversed(self._persons.values()) if person.member_id == member_id), None)


def people_of(members: Sequence[RoomMember], earlier: Iterable[Person] = ()) -> dict[str, Person]:
    """Return how each member is shown, by member id, in order.

    A member gets a tag if its name is possibly taken for that of another that is or was here, or has in it what looks
    like a tag.  Each keeps its colour, and no two share one as long as there are enough.

    Args:
        members: those that are here now.
        earlier: those that were here in this visit; possibly the same, also under other names.
    """
    known = list(earlier)
    names = [(member.member_id, _name(member)) for member in members]
    others = [(person.member_id, person.name) for person in known if not person.is_self]
    tagged = _alike([*names, *others]) | _with_a_written_tag(names)
    hues = _hues(members, {person.member_id: person.hue for person in known})
    return {
        member.member_id: Person(
            member.member_id,
            _name(member),
            member.is_self,
            tag_of(member.member_id) if member.member_id in tagged else "",
            hues[member.member_id],
        )
        for member in members
    }


def _alike(names: Iterable[tuple[str, str]]) -> set[str]:
    """Return the ids of all whose name looks like that of another id."""
    ids_of: dict[str, set[str]] = {}
    for member_id, name in names:
        for look in looks(name):
            ids_of.setdefault(look, set()).add(member_id)
    return {member_id for ids in ids_of.values() if len(ids) > 1 for member_id in ids}


def _with_a_written_tag(names: Iterable[tuple[str, str]]) -> set[str]:
    """Return the ids of all whose name has in it what looks like a tag."""
    return {member_id for member_id, name in names if has_a_written_tag(name)}


def _name(member: RoomMember) -> str:
    return member.name or NAMELESS


def _hues(members: Sequence[RoomMember], before: Mapping[str, int]) -> dict[str, int]:
    hues = {member.member_id: before[member.member_id] for member in members if member.member_id in before}
    for member in members:
        hues.setdefault(member.member_id, _free_hue(member.member_id, hues.values()))
    return hues


def _free_hue(member_id: str, taken: Collection[int]) -> int:
    """Return the colour that is farthest from those taken; among equals, the one that follows from the id."""
    hues = [(_hue(member_id) + step) % HUES for step in range(HUES)]
    return max(hues, key=lambda hue: min((_distance(hue, other) for other in taken), default=0))


def _hue(member_id: str) -> int:
    """Return the colour that follows from an id."""
    return int(member_id[:8], 16) % HUES


def _distance(hue: int, other: int) -> int:
    """Count the steps between two colours on their circle."""
    return min((hue - other) % HUES, (other - hue) % HUES)


class PeopleView:
    """The list of people, and their number in the bar.

    Attributes:
        met: the people that were in it.
    """

    def __init__(self, page: Page) -> None:
        self.met = Acquaintances()
        self._page = page
        self._list = page.find("people-list")
        self._count = page.find("people-count")
        self._entries: dict[Person, Element] = {}  # in their order
        self._lost: frozenset[str] = frozenset()

    def show(self, people: Sequence[Person]) -> None:
        """Show these people and no others; entries before the first difference are left alone, for long lists."""
        for person in self._entries.keys() - set(people):
            self._entries.pop(person).remove()
        in_place = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(self._entries, people, strict=False)))
        for person in people[in_place:]:
            entry = self._entries.pop(person, None) or self._entry_or_stand_in(person)
            self._entries[person] = entry
            self._list.append(entry)
        self._count.text = str(len(people))

    def lose(self, member_ids: Iterable[str]) -> None:
        """Show that the connections of these are gone, and of no others."""
        before, self._lost = self._lost, frozenset(member_ids)
        for person, entry in self._entries.items():
            if person.member_id in before ^ self._lost:
                with GoingOn():
                    self._show_connection(person, entry)

    def _show_connection(self, person: Person, entry: Element) -> None:
        is_lost = person.member_id in self._lost
        (entry.mark if is_lost else entry.unmark)("lost")
        remarks = person.tag, "you" if person.is_self else "", wording.CONNECTION_LOST if is_lost else ""
        entry.part(".tag").text = " ".join(filter(None, remarks))

    def _entry_or_stand_in(self, person: Person) -> Element:
        with GoingOn():
            return self._entry(person)
        entry = self._page.copy_of("person-template")
        entry.part(".person-name").text = wording.NAME_NOT_SHOWN
        return entry

    def _entry(self, person: Person) -> Element:
        entry = self._page.copy_of("person-template")
        entry.mark(person.style)
        entry.part(".avatar").text = person.initial
        entry.part(".person-name").text = person.name
        self._show_connection(person, entry)
        entry.set("title", person.full_name)
        return entry
