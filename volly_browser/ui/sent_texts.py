"""The user's texts on their way to the others: in order, and kept until another member is there to read them."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from volly_browser.errors import VollyError
from volly_browser.room.events import NotInGroup, RoomClosed
from volly_browser.ui import wording
from volly_browser.ui.fate import FAILED, FOR_SOMEBODY, IN_DOUBT, QUEUED, SENT, Fate, received_by
from volly_browser.ui.faults import GoingOn, report
from volly_browser.ui.log import PlaceInLog
from volly_browser.ui.messages import ShownMessage
from volly_browser.ui.not_sent import NotSent, Unsent

FOLLOWED_LIMIT = 1000
"""Messages that left the page and whose receipts are still shown; as many as the room keeps."""


@dataclass(frozen=True, slots=True)
class _OnItsWay:
    """A text, and its entry in the conversation."""

    unsent: Unsent
    shown: ShownMessage


class SentTexts:
    """Hands texts to a room one by one, and shows what became of each.

    Args:
        send: sends by the room; returns the message id, raises VollyError.
        not_sent: takes what cannot be sent.
        on_change: called whenever a text has left the page, or will not.
    """

    def __init__(self, send: Callable[[str], Awaitable[str]], not_sent: NotSent, on_change: Callable[[], None]) -> None:
        self._send = send
        self._not_sent = not_sent
        self._on_change = on_change
        self._waiting: deque[_OnItsWay] = deque()
        self._with_the_room: dict[str, _OnItsWay] = {}
        self._followed: dict[str, ShownMessage] = {}
        self._early: dict[str, Fate] = {}
        self._places: dict[str, PlaceInLog] = {}  # of those in `_early`
        self._waits_as: Fate | None = FOR_SOMEBODY
        self._is_sending = False

    @property
    def unsent(self) -> list[Unsent]:
        """The texts that have not left this page, the oldest first."""
        return [text.unsent for text in (*self._with_the_room.values(), *self._waiting)]

    @property
    def is_due(self) -> bool:
        """Whether a text waits, another member is there to read it, and `deliver` is not running."""
        return bool(self._waiting) and self._waits_as is None and not self._is_sending

    def add(self, unsent: Unsent, shown: ShownMessage) -> None:
        """Take a text; `deliver` sends it."""
        self._waiting.append(_OnItsWay(unsent, shown))
        _show(shown, self._waits_as or QUEUED)

    def open(self) -> None:
        """Let texts go: another member can read them."""
        self._wait(None)

    def close(self, waits_as: Fate) -> None:
        """Hold texts back, and show what they wait for."""
        self._wait(waits_as)

    def give_up(self) -> None:
        """Count all texts as not sent, or possibly not sent, and send none any more."""
        self._waits_as = FAILED
        in_doubt = [*self._with_the_room.values(), *([self._waiting.popleft()] if self._is_sending else [])]
        waiting = list(self._waiting)
        self._with_the_room.clear()
        self._waiting.clear()
        for text in in_doubt:
            self._not_sent.add(text.unsent, text.shown, IN_DOUBT)
        for text in waiting:
            self._not_sent.add(text.unsent, text.shown, FAILED)

    async def deliver(self) -> None:
        """Hand over the texts that wait until `close` is called.  A second call meanwhile does nothing."""
        if self._is_sending:
            return
        self._is_sending = True
        try:
            while self._waiting and self._waits_as is None and await self._deliver_one(self._waiting[0]):
                pass
        finally:
            self._is_sending = False

    def message_sent(self, message_id: str, place: PlaceInLog) -> None:
        """Note that the network has a message; possibly before `send` has returned its id."""
        if text := self._with_the_room.pop(message_id, None):
            self._follow(message_id, text.shown, SENT, place)
            self._on_change()
        else:
            self._early[message_id] = SENT
            self._places[message_id] = place

    def message_received(self, message_id: str, received: int, recipients: int) -> None:
        """Note how many of its recipients have received a message."""
        delivery = received_by(received, recipients)
        if shown := self._followed.get(message_id):
            if received == recipients:
                del self._followed[message_id]
            _show(shown, delivery)
        elif message_id in self._early:
            self._early[message_id] = delivery

    async def _deliver_one(self, text: _OnItsWay) -> bool:
        """Send a text; return whether to go on with the next."""
        try:
            message_id = await self._send(text.unsent.text)
        except (NotInGroup, RoomClosed):
            return False
        except VollyError as error:
            self._refuse(text, str(error))
        except Exception as fault:
            report(fault)
            self._refuse(text, wording.NOT_TAKEN)
        else:
            self._keep_track(message_id, text)
        return True

    def _refuse(self, text: _OnItsWay, sentence: str) -> None:
        if self._taken_from_queue(text):
            self._not_sent.add(text.unsent, text.shown, FAILED)
            self._not_sent.explain(sentence)

    def _keep_track(self, message_id: str, text: _OnItsWay) -> None:
        if not self._taken_from_queue(text):
            return
        if early := self._early.pop(message_id, None):
            self._follow(message_id, text.shown, early, self._places.pop(message_id))
            self._on_change()
        else:
            self._with_the_room[message_id] = text
            _show(text.shown, QUEUED)

    def _taken_from_queue(self, text: _OnItsWay) -> bool:
        """Take a text from the head of the queue; return whether it was there, which it is not after `give_up`."""
        waited = bool(self._waiting) and self._waiting[0] is text
        if waited:
            self._waiting.popleft()
        return waited

    def _follow(self, message_id: str, shown: ShownMessage, delivery: Fate, place: PlaceInLog) -> None:
        with GoingOn():
            shown.stands_at(place)
        self._followed[message_id] = shown
        if len(self._followed) > FOLLOWED_LIMIT:
            del self._followed[next(iter(self._followed))]
        _show(shown, delivery)

    def _wait(self, waits_as: Fate | None) -> None:
        if waits_as != self._waits_as:
            self._waits_as = waits_as
            for text in self._waiting:
                _show(text.shown, waits_as or QUEUED)


def _show(shown: ShownMessage, fate: Fate) -> None:
    """Show a fate; a fault in that does not keep the text from being sent."""
    with GoingOn():
        shown.show(fate)
