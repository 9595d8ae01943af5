"""Who is in the room: the list, and how each person looks wherever they are shown."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from volly_browser.room.events import RoomMember
from volly_browser.ui import wording
from volly_browser.ui.element import Element, Page
from volly_browser.ui.faults import GoingOn

HUES = 12
"""How many colours the style sheet has for people."""

NAMELESS = "Somebody"


@dataclass(frozen=True, slots=True)
class Person:
    """How somebody is shown.

    Attributes:
        member_id: 32 hexadecimal digits.
        name: never empty, and kept from changing the direction of the text around it.
        is_self: whether it is us.
        tag: what tells them from others of the same name; else empty.
        hue: the number of their colour.
    """

    member_id: str
    name: str
    is_self: bool
    tag: str = ""
    hue: int = 0

    @property
    def initial(self) -> str:
        """For the round picture."""
        return next((letter for letter in self.name if letter.isalnum()), "?").upper()

    @property
    def style(self) -> str:
        """The style class of their colour."""
        return f"hue-{self.hue}"

    @property
    def in_a_sentence(self) -> str:
        """The name between marks that isolate its writing direction (U+2068, U+2069), and the tag."""
        return f"\u2068{self.name}\u2069 {self.tag}".strip()


def people_of(members: Sequence[RoomMember], before: Mapping[str, Person] | None = None) -> dict[str, Person]:
    """Everybody by member id, in order.

    Those whose names look alike get the start of their id for a tag.  Whoever was there before keeps their colour, and
    as long as there are enough, nobody has the colour of another.
    """
    before = before or {}
    alike = Counter(_name(member).casefold() for member in members)
    hues = {member.member_id: before[member.member_id].hue for member in members if member.member_id in before}
    for member in members:
        hues.setdefault(member.member_id, _free_hue(member.member_id, hues.values()))
    return {
        member.member_id: Person(
            member.member_id,
            _name(member),
            member.is_self,
            f"({member.member_id[:4]})" if alike[_name(member).casefold()] > 1 else "",
            hues[member.member_id],
        )
        for member in members
    }


def _name(member: RoomMember) -> str:
    return member.name or NAMELESS


def _free_hue(member_id: str, taken: Collection[int]) -> int:
    """The colour that follows from the id; where others are there, the one that is least like theirs."""
    first = int(member_id[:8], 16)
    hues = [(first + step) % HUES for step in range(HUES)]
    return max(hues, key=lambda hue: min((_distance(hue, other) for other in taken), default=0))


def _distance(hue: int, other: int) -> int:
    """How many steps apart two colours are on their circle."""
    return min((hue - other) % HUES, (other - hue) % HUES)


class PeopleView:
    """The list of people, and their number in the bar."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._list = page.find("people-list")
        self._count = page.find("people-count")
        self._entries: dict[Person, Element] = {}  # in their order

    def show(self, people: Sequence[Person]) -> None:
        """Show these people and no others; whose place stays the same is left alone, since there may be many."""
        for person in self._entries.keys() - set(people):
            self._entries.pop(person).remove()
        in_place = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(self._entries, people, strict=False)))
        for person in people[in_place:]:
            entry = self._entries.pop(person, None) or self._entry_or_stand_in(person)
            self._entries[person] = entry
            self._list.append(entry)
        self._count.text = str(len(people))

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
        entry.part(".tag").text = " ".join(filter(None, [person.tag, "you" if person.is_self else ""]))
        entry.set("title", person.name)
        return entry
