"""What somebody has sent, on its way to the room: in order, and kept until there is somebody to read it."""

from collections import deque
from collections.abc import Awaitable, Callable

from volly_browser.errors import VollyError
from volly_browser.room.events import NotInGroup, RoomClosed
from volly_browser.ui.messages import Delivery, ShownMessage


class Outbox:
    """Hands texts to a room one by one, and shows what became of each.

    Args:
        send: the room's: gives the message id, raises VollyError.
        on_problem: is told why a text could not be sent.
    """

    def __init__(self, send: Callable[[str], Awaitable[str]], on_problem: Callable[[str], None]) -> None:
        self._send = send
        self._on_problem = on_problem
        self._waiting: deque[tuple[str, ShownMessage]] = deque()
        self._with_the_room: dict[str, ShownMessage] = {}
        self._handed_over: set[str] = set()
        self._is_open = False
        self._is_sending = False

    def __len__(self) -> int:
        """How many texts have not left this page."""
        return len(self._waiting) + len(self._with_the_room)

    def add(self, text: str, shown: ShownMessage) -> None:
        """Take a text; `deliver` sends it."""
        shown.show(Delivery.QUEUED if self._is_open else Delivery.FOR_SOMEBODY)
        self._waiting.append((text, shown))

    def open(self, is_open: bool) -> None:
        """Whether there is somebody to send to."""
        self._is_open = is_open

    async def deliver(self) -> None:
        """Hand over what waits, as long as there is somebody to send to.  A second call meanwhile does nothing."""
        if self._is_sending:
            return
        self._is_sending = True
        try:
            while self._waiting and self._is_open and await self._deliver_one():
                pass
        finally:
            self._is_sending = False

    def message_sent(self, message_id: str) -> None:
        """The room has handed a message to the network; this may be known before `send` has returned its id."""
        shown = self._with_the_room.pop(message_id, None)
        if shown is None:
            self._handed_over.add(message_id)
        else:
            shown.show(Delivery.SENT)

    async def _deliver_one(self) -> bool:
        """Whether to go on with the next."""
        text, shown = self._waiting[0]
        try:
            message_id = await self._send(text)
        except (NotInGroup, RoomClosed):
            return False
        except VollyError as error:
            self._waiting.popleft()
            shown.show(Delivery.FAILED)
            self._on_problem(str(error))
            return True
        self._waiting.popleft()
        self._keep_track(message_id, shown)
        return True

    def _keep_track(self, message_id: str, shown: ShownMessage) -> None:
        if message_id in self._handed_over:
            self._handed_over.remove(message_id)
            shown.show(Delivery.SENT)
        else:
            shown.show(Delivery.QUEUED)
            self._with_the_room[message_id] = shown
