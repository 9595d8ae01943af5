"""crypto-basics.json."""

from tests.vectors.runners.common import Case, expect, unhex, within
from tests.vectors.runners.shapes import HEX, TEXT, UINT16, UINT32, Record
from volly_browser.crypto.engine import Engine
from volly_browser.mls.labels import (
    HPKECiphertext,
    all_valid,
    decrypt_with_label,
    encrypt_with_label,
    sign_with_label,
    verifying,
)
from volly_browser.mls.suites import CipherSuite, suite_for

SHAPE = Record(
    cipher_suite=UINT16,
    ref_hash=Record(label=TEXT, value=HEX, out=HEX),
    expand_with_label=Record(secret=HEX, label=TEXT, context=HEX, length=UINT16, out=HEX),
    derive_secret=Record(secret=HEX, label=TEXT, out=HEX),
    derive_tree_secret=Record(secret=HEX, label=TEXT, generation=UINT32, length=UINT16, out=HEX),
    sign_with_label=Record(priv=HEX, pub=HEX, content=HEX, label=TEXT, signature=HEX),
    encrypt_with_label=Record(
        priv=HEX, pub=HEX, label=TEXT, context=HEX, plaintext=HEX, kem_output=HEX, ciphertext=HEX
    ),
)


async def run(engine: Engine, case: Case) -> None:
    """Each labelled function once."""
    suite = suite_for(case["cipher_suite"])
    _derivations(suite, case)
    with within("sign_with_label"):
        await _signatures(engine, suite, case["sign_with_label"])
    with within("encrypt_with_label"):
        await _encryption(engine, suite, case["encrypt_with_label"])


def _derivations(suite: CipherSuite, case: Case) -> None:
    ref_hash = case["ref_hash"]
    expect(
        suite.ref_hash(ref_hash["label"].encode(), bytes.fromhex(ref_hash["value"])),
        bytes.fromhex(ref_hash["out"]),
        "ref_hash.out",
    )
    expand = case["expand_with_label"]
    secret, context, out = unhex(expand, "secret", "context", "out")
    label = expand["label"].encode()
    expect(suite.expand_with_label(secret, label, context, expand["length"]), out, "expand_with_label.out")
    derive = case["derive_secret"]
    secret, out = unhex(derive, "secret", "out")
    expect(suite.derive_secret(secret, derive["label"].encode()), out, "derive_secret.out")
    tree = case["derive_tree_secret"]
    secret, out = unhex(tree, "secret", "out")
    derived = suite.derive_tree_secret(secret, tree["label"].encode(), tree["generation"], tree["length"])
    expect(derived, out, "derive_tree_secret.out")


async def _signatures(engine: Engine, suite: CipherSuite, case: Case) -> None:
    private_key, public_key, content, signature = unhex(case, "priv", "pub", "content", "signature")
    label = case["label"].encode()
    own = await sign_with_label(engine, suite, private_key, label, content)
    for what, candidate in (("signature", signature), ("our own signature", own)):
        valid = await all_valid(engine, [verifying(suite, public_key, label, content, candidate)])
        expect(valid, True, f"the validity of {what}")


async def _encryption(engine: Engine, suite: CipherSuite, case: Case) -> None:
    private_key, public_key, context, plaintext = unhex(case, "priv", "pub", "context", "plaintext")
    label = case["label"].encode()
    [own] = await encrypt_with_label(engine, suite, label, context, [(public_key, plaintext)])
    theirs = HPKECiphertext(*unhex(case, "kem_output", "ciphertext"))
    for what, sealed in (("plaintext", theirs), ("our own plaintext", own)):
        opened = await decrypt_with_label(engine, suite, private_key, label=label, context=context, sealed=sealed)
        expect(opened, plaintext, what)
