"""What a room does about what was said before: nothing, unless newcomers are told; then see `historian`."""

from typing import TYPE_CHECKING

from volly_browser.room.content.content import Numbered
from volly_browser.room.machine import Machine
from volly_browser.room.mimi import Content

if TYPE_CHECKING:
    from volly_browser.room.group.membership import Received


class Past:
    """A part that does nothing unless a method is overridden.

    Attributes:
        machines: all in it that are told of epochs.
    """

    machines: tuple[Machine, ...] = ()

    def keep(self, sender: bytes, name: str, numbered: Numbered, message_id: bytes, content: Content) -> None:
        """Keep a message that was sent or shown for those that come later."""

    def let_in_by(self, member_id: bytes, identity: str) -> None:
        """A member at this identity has let us in."""

    def got(self, received: "Received", identity: str, now: float) -> None:
        """Take what a member at this identity says about the past, if it is for us.  Raises ContentError."""

    def tick(self, now: float) -> None:
        """Let time pass."""

    async def send_due(self, now: float) -> None:
        """Send what is due.  Raises TransportError; what was not sent stays due."""

    def deadline(self, now: float) -> float | None:
        """Return when something is to be done, if nothing comes before."""
