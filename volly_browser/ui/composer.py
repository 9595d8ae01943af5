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
    """Takes what somebody writes and hands it over when they send it; what is not taken stays in the box.

    Args:
        page: the document.
        listeners: owner of the handler.
        on_send: called with a text, stripped and with something to see in it; raises if it does not take it.
        on_typing: called whenever what is written has changed, and there is something to be sent.
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
        """Why a text was not taken; empty if it was."""
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
    """Without empty lines around it, and without halves of characters, which no encoding can carry."""
    return text.encode(errors="replace").decode().strip("\n").rstrip()


def _objection(text: str) -> str:
    """Why a text cannot be sent; empty if it can."""
    excess = len(text.encode()) - TEXT_BYTES_LIMIT
    return f"This message is too long by about {excess:,} letters. Please send it in parts." if excess > 0 else ""
