"""Draws attention to messages that came while the page was not seen, as far as the user wants that."""

from collections.abc import Callable
from dataclasses import dataclass

from volly_browser.ui import wording
from volly_browser.ui.element import Listens, Page
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.settings.settings import Notices, Settings

TITLE = "Volly"


@dataclass(frozen=True, slots=True)
class Signals:
    """What the browser can do.

    Attributes:
        notify: shows a notification: its title, its text, whether that is Markdown, and what to say if that is not
            readable yet.
        withdraw: takes away the notification that is shown.
        sound: makes a short sound.
        badge: lets the icon of the page count so many messages; 0 for none.
    """

    notify: Callable[[str, str, bool, str], object]
    withdraw: Callable[[], object]
    sound: Callable[[], object]
    badge: Callable[[int], object]


class Attention:
    """Counts the messages that were not seen yet, and signals them.

    Args:
        page: the document.
        listeners: owner of the handler.
        signals: the browser's.
    """

    def __init__(self, page: Page, listeners: Listens, signals: Signals) -> None:
        self._page = page
        self._signals = signals
        self._settings = Settings()
        self._unseen = self._for_us = 0
        self._row_id = self._text = ""
        page.listen(listeners, "visibilitychange", lambda _event: self._looked())

    def use(self, settings: Settings) -> None:
        """Go by what the user has chosen."""
        self._settings = settings
        self._show()

    @property
    def row_id(self) -> str:
        """The message whose text is shown in a notification; empty if none is."""
        return self._row_id

    def says_now(self, text: str) -> None:
        """Take what that message says now, empty if it is gone: a notification that says anything else is withdrawn."""
        if self._row_id and text != self._text:
            self._row_id = self._text = ""
            self._signals.withdraw()

    def message_came(
        self, row_id: str, name: str, text: str, *, is_markdown: bool = False, is_for_us: bool = False
    ) -> None:
        """Count a message, unless the page is in front.

        Args:
            row_id: its id in the conversation.
            name: its author's.
            text: what it says; empty if that cannot be shown.
            is_markdown: whether that is Markdown.
            is_for_us: whether it mentions the user.
        """
        if self._page.is_seen:
            return
        self._unseen += 1
        self._for_us += is_for_us
        GoingOn().each(self._show, lambda: self._signal(row_id, name, text, is_markdown))

    def _signal(self, row_id: str, name: str, text: str, is_markdown: bool) -> None:
        chosen = self._settings
        if chosen.is_undisturbed:
            return
        if chosen.notices is Notices.FULL:
            self._row_id, self._text = row_id, text
            self._signals.notify(name, text, is_markdown, wording.NEW_MESSAGE)
        if chosen.notices is Notices.PLAIN:
            self._row_id = self._text = ""
            self._signals.notify(TITLE, wording.NEW_MESSAGE, False, "")
        if chosen.has_sound:
            self._signals.sound()

    def _looked(self) -> None:
        if self._page.is_seen:
            self._unseen = self._for_us = 0
            self._row_id = self._text = ""  # the notification goes with the count
            self._show()

    def _show(self) -> None:
        counts = self._unseen and self._settings.has_count
        self._page.title = f"({wording.unseen(self._unseen, self._for_us)}) {TITLE}" if counts else TITLE
        self._signals.badge(self._unseen if self._settings.has_badge else 0)
