"""Wycheproof: the edge cases of AES-GCM, X25519, Ed25519, ML-KEM-768, ML-DSA-65 and HKDF (`testvectors_v1`).

A file has groups of tests; a case is a test with the fields of its group.  Its `type`, and where that is not enough
its curve, parameter set or algorithm, say what it is about.
"""

from tests.vectors.runners import wycheproof_keys
from tests.vectors.runners.common import Case, Mismatch, Skipped, expect, expect_refusal, unhex
from tests.vectors.runners.shapes import HEX, TEXT, UINT32, Array, OrNull, Record, Shape, Text
from volly_browser.crypto.engine import (
    Agree,
    Algorithm,
    Decapsulate,
    DecryptionFailed,
    DerivePublicKey,
    Encapsulate,
    Engine,
    InvalidKey,
    Open,
    Seal,
    Sign,
    Verify,
    run_one,
)
from volly_browser.crypto.kdf import hkdf_expand, hkdf_extract
from volly_browser.errors import LocalError

RESULT = Text(("valid", "acceptable", "invalid"))
FLAGS: dict[str, Shape] = {"flags": Array(TEXT), "comment": TEXT}

AES_GCM = Record(FLAGS, key=HEX, iv=HEX, aad=HEX, msg=HEX, ct=HEX, tag=HEX, result=RESULT)
X25519 = Record(FLAGS, public=wycheproof_keys.KEY, private=wycheproof_keys.KEY, shared=HEX, result=RESULT)
ED25519 = Record(FLAGS, publicKey=Record(pk=HEX, curve=TEXT), msg=HEX, sig=HEX, result=RESULT)
HKDF = Record(FLAGS, ikm=HEX, salt=HEX, info=HEX, size=UINT32, okm=HEX, result=RESULT)
ML_DSA_VERIFY = Record({**FLAGS, "ctx": HEX, "msg": HEX}, publicKey=HEX, sig=HEX, result=RESULT)
ML_DSA_SIGN = Record(
    {**FLAGS, "ctx": HEX, "msg": HEX, "privateSeed": HEX, "publicKey": OrNull(HEX)}, sig=HEX, result=RESULT
)
ML_KEM = Record({**FLAGS, "ek": HEX}, seed=HEX, c=HEX, K=HEX, result=RESULT)
ML_KEM_KEY = Record(FLAGS, seed=HEX, ek=HEX, result=RESULT)
ML_KEM_ENCAPSULATE = Record(FLAGS, ek=HEX, result=RESULT)
ML_KEM_EXPANDED = Record(FLAGS, dk=HEX, c=HEX, result=RESULT)


async def run_aes_gcm(engine: Engine, case: Case) -> None:
    """Sealing and opening; lengths that MLS never has are refused."""
    key, nonce, aad, plaintext, ciphertext, tag = unhex(case, "key", "iv", "aad", "msg", "ct", "tag")
    if len(tag) != 16:
        raise Skipped(f"tag of {len(tag)} bytes")
    sealing, opening = Seal(key, nonce, aad, plaintext), Open(key, nonce, aad, ciphertext + tag)
    if len(key) == 24 or len(nonce) != 12:
        await expect_refusal(engine, sealing, InvalidKey)
        await expect_refusal(engine, opening, InvalidKey)
        raise Skipped("key of 24 bytes" if len(key) == 24 else "nonce not of 12 bytes")
    if case["result"] == "valid":
        expect(await run_one(engine, sealing), ciphertext + tag, "ct and tag")
        expect(await run_one(engine, opening), plaintext, "msg")
    else:
        await expect_refusal(engine, opening, DecryptionFailed)


async def run_x25519(engine: Engine, case: Case) -> None:
    """Agreement, also with keys on the twist; an all-zero secret is refused.

    A non-canonical encoding, which RFC 7748 accepts, is refused by Firefox 153; no honest key has one.
    """
    flags = case.get("flags", [])
    private_key, public_key = (wycheproof_keys.raw(case[name], name) for name in ("private", "public"))
    agreeing = Agree(Algorithm.X25519, private_key, public_key)
    if "ZeroSharedSecret" in flags or case["result"] == "invalid":
        await expect_refusal(engine, agreeing, InvalidKey)
        return
    try:
        agreed = await run_one(engine, agreeing)
    except InvalidKey:
        if "NonCanonicalPublic" not in flags:
            raise
    else:
        expect(agreed, bytes.fromhex(case["shared"]), "shared")


async def run_ed25519(engine: Engine, case: Case) -> None:
    """Verification."""
    message, signature = unhex(case, "msg", "sig")
    verifying = Verify(Algorithm.ED25519, bytes.fromhex(case["publicKey"]["pk"]), message, signature)
    expect(await run_one(engine, verifying), case["result"] == "valid", "the validity of sig")


async def run_ml_dsa_65(engine: Engine, case: Case) -> None:
    """Verification with an empty context, under which a signature made with another is not valid."""
    public_key, signature = unhex(case, "publicKey", "sig")
    valid = case["result"] == "valid" and not case.get("ctx")
    verifying = Verify(Algorithm.ML_DSA_65, public_key, _message(case), signature)
    expect(await run_one(engine, verifying), valid, "the validity of sig")


async def run_ml_dsa_65_sign(engine: Engine, case: Case) -> None:
    """The public key of the seed, the signature's validity, and a signature of our own.

    Engines choose the randomness of a signature themselves, so theirs is another one.
    """
    if "privateSeed" not in case:
        raise Skipped("private key without its seed")
    seed, public_key = bytes.fromhex(case["privateSeed"]), case.get("publicKey")
    if len(seed) != 32:
        await expect_refusal(engine, DerivePublicKey(Algorithm.ML_DSA_65, seed), InvalidKey)
        return
    derived = await run_one(engine, DerivePublicKey(Algorithm.ML_DSA_65, seed))
    if public_key is not None:
        expect(derived, bytes.fromhex(public_key), "publicKey")
    if case["result"] != "valid":
        raise Skipped("signing that is to be refused")
    message = _message(case)
    await run_ml_dsa_65(engine, {**case, "publicKey": derived.hex()})
    own = await run_one(engine, Sign(Algorithm.ML_DSA_65, seed, message))
    expect(await run_one(engine, Verify(Algorithm.ML_DSA_65, derived, message, own)), True, "our own signature")


def _message(case: Case) -> bytes:
    if "msg" not in case:
        raise Skipped("message given as its hash")
    return bytes.fromhex(case["msg"])


async def run_ml_kem(engine: Engine, case: Case) -> None:
    """The public key of the seed and the secret of the ciphertext, possibly a forged one; or a refusal."""
    seed, ciphertext, shared_secret = unhex(case, "seed", "c", "K")
    decapsulating = Decapsulate(Algorithm.ML_KEM_768, seed, ciphertext)
    if case["result"] == "valid":
        if "ek" in case:
            await run_ml_kem_key(engine, case)
        expect(await run_one(engine, decapsulating), shared_secret, "K")
    else:
        await expect_refusal(engine, decapsulating, DecryptionFailed if len(seed) == 64 else InvalidKey)


async def run_ml_kem_key(engine: Engine, case: Case) -> None:
    """The public key of the seed; the expanded private key is nothing that an engine shows."""
    deriving = DerivePublicKey(Algorithm.ML_KEM_768, bytes.fromhex(case["seed"]))
    if case["result"] == "valid":
        expect(await run_one(engine, deriving), bytes.fromhex(case["ek"]), "ek")
    else:
        await expect_refusal(engine, deriving, InvalidKey)


async def run_ml_kem_encapsulate(engine: Engine, case: Case) -> None:
    """Bad keys are refused and good ones are not; what comes out depends on randomness that engines choose."""
    encapsulating = Encapsulate(Algorithm.ML_KEM_768, bytes.fromhex(case["ek"]))
    if case["result"] != "valid":
        await expect_refusal(engine, encapsulating, InvalidKey)
        return
    await run_one(engine, encapsulating)
    raise Skipped("encapsulation with given randomness")


async def run_ml_kem_expanded(_engine: Engine, _case: Case) -> None:
    """Engines take private keys as seeds only."""
    raise Skipped("private key without its seed")


async def run_hkdf(_engine: Engine, case: Case) -> None:
    """Extract and expand; more than 255 blocks are refused."""
    salt, ikm, info, okm = unhex(case, "salt", "ikm", "info", "okm")
    hash_name = HKDF_HASHES[case["algorithm"]]
    prk = hkdf_extract(hash_name, salt, ikm)
    if case["result"] == "valid":
        expect(hkdf_expand(hash_name, prk, info, case["size"]), okm, "okm")
        return
    try:
        hkdf_expand(hash_name, prk, info, case["size"])
    except LocalError:
        return
    raise Mismatch("size: more than 255 blocks were expanded")


HKDF_HASHES = {f"HKDF-SHA-{bits}": f"sha{bits}" for bits in (1, 256, 384, 512)}
