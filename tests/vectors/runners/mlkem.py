"""ML-KEM-768 by CCTV (C2SP): unreduced keys, and a ciphertext that a careless comparison would accept."""

from tests.vectors.runners.common import Case, Mismatch, Skipped, expect, expect_refusal, unhex
from tests.vectors.runners.shapes import HEX, Record
from volly_browser.crypto.engine import Algorithm, Encapsulate, Engine, InvalidKey
from volly_browser.crypto.python import PythonEngine
from volly_browser.crypto.selection import EngineSet

ALGORITHM = Algorithm.ML_KEM_768

UNREDUCED = Record(ek=HEX)
STRCMP = Record(dk=HEX, c=HEX, K=HEX)

PARAMETER_SETS = {800: "ML-KEM-512", 1184: "ML-KEM-768", 1568: "ML-KEM-1024"}
"""By the length of the encapsulation key."""


async def run_unreduced(engine: Engine, case: Case) -> None:
    """The check of the encapsulation key (FIPS 203, section 7.2), also if the key is a half of X-Wing's."""
    [ek] = unhex(case, "ek")
    if len(ek) != 1184:
        raise Skipped(PARAMETER_SETS.get(len(ek), "a parameter set that FIPS 203 has not"))
    await expect_refusal(engine, Encapsulate(ALGORITHM, ek), InvalidKey)
    if Algorithm.X_WING in engine.algorithms:
        pk_x = (9).to_bytes(32, "little")
        await expect_refusal(engine, Encapsulate(Algorithm.X_WING, ek + pk_x), InvalidKey)


async def run_strcmp(engine: Engine, case: Case) -> None:
    """Implicit rejection of a ciphertext that a comparison stopping at a zero byte would accept.

    The private key is expanded, which engines do not take, so this is for the library under the `python` engine.
    """
    dk, ciphertext, shared_secret = unhex(case, "dk", "c", "K")
    if len(dk) != 2400:
        raise Skipped("a parameter set other than ML-KEM-768")
    chosen = engine.chosen[ALGORITHM] if isinstance(engine, EngineSet) else engine
    if not isinstance(chosen, PythonEngine):
        raise Skipped("private key without its seed")
    from kyber_py.ml_kem import ML_KEM_768

    try:
        decapsulated = ML_KEM_768.decaps(dk, ciphertext)
    except ValueError as error:
        raise Mismatch(f"dk and c: {error}") from error
    expect(decapsulated, shared_secret, "K")
