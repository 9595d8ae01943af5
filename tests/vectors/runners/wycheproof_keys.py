"""X25519 keys as Wycheproof writes them: bare, in X.509 and PKCS #8 (DER or PEM), or as a JSON Web Key.

The wrappings are no concern of the engines, so a key is only taken out of the ones that are as RFC 8410 has them.
"""

import base64
from binascii import Error
from typing import Any

from tests.vectors.runners.common import Skipped
from tests.vectors.runners.shapes import Malformed

PREFIXES = (bytes.fromhex("302a300506032b656e032100"), bytes.fromhex("302e020100300506032b656e04220420"))
"""Of SubjectPublicKeyInfo and of PrivateKeyInfo with an X25519 key, before its 32 bytes."""

UNUSUAL = "unusual wrapping of a key"


class Key:
    """Some form of a key."""

    def check(self, value: object, where: str) -> None:
        """See `Shape`."""
        if not isinstance(value, str | dict):
            raise Malformed(f"{where} is not a key.")


KEY = Key()


def raw(key: str | dict[str, Any], name: str) -> bytes:
    """The 32 bytes of a key; `name` is `public` or `private`.  Raises Skipped for any other wrapping."""
    if isinstance(key, dict):
        return _from_jwk(key, "d" if name == "private" else "x")
    if key.startswith("-----BEGIN"):
        return _unwrapped(_from_base64("".join(key.strip().splitlines()[1:-1])))
    try:
        octets = bytes.fromhex(key)
    except ValueError as error:
        raise Malformed(f"{name} is not bytes in hexadecimal.") from error
    return octets if len(octets) <= 32 else _unwrapped(octets)


def _unwrapped(der: bytes) -> bytes:
    for prefix in PREFIXES:
        if der.startswith(prefix) and len(der) == len(prefix) + 32:
            return der[len(prefix) :]
    raise Skipped(UNUSUAL)


def _from_jwk(key: dict[str, Any], member: str) -> bytes:
    if key.get("kty") != "OKP" or key.get("crv") != "X25519" or not isinstance(key.get(member), str):
        raise Skipped(UNUSUAL)
    return _from_base64(key[member])


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except Error as error:
        raise Skipped(UNUSUAL) from error
