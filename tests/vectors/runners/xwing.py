"""X-Wing: the three vectors of the draft.

`eseed` is not used, since no engine encapsulates with given randomness.
"""

from tests.vectors.runners.common import Case, expect, unhex
from tests.vectors.runners.shapes import HEX, Record
from volly_browser.crypto.engine import Algorithm, Decapsulate, DerivePublicKey, Encapsulate, Engine, run_one

ALGORITHM = Algorithm.X_WING
SHAPE = Record(seed=HEX, sk=HEX, pk=HEX, ct=HEX, ss=HEX)


async def run(engine: Engine, case: Case) -> None:
    """The public key of the seed, the secret of the ciphertext, and a fresh encapsulation."""
    seed, pk, ct, ss = unhex(case, "seed", "pk", "ct", "ss")
    expect(case["sk"], case["seed"], "sk")
    expect(await run_one(engine, DerivePublicKey(ALGORITHM, seed)), pk, "pk")
    expect(await run_one(engine, Decapsulate(ALGORITHM, seed, ct)), ss, "ss")
    fresh = await run_one(engine, Encapsulate(ALGORITHM, pk))
    opened = await run_one(engine, Decapsulate(ALGORITHM, seed, fresh.ciphertext))
    expect(opened, fresh.shared_secret, "the fresh shared secret")
