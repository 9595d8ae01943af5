"""What members said, as it is kept for newcomers."""

from tests.unit.chat.contents import about, answering, emoji_part, text_part
from volly_browser.room.content.history import RelayedMessage
from volly_browser.room.history.spoken import Spoken
from volly_browser.room.mimi import Content, Expiration, message_id

ROOM = "r" * 22
ALICE, BOB, CAROL, DAVE = (letter * 16 for letter in (b"A", b"B", b"C", b"D"))
NAMES = {ALICE: "Alice", BOB: "Bob", CAROL: "Carol", DAVE: "Dave"}
NOON = 1_700_049_600.0


class Talk:
    """Makes what members say, each with a count of its own, all with one lamport after the other."""

    def __init__(self) -> None:
        self.said: list[Spoken] = []

    def says(self, sender: bytes, text: str, *, expires: Expiration | None = None) -> Spoken:
        return self.sends(sender, Content(self._salt, int(NOON * 1000), None, b"", expires, None, (text_part(text),)))

    def edits(self, sender: bytes, target: Spoken, text: str) -> Spoken:
        return self.sends(sender, about(target.message_id.hex(), text_part(text), salt=self._count))

    def reacts(self, sender: bytes, target: Spoken, emoji: str = "👍") -> Spoken:
        return self.sends(sender, answering(target.message_id.hex(), emoji_part(emoji), salt=self._count))

    def retracts(self, sender: bytes, target: Spoken) -> Spoken:
        return self.sends(sender, about(target.message_id.hex(), salt=self._count))

    def unreacts(self, sender: bytes, target: Spoken, reaction: Spoken) -> Spoken:
        gone = about(reaction.message_id.hex(), answers=target.message_id.hex(), salt=self._count)
        return self.sends(sender, gone)

    def sends(self, sender: bytes, content: Content) -> Spoken:
        sequence = 1 + sum(1 for spoken in self.said if spoken.sender == sender)
        encoded = content.encode()
        known_as = message_id(sender, ROOM, encoded)
        name = NAMES.get(sender, "")
        spoken = Spoken(known_as, sender, name, sequence, len(self.said) + 1, content, encoded, content.lifetime)
        self.said.append(spoken)
        return spoken

    @property
    def _count(self) -> int:
        return len(self.said) + 1

    @property
    def _salt(self) -> bytes:
        return self._count.to_bytes(16, "big")


def passed(spoken: Spoken) -> RelayedMessage:
    """As a member that does not lie passes it on."""
    left = int(spoken.left or 0)
    return RelayedMessage(spoken.sender, spoken.name, spoken.sequence, spoken.lamport, spoken.encoded, left)
