"""Makes our own vectors of MLS, for the suites of the four policies, in the formats of mls-implementations.

    python -m tests.vectors.generate

writes tests/vectors/volly/.  Everything that we choose comes from a seed.  What engines choose themselves, the
randomness of ML-KEM's encapsulations and of ML-DSA's signatures, does not, so that these files are written once and
kept; for cipher suite 1, where nothing of the kind is left, the same bytes come out again, and a test says so.
"""

import asyncio
import gzip
import hashlib
import json
from pathlib import Path

from tests.vectors.generating import groups, schedules, trees
from tests.vectors.generating.party import NOW, SeededEngine
from tests.vectors.runners.common import VECTORS, Case
from volly_browser.mls.suites import CLASSICAL, HYBRID, POST_QUANTUM, TRANSITION, CipherSuite

FOLDER = VECTORS / "volly"

SUITES = (CLASSICAL, TRANSITION, POST_QUANTUM, HYBRID)

MAKERS = {
    "crypto-basics": schedules.crypto_basics,
    "key-schedule": schedules.key_schedule,
    "message-protection": schedules.message_protection,
    "passive-client-handling-commit": groups.passive_client_handling_commit,
    "passive-client-random": groups.passive_client_random,
    "passive-client-welcome": groups.passive_client_welcome,
    "psk_secret": schedules.psk_secrets,
    "secret-tree": schedules.secret_tree,
    "transcript-hashes": schedules.transcript_hashes,
    "tree-validation": trees.tree_validation,
    "treekem": trees.treekem,
    "welcome": groups.welcome,
}
"""By the name of the file: what makes the cases of one suite."""


async def cases(name: str, suite: CipherSuite, now: float = NOW) -> list[Case]:
    """The cases of one kind for one suite.

    For peers, `suite` possibly has another DeriveKeyPair, and `now` is possibly later, so that no key package
    has expired.
    """
    seed = hashlib.sha256(f"Volly's vectors: {name}, suite {suite.id}".encode()).digest()
    return await MAKERS[name](SeededEngine(seed, now), suite)


async def contents(name: str) -> bytes:
    """The JSON of a file: all suites."""
    every = [case for suite in SUITES for case in await cases(name, suite)]
    return json.dumps(every, indent=1).encode() + b"\n"


def write(folder: Path) -> None:
    """All files, compressed: most of them are keys and signatures in hexadecimal digits."""
    folder.mkdir(exist_ok=True)
    for name in MAKERS:
        (folder / f"{name}.json.gz").write_bytes(gzip.compress(asyncio.run(contents(name)), mtime=0))


if __name__ == "__main__":
    write(FOLDER)
