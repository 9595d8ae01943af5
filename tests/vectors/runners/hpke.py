"""HPKE: the vectors of draft-ietf-hpke-pq, and those of RFC 9180 for X25519 (appendices A.1.1 and A.2.1).

If a case names a KDF or an AEAD that Volly does not have (SHAKE256, ChaCha20-Poly1305), everything before it is
checked, the KEM always, the key schedule if the KDF is an HKDF, and the case counts as skipped.

`info` and `pt` of the draft are the hex digits of a text of hex digits; it is that text which is meant.
"""

from tests.vectors.runners.common import Case, Skipped, expect, unhex, within
from tests.vectors.runners.shapes import HEX, UINT16, UINT32, Array, Record
from volly_browser.crypto import hpke, kem
from volly_browser.crypto.engine import Algorithm, Engine

KEMS = {row.id: row for row in (kem.ML_KEM_768, kem.X_WING, kem.DHKEM_X25519)}
KDFS = {row.id: row for row in (hpke.HKDF_SHA256, hpke.HKDF_SHA384, hpke.HKDF_SHA512)}
AEADS = {row.id: row for row in (hpke.AES_128_GCM, hpke.AES_256_GCM)}
BASE = 0
CHACHA20_POLY1305 = hpke.Aead(0x0003, 32)  # for the key schedule, where only id and key length matter

ENCRYPTION = Record(aad=HEX, nonce=HEX, pt=HEX, ct=HEX)
EXPORT = Record(exporter_context=HEX, L=UINT32, exported_value=HEX)
SHAPE = Record(
    mode=UINT16,
    kem_id=UINT16,
    kdf_id=UINT16,
    aead_id=UINT16,
    info=HEX,
    ikmR=HEX,
    skRm=HEX,
    pkRm=HEX,
    enc=HEX,
    shared_secret=HEX,
    key=HEX,
    base_nonce=HEX,
    exporter_secret=HEX,
    encryptions=Array(ENCRYPTION),
    exports=Array(EXPORT),
)


async def run(engine: Engine, case: Case) -> None:
    """Follow the case as far as the suite is known."""
    if case["mode"] != BASE:
        raise Skipped(f"HPKE mode {case['mode']}")
    row = KEMS[case["kem_id"]]
    shared_secret = await _run_kem(engine, row, case)
    if case["kdf_id"] not in KDFS:
        raise Skipped(f"HPKE KDF 0x{case['kdf_id']:04x}, all but the KEM")
    suite = hpke.HpkeSuite(row, KDFS[case["kdf_id"]], AEADS.get(case["aead_id"], CHACHA20_POLY1305))
    if case["aead_id"] not in {*AEADS, CHACHA20_POLY1305.id}:
        raise Skipped(f"HPKE AEAD 0x{case['aead_id']:04x}, all but the KEM")
    context = suite.key_schedule(shared_secret, bytes.fromhex(case["info"]))
    _run_key_schedule(context, case)
    if case["aead_id"] not in AEADS:
        raise Skipped("ChaCha20-Poly1305, all but the ciphertexts")
    await _run_encryptions(engine, context, case)


def algorithms(case: Case) -> frozenset[Algorithm]:
    """What an engine must have for the case.  Raises Skipped for a KEM that Volly does not have."""
    if case["kem_id"] not in KEMS:
        raise Skipped(f"HPKE KEM 0x{case['kem_id']:04x}")
    return frozenset({KEMS[case["kem_id"]].algorithm} | ({Algorithm.AES_GCM} if case["aead_id"] in AEADS else set()))


async def _run_kem(engine: Engine, row: kem.Kem, case: Case) -> bytes:
    ikm, private_key, public_key, enc, shared_secret = unhex(case, "ikmR", "skRm", "pkRm", "enc", "shared_secret")
    derived = await row.derive_key_pair(engine, ikm)
    expect(derived.private_key, private_key, "skRm")
    expect(derived.public_key, public_key, "pkRm")
    [decapsulated] = await row.decapsulate(engine, [kem.DecapsulationRequest(private_key, enc)])
    expect(decapsulated, shared_secret, "shared_secret")
    return decapsulated


def _run_key_schedule(context: hpke.HpkeContext, case: Case) -> None:
    for name in ("key", "base_nonce", "exporter_secret"):
        expect(getattr(context, name), bytes.fromhex(case[name]), name)
    for number, item in enumerate(case["exports"]):
        exporter_context, value = unhex(item, "exporter_context", "exported_value")
        with within(f"exports[{number}]"):
            expect(context.export(exporter_context, item["L"]), value, "exported_value")


async def _run_encryptions(engine: Engine, context: hpke.HpkeContext, case: Case) -> None:
    for number, item in enumerate(case["encryptions"]):
        aad, nonce, plaintext, ciphertext = unhex(item, "aad", "nonce", "pt", "ct")
        sequence = int.from_bytes(nonce, "big") ^ int.from_bytes(context.base_nonce, "big")
        with within(f"encryptions[{number}]"):
            context.sequence = sequence
            expect(await context.seal(engine, aad, plaintext), ciphertext, "ct")
            context.sequence = sequence
            expect(await context.open(engine, aad, ciphertext), plaintext, "pt")
