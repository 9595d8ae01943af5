"""The message box."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from volly_browser.errors import VollyError
from volly_browser.room.identity.names import is_blank
from volly_browser.room.labels import TEXT_BYTES_LIMIT
from volly_browser.ui import wording
from volly_browser.ui.element import Listens, Page
from volly_browser.ui.faults import report

SHOWN = 200
"""Letters of the message that a text is about."""


class Kind(Enum):
    """What a text does to the message that it is about."""

    ANSWER = wording.ANSWERING
    EDIT = wording.EDITING


@dataclass(frozen=True, slots=True)
class About:
    """The message that a text is about.

    Attributes:
        kind: what the text does to it.
        row_id: which message.
        name: its author's.
        text: what it says.
        is_markdown: whether that is Markdown.
    """

    kind: Kind
    row_id: str
    name: str
    text: str
    is_markdown: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """What the page's script does for the box.

    Attributes:
        fill: puts a text into the box in place of what is there, and the caret behind it.
        plain: takes the marks off a Markdown text.
    """

    fill: Callable[[str], None]
    plain: Callable[[str], str]


OnSend = Callable[[str, About | None], None]


class Composer:
    """Hands over what the user wrote when they send it; a text that is not taken stays in the box.

    Args:
        page: the document.
        listeners: owner of the handler.
        script: the page's.
        on_send: takes a text, stripped and not blank, and the message that it is about, if it is about one; raises if
            it does not take it.
        on_typing: called at every change that leaves something to send in the box.
    """

    def __init__(
        self,
        page: Page,
        listeners: Listens,
        script: Script,
        on_send: OnSend,
        on_typing: Callable[[], None],
    ) -> None:
        self._form = page.find("composer")
        self._text = page.find("composer-text")
        self._problem = page.find("composer-problem")
        self._line = page.find("about-line")
        self._script = script
        self._on_send = on_send
        self._on_typing = on_typing
        self._about: About | None = None
        listeners.listen(self._form.node, "submit", self._submitted)
        listeners.listen(self._text.node, "input", lambda _event: self._typed())
        listeners.listen(page.find("about-close").node, "click", lambda _event: self.cancel())
        self._show_about()

    def answer(self, about: About) -> None:
        """Let the next text answer a message; a draft in the box stays there."""
        if self._is_editing:
            self.cancel()
        self._set_about(about)

    def edit(self, about: About) -> None:
        """Put a message into the box to be changed, unless a draft is there, which would be lost."""
        if not self._is_editing and not is_blank(self._text.value):
            self._say(wording.BOX_IN_USE)
            return
        self._set_about(about)
        self._script.fill(about.text)

    def cancel(self) -> None:
        """Let the next text be about no message."""
        was_editing = self._is_editing
        self._set_about(None)
        if was_editing:
            self._script.fill("")

    @property
    def row_id(self) -> str:
        """The message that is answered or edited; empty if none is."""
        return self._about.row_id if self._about else ""

    def says_now(self, text: str, *, is_markdown: bool) -> None:
        """Show the present text of the message that is answered, in place of one that was changed or deleted."""
        if self._about and not self._is_editing:
            self._set_about(replace(self._about, text=text, is_markdown=is_markdown))

    @property
    def _is_editing(self) -> bool:
        return self._about is not None and self._about.kind is Kind.EDIT

    def _submitted(self, event: Any) -> None:  # noqa: ANN401 - a DOM event
        event.preventDefault()
        text = _sendable(self._text.value)
        if is_blank(text):
            return
        objection = _objection(text) or self._hand_over(text)
        self._say(objection)
        if not objection:
            self._form.node.reset()
            self._set_about(None)

    def _hand_over(self, text: str) -> str:
        """Hand a text over; return why it was not taken, or an empty string."""
        try:
            self._on_send(text, self._about)
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

    def _set_about(self, about: About | None) -> None:
        if about != self._about:
            self._about = about
            self._show_about()

    def _show_about(self) -> None:
        about = self._about
        self._line.hidden = about is None
        self._line.part(".what").text = about.kind.value if about else ""
        self._line.part(".who").text = about.name if about and about.kind is Kind.ANSWER else ""
        self._line.part(".said").text = self._beginning(about) if about else ""

    def _beginning(self, about: About) -> str:
        return (self._script.plain(about.text) if about.is_markdown else about.text)[:SHOWN]


def _sendable(text: str) -> str:
    """Return a text without empty lines around it and without lone surrogates, which UTF-8 cannot carry."""
    return text.encode(errors="replace").decode().strip("\n").rstrip()


def _objection(text: str) -> str:
    """Say why a text cannot be sent; empty if it can."""
    excess = len(text.encode()) - TEXT_BYTES_LIMIT
    return f"This message is too long by about {excess:,} letters. Please send it in parts." if excess > 0 else ""
