"""What was said about messages that are not here yet: edits, retractions and reactions that came before them."""

from collections import OrderedDict

from volly_browser.chat.relation import Relation

SENDERS_LIMIT = 256
"""Authors whose relations wait; the one who began to wait first gives way."""

OF_ONE_LIMIT = 64
"""Relations of one author that wait; the first gives way, never one of another author."""


class Waiting:
    """Relations that wait for the message that they are about."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, OrderedDict[str, Relation]] = OrderedDict()

    def __len__(self) -> int:
        """How many wait."""
        return sum(map(len, self._of.values()))

    def add(self, relation: Relation) -> None:
        """Let one wait."""
        relations = self._of.setdefault(relation.sender, OrderedDict())
        relations[relation.message_id] = relation
        if len(relations) > OF_ONE_LIMIT:
            relations.popitem(last=False)
        if len(self._of) > SENDERS_LIMIT:
            self._of.popitem(last=False)

    def take(self, target: str) -> list[Relation]:
        """Those about this message, in their order; they wait no longer."""
        found = [each for relations in self._of.values() for each in relations.values() if each.target == target]
        for relation in found:
            del self._of[relation.sender][relation.message_id]
            if not self._of[relation.sender]:
                del self._of[relation.sender]
        return sorted(found, key=lambda relation: relation.order)
