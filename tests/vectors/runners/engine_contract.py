"""What every engine must do, in the page as on CPython: the promises of `volly_browser.crypto.engine`."""

from collections.abc import Awaitable, Callable

from tests.vectors.runners.common import expect, expect_refusal
from volly_browser.crypto.checks import KEMS, SIGNATURES
from volly_browser.crypto.engine import (
    CIPHERTEXT_LENGTH,
    PRIVATE_KEY_LENGTH,
    PUBLIC_KEY_LENGTH,
    SHARED_SECRET_LENGTH,
    SIGNATURE_LENGTH,
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
    UnsupportedAlgorithm,
    Verify,
    run_one,
)

KEY, NONCE = bytes(range(32)), bytes(range(12))


async def kems_agree(engine: Engine) -> None:
    """Lengths, the same secret on both sides, and another one for a ciphertext with a changed ML-KEM half."""
    for algorithm in engine.algorithms & KEMS:
        private_key, public_key = await _key_pair(engine, algorithm)
        ciphertext, shared_secret = await run_one(engine, Encapsulate(algorithm, public_key))
        lengths = len(ciphertext), len(shared_secret)
        expect(lengths, (CIPHERTEXT_LENGTH[algorithm], SHARED_SECRET_LENGTH), "the lengths of an encapsulation")
        forged = bytes([ciphertext[0] ^ 1]) + ciphertext[1:]
        opened = await engine.run([Decapsulate(algorithm, private_key, item) for item in (ciphertext, forged)])
        expect([item == shared_secret for item in opened], [True, False], f"{algorithm}: the agreement")


async def encapsulations_differ(engine: Engine) -> None:
    """Fresh randomness for each, within a batch, too."""
    for algorithm in engine.algorithms & KEMS:
        _, public_key = await _key_pair(engine, algorithm)
        made = await engine.run([Encapsulate(algorithm, public_key)] * 3)
        expect(
            len({item.ciphertext for item in made} | {item.shared_secret for item in made}), 6, "the distinct values"
        )


async def signatures_verify(engine: Engine) -> None:
    """Own signatures are valid; changed, cut, and foreign ones are not, and nor is a malformed key's."""
    for algorithm in engine.algorithms & SIGNATURES:
        private_key, public_key = await _key_pair(engine, algorithm)
        signature = await run_one(engine, Sign(algorithm, private_key, b"message"))
        expect(len(signature), SIGNATURE_LENGTH[algorithm], f"{algorithm}: the signature's length")
        changed = signature[:-1] + bytes([signature[-1] ^ 1])
        candidates = [
            Verify(algorithm, public_key, b"message", signature),
            Verify(algorithm, public_key, b"another", signature),
            Verify(algorithm, public_key, b"message", changed),
            Verify(algorithm, public_key, b"message", signature[:-1]),
            Verify(algorithm, public_key, b"message", b""),
            Verify(algorithm, public_key[:-1], b"message", signature),
            Verify(algorithm, b"", b"message", signature),
            Verify(algorithm, bytes(reversed(public_key)), b"message", signature),
        ]
        expect(await engine.run(candidates), [True] + 7 * [False], f"{algorithm}: validity")


async def empty_messages_are_signed(engine: Engine) -> None:
    """A message without bytes is signed, too."""
    for algorithm in engine.algorithms & SIGNATURES:
        private_key, public_key = await _key_pair(engine, algorithm)
        signature = await run_one(engine, Sign(algorithm, private_key, b""))
        expect(await run_one(engine, Verify(algorithm, public_key, b"", signature)), True, f"{algorithm}: validity")


async def aead_opens_only_what_was_sealed(engine: Engine) -> None:
    """Both key lengths; every changed input is noticed; plaintext and associated data are possibly empty."""
    if Algorithm.AES_GCM not in engine.algorithms:
        return
    for key in (KEY, KEY[:16]):
        for aad, plaintext in ((b"aad", b"plaintext"), (b"", b"")):
            sealed = await run_one(engine, Seal(key, NONCE, aad, plaintext))
            expect(len(sealed), len(plaintext) + 16, "the ciphertext's length")
            expect(await run_one(engine, Open(key, NONCE, aad, sealed)), plaintext, "the plaintext")
            for wrong in (
                Open(bytes(len(key)), NONCE, aad, sealed),
                Open(key, bytes(12), aad, sealed),
                Open(key, NONCE, b"other", sealed),
                Open(key, NONCE, aad, sealed[:-1] + bytes([sealed[-1] ^ 1])),
                Open(key, NONCE, aad, sealed[:15]),
            ):
                await expect_refusal(engine, wrong, DecryptionFailed)


async def low_order_points_are_refused(engine: Engine) -> None:
    """All-zero X25519 secrets, alone and inside of X-Wing."""
    zero = bytes(32)
    if Algorithm.X25519 in engine.algorithms:
        await expect_refusal(engine, Agree(Algorithm.X25519, KEY, zero), InvalidKey)
        await expect_refusal(engine, Agree(Algorithm.X25519, KEY, (1).to_bytes(32, "little")), InvalidKey)
    if Algorithm.X_WING in engine.algorithms:
        private_key, public_key = await _key_pair(engine, Algorithm.X_WING)
        await expect_refusal(engine, Encapsulate(Algorithm.X_WING, public_key[:-32] + zero), InvalidKey)
        ciphertext, _ = await run_one(engine, Encapsulate(Algorithm.X_WING, public_key))
        forged = Decapsulate(Algorithm.X_WING, private_key, ciphertext[:-32] + zero)
        await expect_refusal(engine, forged, DecryptionFailed)


async def unreduced_encapsulation_keys_are_refused(engine: Engine) -> None:
    """A coefficient of q or more (FIPS 203, section 7.2)."""
    for algorithm in engine.algorithms & KEMS:
        _, public_key = await _key_pair(engine, algorithm)
        await expect_refusal(engine, Encapsulate(algorithm, b"\xff\xff" + public_key[2:]), InvalidKey)


async def wrong_lengths_are_refused(engine: Engine) -> None:
    """One byte too few or too many, wherever a key or a ciphertext is expected."""
    for algorithm in engine.algorithms - {Algorithm.AES_GCM}:
        length = PRIVATE_KEY_LENGTH[algorithm]
        await expect_refusal(engine, DerivePublicKey(algorithm, bytes(length - 1)), InvalidKey)
        await expect_refusal(engine, DerivePublicKey(algorithm, bytes(length + 1)), InvalidKey)
    for algorithm in engine.algorithms & KEMS:
        key, ciphertext = bytes(PRIVATE_KEY_LENGTH[algorithm]), bytes(CIPHERTEXT_LENGTH[algorithm])
        await expect_refusal(engine, Encapsulate(algorithm, bytes(PUBLIC_KEY_LENGTH[algorithm] - 1)), InvalidKey)
        await expect_refusal(engine, Decapsulate(algorithm, key[1:], ciphertext), InvalidKey)
        await expect_refusal(engine, Decapsulate(algorithm, key, ciphertext + b"0"), DecryptionFailed)
    for algorithm in engine.algorithms & SIGNATURES:
        await expect_refusal(engine, Sign(algorithm, KEY + b"0", b"message"), InvalidKey)
    if Algorithm.X25519 in engine.algorithms:
        await expect_refusal(engine, Agree(Algorithm.X25519, KEY, KEY[1:]), InvalidKey)
    if Algorithm.AES_GCM in engine.algorithms:
        await expect_refusal(engine, Seal(KEY[:24], NONCE, b"", b""), InvalidKey)
        await expect_refusal(engine, Seal(KEY, NONCE + b"0", b"", b""), InvalidKey)


async def undefined_operations_are_refused(engine: Engine) -> None:
    """Algorithms that the engine lacks, and operations that an algorithm does not have."""
    for algorithm in set(Algorithm) - engine.algorithms:
        await expect_refusal(engine, DerivePublicKey(algorithm, KEY), UnsupportedAlgorithm)
    await expect_refusal(engine, Sign(Algorithm.ML_KEM_768, KEY, b""), UnsupportedAlgorithm)
    await expect_refusal(engine, Encapsulate(Algorithm.ED25519, KEY), UnsupportedAlgorithm)


async def batches_keep_their_order(engine: Engine) -> None:
    """Results come as they were asked for, whatever takes longest; no operations give no results."""
    algorithms = sorted(engine.algorithms - {Algorithm.AES_GCM}) * 2
    operations = [DerivePublicKey(algorithm, bytes(PRIVATE_KEY_LENGTH[algorithm])) for algorithm in algorithms]
    single = [await run_one(engine, operation) for operation in operations]
    expect(await engine.run(operations), single, "the batch")
    expect(await engine.run([]), [], "the empty batch")


async def other_buffers_are_taken_for_bytes(engine: Engine) -> None:
    """A bytearray is taken as a secret, too, since it can be overwritten."""
    for algorithm in engine.algorithms - {Algorithm.AES_GCM}:
        seed = bytes(range(PRIVATE_KEY_LENGTH[algorithm]))
        derived = await run_one(engine, DerivePublicKey(algorithm, bytearray(seed)))
        expect(derived, await run_one(engine, DerivePublicKey(algorithm, seed)), f"{algorithm}: the public key")


async def random_bytes_differ(engine: Engine) -> None:
    """As many as asked for, and never the same."""
    made = {engine.random(16) for _ in range(4)}
    expect(sorted(map(len, made)), [16, 16, 16, 16], "the lengths")


async def _key_pair(engine: Engine, algorithm: Algorithm) -> tuple[bytes, bytes]:
    private_key = engine.random(PRIVATE_KEY_LENGTH[algorithm])
    public_key = await run_one(engine, DerivePublicKey(algorithm, private_key))
    expect(len(public_key), PUBLIC_KEY_LENGTH[algorithm], f"{algorithm}: the public key's length")
    return private_key, public_key


PROMISES: tuple[Callable[[Engine], Awaitable[None]], ...] = (
    kems_agree,
    encapsulations_differ,
    signatures_verify,
    empty_messages_are_signed,
    aead_opens_only_what_was_sealed,
    low_order_points_are_refused,
    unreduced_encapsulation_keys_are_refused,
    wrong_lengths_are_refused,
    undefined_operations_are_refused,
    batches_keep_their_order,
    other_buffers_are_taken_for_bytes,
    random_bytes_differ,
)
