"""The people in a room, and what is to be said if they come, go, or change their names."""

from collections.abc import Iterator, Mapping, Sequence

from volly_browser.room.events import RoomMember
from volly_browser.ui import wording
from volly_browser.ui.people.people import Acquaintances, Person, people_of
from volly_browser.ui.people.talked_with import TalkedWith


class Company:
    """The people of a visit.

    Args:
        met: takes those that come.
        history: how many messages from before they came newcomers are told of.

    Attributes:
        met: how each of them is shown, also those that have left.
    """

    def __init__(self, met: Acquaintances, history: int) -> None:
        self.met = met
        self._history = history
        self._here: Mapping[str, Person] = {}
        self._talked_with = TalkedWith()

    @property
    def here(self) -> Mapping[str, Person]:
        """Those that are in the room now, by member id."""
        return self._here

    @property
    def is_alone(self) -> bool:
        """Whether nobody else is here."""
        return len(self._here) <= 1

    def wrote(self, member_id: str) -> None:
        """Note that a member has written."""
        self._talked_with.these([member_id])

    def were_told(self) -> None:
        """Note that all others could read what we said."""
        self._talked_with.these(person.member_id for person in _others(self._here))

    def take(self, members: Sequence[RoomMember]) -> Iterator[str]:
        """Take those that are here now; return a sentence for each change, which is made when it is read."""
        before, self._here = self._here, people_of(members, self.met)
        self.met.meet(self._here)
        return self._changes(before)

    def called(self, member_id: str, name: str) -> str:
        """Return what a member is called in a sentence."""
        return self.met.person(member_id, name).in_a_sentence

    def _changes(self, before: Mapping[str, Person]) -> Iterator[str]:
        for person in self._here.values():
            once = before.get(person.member_id, person)
            if person.name != once.name:
                yield wording.renamed(once.in_a_sentence, person.in_a_sentence)
        came = [person.in_a_sentence for person in _others(self._here) if person.member_id not in before]
        went = [person.in_a_sentence for person in _others(before) if person.member_id not in self._here]
        if went:
            yield wording.went(went)
        if came:
            yield wording.came(came) if before else wording.found_here(came, self._history)
        if self._talked_with.take_replacement(person.member_id for person in _others(self._here)):
            yield wording.ALL_OTHERS


def _others(people: Mapping[str, Person]) -> list[Person]:
    return [person for person in people.values() if not person.is_self]
