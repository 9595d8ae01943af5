"""What the members that a text mentions are called now, whatever they were called when it was written."""

from collections.abc import Iterator

from volly_browser.chat.mentions import with_names
from volly_browser.chat.message import Mention, Message
from volly_browser.ui.people.people import Acquaintances, Person


class Naming:
    """Names those that messages mention; one of whom nothing was heard stays the text that it is.

    Args:
        met: the people that are known.
    """

    def __init__(self, met: Acquaintances) -> None:
        self._met = met

    def text(self, message: Message, *, is_escaped: bool = False) -> str:
        """Return what a message says; empty if it cannot be shown.

        Args:
            message: the message.
            is_escaped: whether to keep names from being read as Markdown, if the message is.
        """
        is_markdown = is_escaped and message.is_markdown
        return with_names(message.text or "", message.mentions, self._words, is_markdown=is_markdown)

    def named(self, message: Message) -> Iterator[tuple[Mention, Person]]:
        """Yield the places that name a known member, and how that one is shown."""
        for mention in message.mentions:
            if person := self._met.known(mention.member_id):
                yield mention, person

    def is_for_us(self, message: Message) -> bool:
        """Whether a message of another mentions the user."""
        return not message.is_own and any(person.is_self for _, person in self.named(message))

    def _words(self, member_id: str) -> str:
        person = self._met.known(member_id)
        return person.mention if person else ""
