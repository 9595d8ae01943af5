"""What is computed for a PrivateMessage (RFC 9420, section 6.3), as programs: one way to an engine and back for each.

They are the same for all messages of a cipher suite, but for their inputs.
"""

from dataclasses import dataclass
from functools import lru_cache

from volly_browser.crypto.engine import Algorithm
from volly_browser.crypto.hpke import Aead, Kdf
from volly_browser.crypto.programs import Program
from volly_browser.mls.codec import opaque, varint
from volly_browser.mls.framing import FRAMED_CONTENT_LABEL
from volly_browser.mls.suites import LABEL_PREFIX, CipherSuite, kdf_label_start


@dataclass(frozen=True, slots=True)
class MessagePrograms:
    """The programs of a suite.

    Attributes:
        seal: a signed content, and the sender data.
        sign_and_seal: the same for application data that is still to be signed.
        open: application data whose sender is known, with whether the signature is valid.
        open_expected: the sender data, and if they are what was expected, then all the rest.
    """

    seal: Program
    sign_and_seal: Program
    open: Program
    open_expected: Program

    @classmethod
    def of(cls, suite: CipherSuite) -> "MessagePrograms":
        """Those of a suite."""
        return _programs(suite.kdf, suite.aead, suite.signature)


@lru_cache(maxsize=16)
def _programs(kdf: Kdf, aead: Aead, signature: Algorithm) -> MessagePrograms:
    label = "0x" + opaque(LABEL_PREFIX + FRAMED_CONTENT_LABEL).hex()
    seal_sender_data = f"""
        key_of_sender = mac {kdf.hash_name} sender_data_secret {_sampling(b"key", aead.key_length, kdf)}
        nonce_of_sender = mac {kdf.hash_name} sender_data_secret {_sampling(b"nonce", 12, kdf)}
        sealed_sender = seal AES-GCM key_of_sender[0:{aead.key_length}] nonce_of_sender[0:12] sender_aad sender_data
        give ciphertext sealed_sender
    """
    verify = f"""
        to_be_signed = join - to_be_signed_head+plaintext{{1}}+context
        valid = verify {signature} signature_key {label}+<to_be_signed> plaintext.1
    """
    return MessagePrograms(
        Program(f"""
            ciphertext = seal AES-GCM key nonce aad content
            {seal_sender_data}
        """),
        Program(f"""
            signature = sign {signature} signature_key {label}+<to_be_signed>
            ciphertext = seal AES-GCM key nonce aad data+<signature>+padding
            {seal_sender_data}
        """),
        Program(f"""
            plaintext = open AES-GCM key nonce aad ciphertext
            {verify}
            give plaintext valid
        """),
        Program(f"""
            sender_data = open AES-GCM sender_key sender_nonce sender_aad sealed_sender
            known = expect - sender_data[0:8] expected
            guarded = xor - nonce_head sender_data[8:12]
            plaintext = open AES-GCM key guarded+nonce_tail aad ciphertext
            {verify}
            give sender_data plaintext valid
        """),
    )


def _sampling(label: bytes, length: int, kdf: Kdf) -> str:
    """The input of HKDF-Expand's only block for a key of the sender data (section 6.3.2)."""
    info = kdf_label_start(length, label) + varint(kdf.length)
    return f"0x{info.hex()}+ciphertext[0:{kdf.length}]+0x01"
