"""Texts on their way from the message box into the room, which takes them in their order."""

from collections.abc import Awaitable, Callable

from volly_browser.errors import VollyError
from volly_browser.room.events import MessageQueued, NotInGroup, RoomClosed
from volly_browser.ui import wording
from volly_browser.ui.composer.unsent import Unsent
from volly_browser.ui.faults import report

Refused = Callable[[Unsent, str], None]


class Hands:
    """Holds each text until the room has said that it has it, or will not take it.

    Args:
        on_refused: called with a text that the room does not take, and why.
    """

    def __init__(self, on_refused: Refused) -> None:
        self._on_refused = on_refused
        self._held: list[Unsent] = []

    @property
    def held(self) -> list[Unsent]:
        """The texts, the oldest first."""
        return list(self._held)

    def take(self, unsent: Unsent) -> None:
        """Hold a text; `hand_over` is next."""
        self._held.append(unsent)

    async def hand_over(self, unsent: Unsent, send: Callable[[str], Awaitable[object]]) -> None:
        """Give a text to the room.  If the room is over, the text is held until `let_go`.

        Args:
            unsent: a text that is held.
            send: gives it to the room.  Raises VollyError.
        """
        try:
            await send(unsent.text)
        except (NotInGroup, RoomClosed):
            pass
        except VollyError as error:
            self._refuse(unsent, str(error))
        except Exception as fault:
            report(fault)
            self._refuse(unsent, wording.NOT_TAKEN)

    def taken(self, queued: MessageQueued) -> None:
        """Release the first text that says the same as a message that the room has."""
        for unsent in self._held:
            if unsent.text == queued.content.text:
                self._held.remove(unsent)
                return

    def let_go(self) -> list[Unsent]:
        """Release all texts; return them."""
        held, self._held = self._held, []
        return held

    def _refuse(self, unsent: Unsent, sentence: str) -> None:
        if unsent in self._held:
            self._held.remove(unsent)
            self._on_refused(unsent, sentence)
