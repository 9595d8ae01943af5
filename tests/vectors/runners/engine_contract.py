"""What every engine must do, in the page as on CPython: the promises of `volly_browser.crypto.engine`."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

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
    Operation,
    Seal,
    Sign,
    UnsupportedAlgorithm,
    Verify,
    run_one,
)
from volly_browser.crypto.programs import Execute, Program, ProgramError

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


async def programs_use_what_came_before(engine: Engine) -> None:
    """A step takes the results of those before it; what the program gives is in the order that it says."""
    for algorithm in engine.algorithms & SIGNATURES:
        private_key, public_key = await _key_pair(engine, algorithm)
        program = Program(f"""
            signature = sign {algorithm} private_key message
            valid = verify {algorithm} public_key message signature
            invalid = verify {algorithm} public_key other signature
            give invalid signature valid
        """)
        inputs = {"private_key": private_key, "public_key": public_key, "message": b"message", "other": b"another"}
        invalid, signature, valid = await run_one(engine, Execute(program, inputs))
        expect((invalid, valid), (False, True), f"{algorithm}: validity within a program")
        again = Verify(algorithm, public_key, b"message", signature)
        expect(await run_one(engine, again), True, f"{algorithm}: validity of what a program gave")


async def programs_seal_and_open(engine: Engine) -> None:
    """The result of each way to name bytes, opened and sealed within a program."""
    if Algorithm.AES_GCM not in engine.algorithms:
        return
    long = bytes(300)
    vectors = b"\x03one" + b"\x41\x2c" + long + b"\x80\x00\x00\x03two" + b"\x00"
    inputs = {"key": KEY, "nonce": NONCE, "all": vectors, "empty": b"", "long": long, "hole": bytes(20000)}
    fields = {
        "all": vectors,
        "all+0x00ff+empty+all": vectors + b"\x00\xff" + vectors,
        "all[1:4]": b"one",
        "all[1:4]+all[0:1]": b"one\x03",
        "empty[1:4]": b"",
        "all[4:99999]": vectors[4:],
        "all{1}": vectors[:4],
        "all{3}": vectors[:-1],
        "all{4}": vectors,
        "all.0": b"one",
        "all.1": long,
        "all.2": b"two",
        "all.3": b"",
        "<empty>": b"\x00",
        "<long>": b"\x41\x2c" + long,
        "<hole>": b"\x80\x00\x4e\x20" + bytes(20000),
        "<long>+all.0": b"\x41\x2c" + long + b"one",
    }
    for field, expected in fields.items():
        program = Program(f"""
            sealed = seal AES-GCM key nonce empty {field}
            opened = open AES-GCM key nonce empty sealed
            unused = join - all+long+hole+empty
            give opened sealed
        """)
        opened, sealed = await run_one(engine, Execute(program, inputs))
        expect(opened, expected, f"what {field} is")
        expect(await run_one(engine, Open(KEY, NONCE, b"", sealed)), expected, f"what was sealed of {field}")


async def programs_compute(engine: Engine) -> None:
    """HMAC (RFC 4231, test case 2, and hashlib), XOR, and joining."""
    for hash_name in ("sha256", "sha384", "sha512"):
        program = Program(f"""
            tag = mac {hash_name} key one+two
            other = mac {hash_name} tag[0:5] <one>
            mixed = xor - one 0x00010203+two[0:1]
            whole = join - one
            give mixed other tag whole
        """)
        inputs = {"key": b"Jefe", "one": b"what ", "two": b"do ya want for nothing?"}
        mixed, other, tag, whole = await run_one(engine, Execute(program, inputs))
        expect(tag, hmac.digest(b"Jefe", b"what do ya want for nothing?", hash_name), f"the HMAC with {hash_name}")
        expect(other, hmac.digest(tag[:5], b"\x05what ", hash_name), f"the next HMAC with {hash_name}")
        expect((mixed, whole), (b"wicwD", b"what "), "XOR and the whole")
        if hash_name == "sha256":
            expect(tag.hex(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "the published HMAC")


async def programs_end_where_something_is_not_there(engine: Engine) -> None:
    """Neither an error nor a result: what comes before is given, and None for the rest."""
    ends = {
        "expect - input other": (b"same", b"other"),
        "expect - input other[0:4]": (b"same", b"sam"),
        "xor - input other": (b"four", b"three"),
        "join - input{2}": (b"\x03one", b""),
        "join - input.1": (b"\x03one", b""),
        "join - other+input.0": (b"", b""),
        "join - other+input{1} ": (b"\x04one", b""),
        "join - input.0": (b"\x41", b""),
        "join - input{1}": (b"\xc0\x00\x00\x00\x00\x00\x00\x00", b""),
        "join -  input.0+other": (b"\xbf\xff\xff\xff", b""),
    }
    for step, (one, other) in ends.items():
        program = Program(f"""
            before = join - input+other
            end = {step}
            after = mac sha256 input before
            give after before end
        """)
        given = await run_one(engine, Execute(program, {"input": one, "other": other}))
        expect(given, (None, one + other, None), f"what is given when {step} fails")
    same = Program("same = expect - input other\n after = join - input\n give same after")
    given = await run_one(engine, Execute(same, {"input": b"same", "other": b"same"}))
    expect(given, (b"", b"same"), "what is given when expect does not fail")


async def programs_fail_as_their_operations_do(engine: Engine) -> None:
    """With the same types, whatever stands before and after, and only for the one that asked for it."""
    algorithm = min(engine.algorithms & SIGNATURES, default=None)
    if algorithm is None:
        return
    private_key, public_key = await _key_pair(engine, algorithm)
    step = f"""
        signature = sign {algorithm} private_key message
        valid = verify {algorithm} public_key message signature
    """
    inputs = {"private_key": private_key, "public_key": public_key, "message": b""}
    fine = Execute(Program(f"{step} give valid"), inputs)
    if Algorithm.AES_GCM in engine.algorithms:
        program = Program(f"{step} text = open AES-GCM key nonce message sealed\n give valid text")
        for length in (0, 15, 16, 100):
            wrong = Execute(program, inputs | {"key": KEY, "nonce": NONCE, "sealed": bytes(length)})
            await expect_refusal(engine, wrong, DecryptionFailed)
        sealing = Program("sealed = seal AES-GCM key nonce text text\n give sealed")
        for lengths in ((15, 12), (24, 12), (33, 12), (0, 12), (16, 11), (32, 13), (32, 0)):
            key, nonce = map(bytes, lengths)
            wrong = Execute(sealing, {"key": key, "nonce": nonce, "text": b""})
            await expect_refusal(engine, wrong, InvalidKey)
            opening = Execute(program, inputs | {"key": key, "nonce": nonce, "sealed": bytes(16)})
            await expect_refusal(engine, opening, InvalidKey)
    for length in (0, 31, 33):
        await expect_refusal(
            engine, Execute(Program(f"{step} give valid"), inputs | {"private_key": bytes(length)}), InvalidKey
        )
    for name in SIGNATURES - engine.algorithms:
        foreign = Program(f"signature = sign {name} private_key message\n give signature")
        await expect_refusal(engine, Execute(foreign, {"private_key": KEY, "message": b""}), UnsupportedAlgorithm)
    malformed = Program(f"valid = verify {algorithm} public_key message message\n give valid")
    expect(
        await run_one(engine, Execute(malformed, {"public_key": b"short", "message": b""})), (False,), "a malformed key"
    )
    expect(await run_one(engine, fine), (True,), "what comes after failures")


async def programs_run_in_batches(engine: Engine) -> None:
    """Among operations, and among each other."""
    algorithm = min(engine.algorithms & SIGNATURES, default=None)
    if algorithm is None:
        return
    private_key, public_key = await _key_pair(engine, algorithm)
    program = Program("mac = mac sha256 key text\n give mac mac")
    derive = DerivePublicKey(algorithm, private_key)
    batch: list[Operation[Any]] = [derive]
    for number in range(5):
        batch += [Execute(program, {"text": bytes([number]), "key": KEY}), derive]
    macs = [hmac.digest(KEY, bytes([number]), "sha256") for number in range(5)]
    expect(await engine.run(batch), [public_key, *[item for mac in macs for item in ((mac, mac), public_key)]], "all")


async def wrong_inputs_are_refused(engine: Engine) -> None:
    """One too few, one too many, or one of another name."""
    program = Program("mac = mac sha256 key text\n give mac")
    for names in (["key"], ["key", "text", "more"], ["key", "message"], []):
        await expect_refusal(engine, Execute(program, dict.fromkeys(names, b"")), ProgramError)


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
    programs_use_what_came_before,
    programs_seal_and_open,
    programs_compute,
    programs_end_where_something_is_not_there,
    programs_fail_as_their_operations_do,
    programs_run_in_batches,
    wrong_inputs_are_refused,
    other_buffers_are_taken_for_bytes,
    random_bytes_differ,
)
