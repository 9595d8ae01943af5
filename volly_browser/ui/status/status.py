"""The state of the visit in words, always visible, with a notice and a button if the user can do something."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from volly_browser.ui.element import Listens, Page
from volly_browser.ui.wording import Remedy, Status


@dataclass(frozen=True, slots=True)
class _ToDo:
    """What the user can do, and why."""

    sentence: str = ""
    remedy: Remedy = Remedy.NONE


NOTHING = _ToDo()


class StatusView:
    """The state in the bar, the notice under it, the dialog behind it, and what is said to screen readers.

    Args:
        page: the document.
        listeners: owner of the handlers.
        on_remedy: called when the user presses the button of the notice.
    """

    def __init__(self, page: Page, listeners: Listens, on_remedy: Callable[[Remedy], None]) -> None:
        self._page = page
        self._state = page.find("state")
        self._label = page.find("state-text")
        self._icon = self._state.part("use")
        self._notice = page.find("notice")
        self._notice_text = page.find("notice-text")
        self._action = page.find("notice-action")
        self._dismiss = page.find("notice-close")
        self._meaning = page.find("protection-text")
        self._facts = page.find("protection-facts")
        self._announcer = page.find("announcer")
        self._standing = self._offer = NOTHING
        self._problem = ""
        self._shown_label = ""
        listeners.listen(self._action.node, "click", lambda _event: on_remedy(self._to_do.remedy))
        listeners.listen(self._dismiss.node, "click", lambda _event: self.no_notice())

    def show(self, status: Status, sentence: str) -> None:
        """Show a status in the bar, and what it means in the dialog."""
        is_news = self._shown_label != status.label  # a translator possibly changed the element
        self._shown_label = status.label
        self._state.set("data-tone", status.tone)
        self._icon.set("href", f"#icon-{status.tone}")
        self._label.text = status.label
        self._meaning.text = sentence
        if is_news:
            self._announcer.text = f"{status.label}. {sentence}"
        self._stand(_ToDo(sentence, status.remedy) if status.remedy else NOTHING)

    def show_facts(self, facts: Mapping[str, str]) -> None:
        """List particulars in the dialog."""
        self._facts.clear()
        for term, fact in facts.items():
            for tag, text in (("dt", term), ("dd", fact)):
                line = self._page.make(tag)
                line.text = text
                self._facts.append(line)

    def notice(self, sentence: str) -> None:
        """Show a sentence under the bar, after any offer there, until it is dismissed or the status changes."""
        self._problem = sentence
        self._show_notice()

    def offer(self, sentence: str, remedy: Remedy) -> None:
        """Show a sentence under the bar with a button for what can be done, and one to dismiss it."""
        self._offer = _ToDo(sentence, remedy)
        self._show_notice()

    def no_notice(self) -> None:
        """Remove the notice and the offer under the bar."""
        self._standing = self._offer = NOTHING
        self._problem = ""
        self._show_notice()

    def _stand(self, standing: "_ToDo") -> None:
        """Replace what can be done by that of a new status, and remove the notice that stood under the old one."""
        if standing != self._standing:
            self._standing = standing
            self._problem = ""
            self._show_notice()

    @property
    def _to_do(self) -> "_ToDo":
        return self._standing if self._standing.remedy else self._offer

    def _show_notice(self) -> None:
        sentence = f"{self._to_do.sentence} {self._problem}".strip()
        if self._notice_text.text != sentence:  # else a screen reader would read it again
            self._notice_text.text = sentence
        self._action.text = self._to_do.remedy
        self._action.hidden = not self._to_do.remedy
        self._dismiss.hidden = bool(self._standing.remedy)
        self._notice.hidden = not sentence
