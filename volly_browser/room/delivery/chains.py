"""The running hash of one sender's messages, by which members find out that they were sent different ones.

    chain(0) = zeros
    chain(n) = SHA-256(label || chain(n - 1) || sequence (8) || lamport (8) || content), cut to 16 bytes

Each message carries its sender's chain before it, so that a later newcomer can continue it, and so can a reader after
a gap.  Each receipt carries the chain of each sender after the latest message that the receipt's author has read, and
so commits to all of them.
"""

import hashlib

from volly_browser.room import labels
from volly_browser.room.latest import Latest

START = bytes(labels.CHAIN_LENGTH)

CHAINS_LIMIT = 256
"""Messages back to which chains are compared."""


def next_chain(chain: bytes, sequence: int, lamport: int, content: bytes) -> bytes:
    """Compute the chain after a message."""
    hashed = labels.CHAIN + chain + sequence.to_bytes(8, "big") + lamport.to_bytes(8, "big") + content
    return hashlib.sha256(hashed).digest()[: labels.CHAIN_LENGTH]


class Chain:
    """What we know of one sender's chain: its value after each sequence."""

    def __init__(self) -> None:
        self._after = Latest[int, bytes](CHAINS_LIMIT)

    def took(self, sequence: int, previous: bytes, after: bytes) -> bool:
        """Note a message that was read; return whether the chain that it carries is the one that we have."""
        known = self._after.get(sequence - 1)
        if known is None and previous != START:
            self._after[sequence - 1] = previous  # what its sender has said in the gap, whether it comes or not
        self._after[sequence] = after
        return known is None or known == previous

    def after(self, sequence: int) -> bytes:
        """Return the chain after a message; zeros if we have not read it."""
        return self._after.get(sequence, START)

    def agrees(self, sequence: int, chain: bytes) -> bool:
        """Whether another member has possibly read the same up to a message."""
        known = self._after.get(sequence)
        return known is None or chain in (START, known)
