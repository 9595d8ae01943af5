"""psk_secret.json."""

from tests.vectors.runners.common import Case, expect, unhex
from tests.vectors.runners.shapes import HEX, UINT16, Array, Record
from volly_browser.crypto.engine import Engine
from volly_browser.mls.proposals import ExternalPsk, PreSharedKeyID
from volly_browser.mls.psk import psk_secret
from volly_browser.mls.suites import suite_for

SHAPE = Record(cipher_suite=UINT16, psks=Array(Record(psk_id=HEX, psk=HEX, psk_nonce=HEX)), psk_secret=HEX)


async def run(engine: Engine, case: Case) -> None:
    """The chain of pre-shared keys."""
    psks = []
    for entry in case["psks"]:
        psk_id, psk, nonce = unhex(entry, "psk_id", "psk", "psk_nonce")
        psks.append((PreSharedKeyID(ExternalPsk(psk_id), nonce), psk))
    computed = psk_secret(suite_for(case["cipher_suite"]), psks)
    expect(computed, bytes.fromhex(case["psk_secret"]), "psk_secret")
