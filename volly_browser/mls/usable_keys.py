"""Encryption keys are tried before they are believed (RFC 9420, section 5.1.1).

A key may have the right length and still be none (FIPS 203, section 7.2; RFC 7748, section 6.1).  In the tree it would
keep everyone from committing, so each key is tried once, when it gets there: with a newcomer, with an update or a path,
or with the whole tree when we join.  Signature keys need no trial, since each leaf is signed with its own.
"""

from collections.abc import Sequence

from volly_browser.crypto.engine import Engine, InvalidKey
from volly_browser.mls.suites import CipherSuite


async def try_keys(engine: Engine, suite: CipherSuite, keys: Sequence[bytes]) -> None:
    """Encrypt to each key; one await.

    Raises:
        InvalidKey: nobody can encrypt to one of them.
    """
    if keys:
        await suite.kem.encapsulate(engine, keys)


async def find_unusable(engine: Engine, suite: CipherSuite, keys: Sequence[bytes]) -> int:
    """The position of the first key to which nobody can encrypt, where there is one; one await for each key."""
    for position, key in enumerate(keys[:-1]):
        try:
            await try_keys(engine, suite, [key])
        except InvalidKey:
            return position
    return len(keys) - 1
