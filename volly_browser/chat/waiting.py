"""What was said about messages that are not here yet: edits, retractions and reactions that came before them."""

from collections import OrderedDict

from volly_browser.chat.relation import Kind, Relation

SENDERS_LIMIT = 256
"""Authors whose relations wait; the one who began to wait first gives way."""

OF_ONE_LIMIT = 64
"""Retractions of one author that wait, and as many edits and reactions; the first gives way, none of another author."""


_Key = tuple[str, bool, str]


def _key(relation: Relation) -> _Key:
    return relation.sender, relation.kind is Kind.RETRACTION, relation.message_id


class Waiting:
    """Relations that wait for the message that they are about.

    A retraction gives way to retractions only: what was deleted is not to come back for a handful of emoji.
    """

    def __init__(self) -> None:
        self._of: OrderedDict[str, _OfOne] = OrderedDict()
        self._about: dict[str, dict[_Key, Relation]] = {}

    def __len__(self) -> int:
        """How many wait."""
        return sum(map(len, self._about.values()))

    def add(self, relation: Relation) -> None:
        """Let one wait."""
        for gone in self._of.setdefault(relation.sender, _OfOne()).add(relation):
            self._leave(gone)
        self._about.setdefault(relation.target, {})[_key(relation)] = relation
        if len(self._of) > SENDERS_LIMIT:
            _, of_one = self._of.popitem(last=False)
            for gone in of_one.all:
                self._leave(gone)

    def take(self, target: str) -> list[Relation]:
        """Those about this message, in their order; they wait no longer."""
        found = self._about.pop(target, {})
        for relation in found.values():
            if self._of[relation.sender].remove(relation):
                del self._of[relation.sender]
        return sorted(found.values(), key=lambda relation: relation.order)

    def _leave(self, relation: Relation) -> None:
        about = self._about[relation.target]
        del about[_key(relation)]
        if not about:
            del self._about[relation.target]


class _OfOne:
    """The relations of one author, by their ids."""

    def __init__(self) -> None:
        self._retractions: OrderedDict[str, Relation] = OrderedDict()
        self._others: OrderedDict[str, Relation] = OrderedDict()

    @property
    def all(self) -> list[Relation]:
        return [*self._retractions.values(), *self._others.values()]

    def add(self, relation: Relation) -> list[Relation]:
        """Take one; gives those that leave for it."""
        relations = self._beside(relation)
        known = relations.get(relation.message_id)
        relations[relation.message_id] = relation
        if known:
            return [known]
        return [relations.popitem(last=False)[1]] if len(relations) > OF_ONE_LIMIT else []

    def remove(self, relation: Relation) -> bool:
        """Let go of one; gives whether none is left."""
        del self._beside(relation)[relation.message_id]
        return not self._retractions and not self._others

    def _beside(self, relation: Relation) -> OrderedDict[str, Relation]:
        return self._retractions if relation.kind is Kind.RETRACTION else self._others
