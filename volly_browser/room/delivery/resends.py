"""Limits what is sent again: a receipt of a few bytes can ask for all that we keep, and can come at any time."""

ASKED_LIMIT = 4 << 20
"""Bytes that are sent again to one member in a row."""

ASKED_A_MINUTE = 512 << 10
"""Bytes that are sent again to one member in a minute, after that."""

MESSAGE_COST = 4 << 10
"""Bytes of a message around its content, signature and padding among them."""


class ResendBudget:
    """What one member can still ask for."""

    def __init__(self) -> None:
        self._left = float(ASKED_LIMIT)
        self._filled_at = 0.0

    def take(self, content: bytes, now: float) -> bool:
        """Charge a message that is to be sent again; return whether it can be."""
        grown = max(0.0, now - self._filled_at) * ASKED_A_MINUTE / 60
        self._left, self._filled_at = min(ASKED_LIMIT, self._left + grown), now
        cost = MESSAGE_COST + len(content)
        if cost > self._left:
            return False
        self._left -= cost
        return True
