"""The people whom the user can mention, and the words that stand for each of them."""

import json
from collections import Counter
from collections.abc import Callable, Mapping

from volly_browser.chat.mentions import Mentioned
from volly_browser.ui.people.people import Person


def mentioned_of(people: Mapping[str, Person]) -> Mentioned:
    """Return the ids of the others by the words that stand for them; two with the same words have none."""
    others = [person for person in people.values() if not person.is_self]
    used = Counter(person.mention for person in others)
    return {person.mention: person.member_id for person in others if used[person.mention] == 1}


class Mentionables:
    """Knows which words in what the user writes stand for which member.

    Args:
        offer: takes those that the message box is to offer, in JSON: of each the id, the name, the tag, the words, and
            how it is drawn; see `web/view/mentions.mjs`.
    """

    def __init__(self, offer: Callable[[str], object]) -> None:
        self._offer = offer
        self._words: Mentioned = {}
        self._chosen: dict[str, str] = {}

    def people_are(self, people: Mapping[str, Person]) -> None:
        """Take those that are in the room now, by member id."""
        self._words = mentioned_of(people)
        self._offer(json.dumps([_offered(people[member_id]) for member_id in self._words.values()]))

    def choose(self, words: str, member_id: str) -> None:
        """Let words stand for the member that the user has chosen, whatever name others take before they are sent."""
        self._chosen[words] = member_id

    def take(self) -> Mentioned:
        """Return member ids by their words, for a text that is sent now; what was chosen for it is forgotten."""
        chosen, self._chosen = self._chosen, {}
        return {**self._words, **chosen}


def _offered(person: Person) -> list[str]:
    return [person.member_id, person.name, person.tag, person.mention, person.initial, person.style]
