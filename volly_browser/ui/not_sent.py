"""The user's texts that were not sent: they stay in the conversation until they are sent again or taken back."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass

from volly_browser.errors import VollyError
from volly_browser.ui import wording
from volly_browser.ui.fate import Fate
from volly_browser.ui.faults import GoingOn
from volly_browser.ui.messages import ShownMessage

_DEPTH = 2
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Unsent:
    """A text that has not left this page.

    Attributes:
        text: what it says.
        written_at: seconds since 1970.
    """

    text: str
    written_at: float


def pack(texts: Iterable[Unsent]) -> str:
    """Encode texts as the tab keeps them."""
    return json.dumps([astuple(text) for text in texts])


def unpack(kept: str) -> list[Unsent]:
    """Decode the texts that a tab has kept; leave out what is none."""
    if not _is_flat(kept):
        return []
    try:
        entries = json.loads(kept)
    except ValueError:
        return []
    return [unsent for entry in entries if (unsent := _unsent(entry))] if isinstance(entries, list) else []


def _is_flat(kept: str) -> bool:
    """Whether nothing is nested deeper than texts are: `json` calls itself per level, which ends Python in a page."""
    depth = 0
    for letter in _JSON_STRING.sub("", kept):
        depth += (letter in "[{") - (letter in "]}")
        if depth > _DEPTH:
            return False
    return True


def _unsent(entry: object) -> Unsent | None:
    match entry:
        case [str(text), float(written_at)]:
            return Unsent(text, written_at)
    return None


@dataclass(frozen=True, slots=True)
class WaysOut:
    """What can be done with a text that was not sent.

    Attributes:
        send: sends it; raises if that is not possible now.
        take_back: puts it into the message box.
        explain: tells the user why a text was not sent.
    """

    send: Callable[[str], None]
    take_back: Callable[[str], None]
    explain: Callable[[str], None]


class NotSent:
    """The texts, each with its buttons.

    Args:
        ways_out: what the buttons do.
        on_change: called whenever their number has changed.
    """

    def __init__(self, ways_out: WaysOut, on_change: Callable[[], None]) -> None:
        self._ways_out = ways_out
        self._on_change = on_change
        self._texts: dict[ShownMessage, Unsent] = {}

    @property
    def unsent(self) -> list[Unsent]:
        """All of them, in the order in which they were added."""
        return list(self._texts.values())

    def add(self, unsent: Unsent, shown: ShownMessage, fate: Fate) -> None:
        """Take a text that was not sent, or possibly not."""
        self._texts[shown] = unsent
        choices = {
            wording.SEND_AGAIN: lambda: self._leave_to(self._ways_out.send, shown),
            wording.TAKE_BACK: lambda: self._leave_to(self._ways_out.take_back, shown),
        }
        GoingOn().each(lambda: shown.show(fate), lambda: shown.offer(choices), self._on_change)

    def explain(self, sentence: str) -> None:
        """Tell the user why a text was not sent."""
        with GoingOn():
            self._ways_out.explain(sentence)

    def _leave_to(self, way_out: Callable[[str], None], shown: ShownMessage) -> None:
        try:
            way_out(self._texts[shown].text)
        except VollyError as error:
            self.explain(str(error))
            return
        del self._texts[shown]
        GoingOn().each(shown.remove, self._on_change)
