"""Tries encryption keys before they are used (RFC 9420, section 5.1.1).

Some byte strings have the right length and are no keys (FIPS 203, section 7.2; RFC 7748, section 6.1).  In the tree one
of them would keep all members from committing, so each key is tried once, when it gets there: with a newcomer, with an
update or a path, or with the whole tree when we join.  Signature keys need no trial, since they sign their own leaf.
"""

from collections.abc import Sequence

from volly_browser.crypto.engine import Engine, InvalidKey
from volly_browser.mls.suites import CipherSuite


async def try_keys(engine: Engine, suite: CipherSuite, keys: Sequence[bytes]) -> None:
    """Encrypt to each key; one await.

    Raises:
        InvalidKey: one of them cannot be encrypted to.
    """
    if keys:
        await suite.kem.encapsulate(engine, keys)


async def find_unusable(engine: Engine, suite: CipherSuite, keys: Sequence[bytes]) -> int:
    """Find the position of the first key that cannot be encrypted to, if there is one; one await for each key."""
    for position, key in enumerate(keys[:-1]):
        try:
            await try_keys(engine, suite, [key])
        except InvalidKey:
            return position
    return len(keys) - 1
