"""Contents of all kinds, as `relation` reads them."""

from volly_browser.errors import LocalError
from volly_browser.room.mimi import PLAIN_TEXT, Content, Disposition, Part


class NoEmoji(LocalError):
    """A reaction is to be one emoji."""
