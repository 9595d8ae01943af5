"""Primitives behind one Engine contract, and the KEMs, KDF and HPKE built on it.

crypto = await initialize_crypto()
alice = await crypto.generate_key_pair()
ciphertext, secret = await crypto.encapsulate(alice.public_key)
sealed = await crypto.encrypt(b"hello", secret)

assert await crypto.decapsulate(ciphertext, alice.secret_key) == secret
assert await crypto.decrypt(sealed, secret) == b"hello"
"""

from volly_browser.crypto.recipes import Crypto, KeyPair, initialize_crypto

__all__ = ["Crypto", "KeyPair", "initialize_crypto"]
