"""The title of the tab: says how many messages came while it was not seen, and how many of them mention the user."""

from volly_browser.ui import wording
from volly_browser.ui.element import Listens, Page

TITLE = "Volly"


class Attention:
    """Counts the messages that were not seen yet.

    Args:
        page: the document.
        listeners: owner of the handler.
    """

    def __init__(self, page: Page, listeners: Listens) -> None:
        self._page = page
        self._unseen = self._for_us = 0
        page.listen(listeners, "visibilitychange", lambda _event: self._looked())

    def message_came(self, *, is_for_us: bool = False) -> None:
        """Count a message, unless the page is in front; one that mentions the user is counted as such, too."""
        if not self._page.is_seen:
            self._unseen += 1
            self._for_us += is_for_us
            self._page.title = f"({wording.unseen(self._unseen, self._for_us)}) {TITLE}"

    def _looked(self) -> None:
        if self._page.is_seen:
            self._unseen = self._for_us = 0
            self._page.title = TITLE
