"""The title of the tab: says how many messages came while it was not seen."""

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
        self._unseen = 0
        page.listen(listeners, "visibilitychange", lambda _event: self._looked())

    def message_came(self) -> None:
        """Count a message, unless the page is in front."""
        if not self._page.is_seen:
            self._unseen += 1
            self._page.title = f"({self._unseen}) {TITLE}"

    def _looked(self) -> None:
        if self._page.is_seen:
            self._unseen = 0
            self._page.title = TITLE
