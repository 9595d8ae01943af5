"""The running hash of one sender's messages, by which members find out that they were told different things.

    chain(0) = zeros
    chain(n) = SHA-256(label || chain(n - 1) || sequence (8) || lamport (8) || content), cut to 16 bytes

A sender puts its chain before each message into it, so that whoever comes later begins where it is.  Each receipt has
the chain of each sender as its reader has it.
"""

import hashlib

from volly_browser.room import labels

START = bytes(labels.CHAIN_LENGTH)

CHAINS_LIMIT = 256
"""Messages back to which what others have is compared."""


def next_chain(chain: bytes, sequence: int, lamport: int, content: bytes) -> bytes:
    """The chain after a message."""
    hashed = labels.CHAIN + chain + sequence.to_bytes(8, "big") + lamport.to_bytes(8, "big") + content
    return hashlib.sha256(hashed).digest()[: labels.CHAIN_LENGTH]


class Chain:
    """What we know of one sender's chain, by the sequence after which it is so."""

    def __init__(self) -> None:
        self._after: dict[int, bytes] = {}

    def took(self, sequence: int, previous: bytes, after: bytes) -> bool:
        """A message was read; gives whether what its sender says came before it is what we have read."""
        known = self._after.get(sequence - 1)
        self._after[sequence] = after
        while len(self._after) > CHAINS_LIMIT:
            del self._after[next(iter(self._after))]
        return known is None or known == previous

    def after(self, sequence: int) -> bytes:
        """The chain after a message; zeros if we have not read it."""
        return self._after.get(sequence, START)

    def agrees(self, sequence: int, chain: bytes) -> bool:
        """Whether another one possibly has read the same up to a message."""
        known = self._after.get(sequence)
        return known is None or chain in (START, known)
