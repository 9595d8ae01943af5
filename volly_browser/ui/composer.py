"""The message box."""

from collections.abc import Callable
from typing import Any

from volly_browser.errors import VollyError
from volly_browser.room.identity.names import is_blank
from volly_browser.room.labels import TEXT_BYTES_LIMIT
from volly_browser.ui import wording
from volly_browser.ui.element import Listens, Page
from volly_browser.ui.faults import report


class Composer:
    """Hands over what the user wrote when they send it; a text that is not taken stays in the box.

    Args:
        page: the document.
        listeners: owner of the handler.
        on_send: takes a text, stripped and not blank; raises if it does not take it.
        on_typing: called at every change that leaves something to send in the box.
    """

    def __init__(
        self, page: Page, listeners: Listens, on_send: Callable[[str], None], on_typing: Callable[[], None]
    ) -> None:
        self._form = page.find("composer")
        self._text = page.find("composer-text")
        self._problem = page.find("composer-problem")
        self._on_send = on_send
        self._on_typing = on_typing
        listeners.listen(self._form.node, "submit", self._submitted)
        listeners.listen(self._text.node, "input", lambda _event: self._typed())

    def _submitted(self, event: Any) -> None:  # noqa: ANN401 - a DOM event
        event.preventDefault()
        text = _sendable(self._text.value)
        if is_blank(text):
            return
        objection = _objection(text) or self._hand_over(text)
        self._say(objection)
        if not objection:
            self._form.node.reset()

    def _hand_over(self, text: str) -> str:
        """Hand a text over; return why it was not taken, or an empty string."""
        try:
            self._on_send(text)
        except VollyError as error:
            return str(error)
        except Exception as fault:
            report(fault)
            return wording.NOT_TAKEN
        return ""

    def _typed(self) -> None:
        if not is_blank(self._text.value):
            self._on_typing()

    def _say(self, objection: str) -> None:
        self._problem.text = objection
        self._problem.hidden = not objection


def _sendable(text: str) -> str:
    """Return a text without empty lines around it and without lone surrogates, which UTF-8 cannot carry."""
    return text.encode(errors="replace").decode().strip("\n").rstrip()


def _objection(text: str) -> str:
    """Say why a text cannot be sent; empty if it can."""
    excess = len(text.encode()) - TEXT_BYTES_LIMIT
    return f"This message is too long by about {excess:,} letters. Please send it in parts." if excess > 0 else ""
