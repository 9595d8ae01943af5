"""What every engine must do, in the page as on CPython: the promises of `volly_browser.crypto.engine`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tests.vectors.runners.common import Mismatch, expect, expect_refusal
from volly_browser.crypto.checks import KEMS, SIGNATURES
from volly_browser.crypto.engine import (
    CIPHERTEXT_LENGTH,
    PRIVATE_KEY_LENGTH,
    PUBLIC_KEY_LENGTH,
    SHARED_SECRET_LENGTH,
    SIGNATURE_LENGTH,
    Agree,
    Algorithm,
    Chain,
    Decapsulate,
    DecryptionFailed,
    DerivePublicKey,
    Encapsulate,
    Engine,
    InvalidKey,
    Open,
    Operation,
    Seal,
    Sign,
    UnsupportedAlgorithm,
    Verify,
    run_one,
)
from volly_browser.errors import VollyError

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
    """A message may have no bytes."""
    for algorithm in engine.algorithms & SIGNATURES:
        private_key, public_key = await _key_pair(engine, algorithm)
        signature = await run_one(engine, Sign(algorithm, private_key, b""))
        expect(await run_one(engine, Verify(algorithm, public_key, b"", signature)), True, f"{algorithm}: validity")


async def aead_opens_only_what_was_sealed(engine: Engine) -> None:
    """Both key lengths; every changed input is noticed; plaintext and associated data may be empty."""
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


async def chains_use_what_came_before(engine: Engine) -> None:
    """A step is given the results of the one before, each in its place; what the chain returns is returned."""
    for algorithm in engine.algorithms & SIGNATURES:
        private_key = engine.random(PRIVATE_KEY_LENGTH[algorithm])
        expect(
            await engine.follow(_signed_and_verified(algorithm, private_key)), [True, False], f"{algorithm}: a chain"
        )
    if Algorithm.AES_GCM in engine.algorithms:
        expect(
            await engine.follow(_sealed_and_opened(5)), b"plaintext", "what was sealed five times, opened five times"
        )


async def chains_run_side_by_side(engine: Engine) -> None:
    """Each gets the results of its own steps."""
    if Algorithm.AES_GCM in engine.algorithms:
        depths = [3, 1, 0, 5, 2]
        plaintexts = [bytes([depth]) for depth in depths]
        chains = [_sealed_and_opened(depth, plaintext) for depth, plaintext in zip(depths, plaintexts, strict=True)]
        expect(await asyncio.gather(*map(engine.follow, chains)), plaintexts, "the plaintexts")


async def chains_may_recover(engine: Engine) -> None:
    """A failure is raised at the step that failed, with its type, and the chain may go on with something else."""
    algorithm = min(engine.algorithms & SIGNATURES)
    wrong: list[tuple[Operation[Any], type[VollyError]]] = [
        (Sign(algorithm, b"short", b""), InvalidKey),
        (Sign(Algorithm.ML_KEM_768, KEY, b""), UnsupportedAlgorithm),
    ]
    if Algorithm.AES_GCM in engine.algorithms:
        wrong.append((Open(KEY, NONCE, b"", bytes(16)), DecryptionFailed))
    for operation, error in wrong:
        right = DerivePublicKey(algorithm, bytes(PRIVATE_KEY_LENGTH[algorithm]))
        recovered = await engine.follow(_recovering(operation, right))
        expect(recovered, (error, await run_one(engine, right)), "a failure, and what came after it")


async def chains_end_with_what_they_raise(engine: Engine) -> None:
    """Failures that the chain does not catch, and its own, come out of it, and it is closed."""
    algorithm = min(engine.algorithms & SIGNATURES)
    step = DerivePublicKey(algorithm, bytes(PRIVATE_KEY_LENGTH[algorithm]))
    cases: list[tuple[list[Operation[Any]], type[Exception]]] = [
        ([Sign(algorithm, b"short", b"")], InvalidKey),
        ([step], _OwnError),
    ]
    for operations, error in cases:
        ends: list[object] = []
        try:
            await engine.follow(_ending(operations, ends))
        except error as raised:
            ends.append(type(raised))
        expect(ends, ["closed", error], "the end of the chain")


async def chains_may_have_steps_of_many_or_none(engine: Engine) -> None:
    """A step is a batch; one without operations has no results."""
    algorithm = min(engine.algorithms & SIGNATURES)
    seeds = [bytes([number]) * PRIVATE_KEY_LENGTH[algorithm] for number in range(3)]
    operations = [DerivePublicKey(algorithm, seed) for seed in seeds]
    single = [await run_one(engine, operation) for operation in operations]
    answers = await engine.follow(_in_steps([operations, [], operations[:1]]))
    expect(answers, [single, [], single[:1]], "the results of each step")


def _signed_and_verified(algorithm: Algorithm, private_key: bytes) -> Chain[list[bool]]:
    [public_key] = yield [DerivePublicKey(algorithm, private_key)]
    [signature] = yield [Sign(algorithm, private_key, b"message")]
    return (yield [Verify(algorithm, public_key, text, signature) for text in (b"message", b"another")])


def _sealed_and_opened(depth: int, plaintext: bytes = b"plaintext") -> Chain[bytes]:
    text = plaintext
    for _ in range(depth):
        [text] = yield [Seal(KEY, NONCE, b"aad", text)]
    for _ in range(depth):
        [text] = yield [Open(KEY, NONCE, b"aad", text)]
    return text


def _recovering(wrong: Operation[Any], right: Operation[bytes]) -> Chain[tuple[type[VollyError], bytes]]:
    try:
        yield [wrong]
    except VollyError as error:
        [result] = yield [right]
        return type(error), result
    raise Mismatch("a wrong operation was not refused")


class _OwnError(Exception):
    """Raised by a chain itself."""


def _ending(operations: Sequence[Operation[Any]], ends: list[object]) -> Chain[None]:
    try:
        yield operations
        raise _OwnError
    finally:
        ends.append("closed")


def _in_steps(steps: Sequence[Sequence[Operation[Any]]]) -> Chain[list[list[Any]]]:
    answers = []
    for step in steps:
        answers.append((yield step))
    return answers


async def other_buffers_are_taken_for_bytes(engine: Engine) -> None:
    """Secrets may come in a bytearray, which can be overwritten."""
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
    chains_use_what_came_before,
    chains_run_side_by_side,
    chains_may_recover,
    chains_end_with_what_they_raise,
    chains_may_have_steps_of_many_or_none,
    other_buffers_are_taken_for_bytes,
    random_bytes_differ,
)
