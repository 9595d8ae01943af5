"""What somebody has sent, on its way to the others: in order, and kept until there is somebody to read it."""

from collections import deque
from collections.abc import Awaitable, Callable

from volly_browser.errors import VollyError
from volly_browser.room.events import NotInGroup, RoomClosed
from volly_browser.ui.fate import FAILED, FOR_SOMEBODY, QUEUED, SENT, Fate, received_by
from volly_browser.ui.messages import ShownMessage

FOLLOWED_LIMIT = 1000
"""Messages that left the page and of which is still shown who has them; as many as the room keeps."""


class SentTexts:
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
        self._followed: dict[str, ShownMessage] = {}
        self._early: dict[str, Fate] = {}
        self._waits_as: Fate | None = FOR_SOMEBODY
        self._is_sending = False

    def __len__(self) -> int:
        """How many texts have not left this page."""
        return len(self._waiting) + len(self._with_the_room)

    def add(self, text: str, shown: ShownMessage) -> None:
        """Take a text; `deliver` sends it."""
        shown.show(self._waits_as or QUEUED)
        self._waiting.append((text, shown))

    def open(self) -> None:
        """There is somebody to send to."""
        self._wait(None)

    def close(self, waits_as: Fate) -> None:
        """There is nobody to send to; this is what texts wait for."""
        self._wait(waits_as)

    async def deliver(self) -> None:
        """Hand over what waits, as long as there is somebody to send to.  A second call meanwhile does nothing."""
        if self._is_sending:
            return
        self._is_sending = True
        try:
            while self._waiting and self._waits_as is None and await self._deliver_one():
                pass
        finally:
            self._is_sending = False

    def message_sent(self, message_id: str) -> None:
        """The room has handed a message to the network; this may be known before `send` has returned its id."""
        if shown := self._with_the_room.pop(message_id, None):
            self._follow(message_id, shown, SENT)
        else:
            self._early[message_id] = SENT

    def message_received(self, message_id: str, received: int, recipients: int) -> None:
        """So many of those whom a message was for have it."""
        delivery = received_by(received, recipients)
        if shown := self._followed.get(message_id):
            shown.show(delivery)
            if received == recipients:
                del self._followed[message_id]
        elif message_id in self._early:
            self._early[message_id] = delivery

    async def _deliver_one(self) -> bool:
        """Whether to go on with the next."""
        text, shown = self._waiting[0]
        try:
            message_id = await self._send(text)
        except (NotInGroup, RoomClosed):
            return False
        except VollyError as error:
            self._waiting.popleft()
            shown.show(FAILED)
            self._on_problem(str(error))
            return True
        self._waiting.popleft()
        self._keep_track(message_id, shown)
        return True

    def _keep_track(self, message_id: str, shown: ShownMessage) -> None:
        if early := self._early.pop(message_id, None):
            self._follow(message_id, shown, early)
        else:
            shown.show(QUEUED)
            self._with_the_room[message_id] = shown

    def _follow(self, message_id: str, shown: ShownMessage, delivery: Fate) -> None:
        shown.show(delivery)
        self._followed[message_id] = shown
        if len(self._followed) > FOLLOWED_LIMIT:
            del self._followed[next(iter(self._followed))]

    def _wait(self, waits_as: Fate | None) -> None:
        if waits_as != self._waits_as:
            self._waits_as = waits_as
            for _, shown in self._waiting:
                shown.show(waits_as or QUEUED)
