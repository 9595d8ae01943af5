"""What is kept of ended epochs (RFC 9420): message keys for a moment (15.3), resumption PSKs for longer (8.6)."""

from collections.abc import Iterable
from dataclasses import dataclass

from volly_browser.mls.epoch import Epoch, MessageKeys
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.settings import Settings


@dataclass(frozen=True, slots=True)
class PastKeys:
    """The message keys of an epoch, and when they are to be deleted, in seconds since 1970."""

    keys: MessageKeys
    until: float


class PastEpochs:
    """The keys of the last epochs, each with an end.

    Args:
        settings: how many are kept, and for how long.
        past: message keys, from a stored state.
        resumption_psks: from there too.
    """

    def __init__(
        self, settings: Settings, past: Iterable[PastKeys] = (), resumption_psks: Iterable[PskBundle] = ()
    ) -> None:
        self._settings = settings
        self._past = list(past)
        self._resumption = list(resumption_psks)

    @property
    def message_keys(self) -> tuple[PastKeys, ...]:
        """What messages of the last epochs can be read with."""
        return tuple(self._past)

    @property
    def resumption_psks(self) -> tuple[PskBundle, ...]:
        """The resumption PSKs of the last epochs."""
        return tuple(self._resumption)

    def ended(self, epoch: Epoch) -> None:
        """Keep the keys of an epoch that has ended: for its late messages, and its resumption PSK."""
        until = self._settings.clock() + self._settings.past_epoch_seconds
        self._past.append(PastKeys(epoch.keys, until))
        del self._past[: -self._settings.past_epochs or len(self._past)]
        self._resumption.append(epoch.resumption_psk)
        del self._resumption[: -self._settings.resumption_epochs or len(self._resumption)]

    def find(self, epoch: int) -> MessageKeys | None:
        """Return the message keys of a past epoch, if they are still kept."""
        return next((past.keys for past in self._past if past.keys.context.epoch == epoch), None)

    def forget_expired(self) -> None:
        """Delete the keys that have expired."""
        now = self._settings.clock()
        self._past = [past for past in self._past if now < past.until]

    @property
    def next_expiry(self) -> float | None:
        """Return when the next keys are to be deleted, in seconds since 1970; None if there are none."""
        return min((past.until for past in self._past), default=None)

    def clear(self) -> None:
        """Delete everything."""
        self._past.clear()
        self._resumption.clear()
