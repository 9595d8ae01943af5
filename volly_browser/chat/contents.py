"""Contents of all kinds, as `relation` reads them."""

from dataclasses import replace

from volly_browser.chat.emoji import is_emoji
from volly_browser.chat.markup import content_type_of
from volly_browser.chat.mentions import NOBODY, Mentioned, find_mentions, part_of
from volly_browser.errors import LocalError
from volly_browser.room.content.settings import Setting, settings_part
from volly_browser.room.mimi import PLAIN_TEXT, Content, Disposition, Expiration, Part, text_content


class NoEmoji(LocalError):
    """A reaction is to be one emoji."""


class Contents:
    """Makes contents of one moment.

    Args:
        salt: 16 random bytes, different for each content.
        sent_at: seconds since 1970.
        mentioned: member ids by the words that stand for them in texts.
        lifetime: seconds for which messages stay from when they were read; None for ever.
    """

    def __init__(self, salt: bytes, sent_at: float, mentioned: Mentioned = NOBODY, lifetime: int | None = None) -> None:
        self._expires = Expiration(1, lifetime) if lifetime is not None else None
        self._salt = salt
        self._sent_at = sent_at
        self._mentioned = mentioned

    def text(self, text: str, reply_to: str | None = None) -> Content:
        """A message, possibly an answer to another one.  Raises ContentTooLong, LocalError: see `text_content`."""
        return replace(self._content(*self._parts(text), in_reply_to=reply_to), expires=self._expires)

    def edit(self, target: str, text: str) -> Content:
        """What one of our messages says from now on.  Raises like `text`."""
        return self._content(*self._parts(text), replaces=target)

    def retraction(self, target: str) -> Content:
        """Takes one of our messages back."""
        return self._content(replaces=target)

    def reaction(self, target: str, emoji: str) -> Content:
        """An emoji under a message.  Raises NoEmoji."""
        if not is_emoji(emoji):
            raise NoEmoji("A reaction is one emoji.")
        part = Part(Disposition.REACTION, "", PLAIN_TEXT, emoji.encode())
        return self._content(part, in_reply_to=target)

    def unreaction(self, target: str, reaction: str) -> Content:
        """Takes a reaction of ours to a message back."""
        return self._content(replaces=reaction, in_reply_to=target)

    def settings(self, settings: tuple[Setting, ...]) -> Content:
        """What is set for the room."""
        return self._content(settings_part(settings))

    def _parts(self, text: str) -> tuple[Part, ...]:
        said = text_content(text, self._salt, self._sent_at, content_type_of(text)).parts
        return (*said, *part_of(text, find_mentions(text, self._mentioned)))

    def _content(self, *parts: Part, replaces: str | None = None, in_reply_to: str | None = None) -> Content:
        return Content(self._salt, int(self._sent_at * 1000), _id(replaces), b"", None, _id(in_reply_to), parts)


def _id(message_id: str | None) -> bytes | None:
    return bytes.fromhex(message_id) if message_id else None
