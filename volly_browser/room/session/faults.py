"""What becomes of an error while something is read that a peer sent: the visit goes on, whatever it was.

    | the error                     | is                                                                  |
    |-------------------------------|---------------------------------------------------------------------|
    | RemoteError: the peer's fault | told to the user as the refusal of what the peer sent               |
    | TransportError: the network's | raised, as what was to be sent stays due                            |
    | any other: a fault of ours    | reported to the loop, since any bytes can come and none end a visit |

A fault of ours in anything else ends the visit, with a sentence.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from volly_browser.errors import RemoteError
from volly_browser.room.events import FrameRefused, RoomEvent
from volly_browser.transport.contract import TransportError


@contextmanager
def going_on(sender: str, emit: Callable[[RoomEvent], None]) -> Iterator[None]:
    """Go on after an error in what stands within.

    Args:
        sender: the transport identity of the peer whose message is read.
        emit: takes the room's events.

    Raises:
        TransportError: something could not be sent.
    """
    try:
        yield
    except TransportError:
        raise
    except RemoteError as error:
        emit(FrameRefused(sender, str(error)))
    except Exception as mistake:
        report(mistake)


def report(mistake: Exception) -> None:
    """Report an unexpected error to the loop's exception handler, instead of losing it."""
    context = {"message": "An unexpected error in a room", "exception": mistake}
    asyncio.get_running_loop().call_exception_handler(context)
