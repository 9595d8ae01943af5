"""Every kind of vectors that there is a runner for: what its cases look like, and what they need of an engine."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.vectors.runners import (
    hpke,
    mlkem,
    mls_crypto_basics,
    mls_deserialization,
    mls_key_schedule,
    mls_message_protection,
    mls_messages,
    mls_passive_client,
    mls_psk_secret,
    mls_secret_tree,
    mls_transcript_hashes,
    mls_tree_math,
    mls_tree_operations,
    mls_tree_validation,
    mls_treekem,
    mls_welcome,
    wycheproof,
    xwing,
)
from tests.vectors.runners.common import Case, Skipped
from tests.vectors.runners.shapes import Record
from volly_browser.crypto.engine import Algorithm, Engine
from volly_browser.mls.suites import SUITES, CipherSuite

Run = Callable[[Engine, Case], Awaitable[None]]
Needs = Callable[[Case], frozenset[Algorithm]]


@dataclass(frozen=True)
class Kind:
    """A kind of vectors.

    Attributes:
        name: for MLS, what the file is called.
        shape: the fields of a case.
        run: the runner.
        needs: the algorithms that an engine must have for a case; raises Skipped for a suite that Volly lacks.
    """

    name: str
    shape: Record
    run: Run
    needs: Needs


def _always(*algorithms: Algorithm) -> Needs:
    return lambda _case: frozenset(algorithms)


def _of_suite(choose: Callable[[CipherSuite], set[Algorithm]]) -> Needs:
    def needs(case: Case) -> frozenset[Algorithm]:
        suite = SUITES.get(case["cipher_suite"])
        if suite is None:
            raise Skipped(f"suite {case['cipher_suite']}")
        return frozenset(choose(suite))

    return needs


_nothing = _of_suite(lambda _suite: set())
_kem = _of_suite(lambda suite: {suite.kem.algorithm})
_signature = _of_suite(lambda suite: {suite.signature})
_protection = _of_suite(lambda suite: {suite.signature, Algorithm.AES_GCM})
_everything = _of_suite(lambda suite: {suite.kem.algorithm, suite.signature, Algorithm.AES_GCM})

MLS = (
    Kind("crypto-basics", mls_crypto_basics.SHAPE, mls_crypto_basics.run, _everything),
    Kind("deserialization", mls_deserialization.SHAPE, mls_deserialization.run, _always()),
    Kind("key-schedule", mls_key_schedule.SHAPE, mls_key_schedule.run, _kem),
    Kind("message-protection", mls_message_protection.SHAPE, mls_message_protection.run, _protection),
    Kind("messages", mls_messages.SHAPE, mls_messages.run, _always()),
    Kind("passive-client", mls_passive_client.SHAPE, mls_passive_client.run, _everything),
    Kind("psk_secret", mls_psk_secret.SHAPE, mls_psk_secret.run, _nothing),
    Kind("secret-tree", mls_secret_tree.SHAPE, mls_secret_tree.run, _nothing),
    Kind("transcript-hashes", mls_transcript_hashes.SHAPE, mls_transcript_hashes.run, _nothing),
    Kind("tree-math", mls_tree_math.SHAPE, mls_tree_math.run, _always()),
    Kind("tree-operations", mls_tree_operations.SHAPE, mls_tree_operations.run, _nothing),
    Kind("tree-validation", mls_tree_validation.SHAPE, mls_tree_validation.run, _signature),
    Kind("treekem", mls_treekem.SHAPE, mls_treekem.run, _everything),
    Kind("welcome", mls_welcome.SHAPE, mls_welcome.run, _everything),
)
"""Files of mls-implementations, a list of cases each; `passive-client` is what three of them hold."""

HPKE = Kind("hpke", hpke.SHAPE, hpke.run, hpke.algorithms)
X_WING = Kind("xwing", xwing.SHAPE, xwing.run, _always(Algorithm.X_WING))
LISTS = (*MLS, HPKE, X_WING)
"""Every kind whose file is a list of cases."""

UNREDUCED = Kind("CCTV modulus", mlkem.UNREDUCED, mlkem.run_unreduced, _always(Algorithm.ML_KEM_768))
STRCMP = Kind("CCTV strcmp", mlkem.STRCMP, mlkem.run_strcmp, _always(Algorithm.ML_KEM_768))


def _for_group(field: str, *own: str, algorithm: Algorithm | None = None) -> Needs:
    """For a group of Wycheproof's that is only ours if this field has one of these values."""

    def needs(case: Case) -> frozenset[Algorithm]:
        key = case.get("publicKey")
        value = key.get(field) if isinstance(key, dict) else case.get(field)
        if value not in own:
            raise Skipped(str(value))
        return frozenset({algorithm} if algorithm else ())

    return needs


_aes_gcm = _for_group("algorithm", "AES-GCM", algorithm=Algorithm.AES_GCM)
_x25519 = _for_group("curve", "curve25519", algorithm=Algorithm.X25519)
_ed25519 = _for_group("curve", "edwards25519", algorithm=Algorithm.ED25519)
_ml_dsa = _for_group("algorithm", "ML-DSA-65", algorithm=Algorithm.ML_DSA_65)
_ml_kem = _for_group("parameterSet", "ML-KEM-768", algorithm=Algorithm.ML_KEM_768)
_hkdf = _for_group("algorithm", *wycheproof.HKDF_HASHES)

WYCHEPROOF = {
    "AeadTest": Kind("AES-GCM", wycheproof.AES_GCM, wycheproof.run_aes_gcm, _aes_gcm),
    "EddsaVerify": Kind("Ed25519", wycheproof.ED25519, wycheproof.run_ed25519, _ed25519),
    "HkdfTest": Kind("HKDF", wycheproof.HKDF, wycheproof.run_hkdf, _hkdf),
    "MLKEMDecapsValidationTest": Kind(
        "ML-KEM decapsulation", wycheproof.ML_KEM_EXPANDED, wycheproof.run_ml_kem_expanded, _ml_kem
    ),
    "MLKEMEncapsTest": Kind(
        "ML-KEM encapsulation", wycheproof.ML_KEM_ENCAPSULATE, wycheproof.run_ml_kem_encapsulate, _ml_kem
    ),
    "MLKEMKeyGen": Kind("ML-KEM keys", wycheproof.ML_KEM_KEY, wycheproof.run_ml_kem_key, _ml_kem),
    "MLKEMTest": Kind("ML-KEM", wycheproof.ML_KEM, wycheproof.run_ml_kem, _ml_kem),
    "MlDsaSign": Kind("ML-DSA signing", wycheproof.ML_DSA_SIGN, wycheproof.run_ml_dsa_65_sign, _ml_dsa),
    "MlDsaVerify": Kind("ML-DSA", wycheproof.ML_DSA_VERIFY, wycheproof.run_ml_dsa_65, _ml_dsa),
    **dict.fromkeys(
        ("XdhAsnComp", "XdhComp", "XdhJwkComp", "XdhPemComp"),
        Kind("X25519", wycheproof.X25519, wycheproof.run_x25519, _x25519),
    ),
}
"""By the `type` of a group."""
