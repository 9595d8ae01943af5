"""How long the cryptography takes in the page: each engine, one by one and in batches, against JavaScript libraries."""

from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Page

from volly_browser.tools.bench import peers
from volly_browser.tools.bench.figures import Figure, Measurement, Ratio, in_turns, ratio, share_of_limit
from volly_browser.tools.bench.laboratory import Laboratory, wait_until

LIBRARIES = ("noble", "mlkem")
BATCH = 64
"""Operations in a batch, and in the loop that times them one by one."""
FEW = 3
"""The same for the pure-Python engine, where each takes tens of milliseconds."""
SAMPLES = 5
"""Samples in a round."""
MESSAGE = 1024
"""Bytes of a message that is sealed."""

LIMITS = {"generate": 0.30, "encapsulate": 0.10}
"""Milliseconds an operation may take, batched, in the default engine."""
SEALING_LIMIT = 1.0
"""Microseconds a byte may take to seal."""

METHOD = f"""
Engines are called from Python, the libraries from JavaScript in the same page; every key is used once.  Single: one
call after the other.  Batched: {BATCH} operations in one call ({FEW} for the pure-Python engine).  Our engines keep
private keys as seeds, so each decapsulation begins by expanding one; the libraries are given the expanded key.
"""

_OPERATIONS = ("generate", "encapsulate", "decapsulate")
_ENGINES = ("webcrypto", "javascript", "python")
_PROGRAM = Path(__file__).parent / "in_page.py"

Samples = Callable[[], Sequence[float]]


def measure(laboratory: Laboratory, rounds: int) -> Measurement:
    """Time all engines and libraries in one page."""
    with laboratory.new_page() as page:
        page.goto(laboratory.url(peers.ENGINES_PAGE))
        wait_until(page, "globalThis.bench")
        page.evaluate("source => bench.load(source)", _PROGRAM.read_text())
        able = {name: page.evaluate("name => bench.call('prepare', name)", name) for name in _ENGINES}
        kem = in_turns(rounds, "ms", _kem_cases(page, [name for name in _ENGINES if able[name]["kem"]]))
        aead = in_turns(rounds, "us/B", _aead_cases(page, [name for name in _ENGINES if able[name]["aead"]]))
    missing = [name for name in _ENGINES if not able[name]["kem"]]
    return Measurement(
        "ML-KEM-768 and AES-256-GCM in the page",
        METHOD,
        tuple([*kem.values(), *aead.values()]),
        tuple([*_limits({**kem, **aead}), *_against_libraries(kem)]),
        tuple(f"This browser has no ML-KEM-768 in {name}." for name in missing),
    )


def _kem_cases(page: Page, engines: Sequence[str]) -> dict[str, Samples]:
    cases: dict[str, Samples] = {}
    for operation in _OPERATIONS:
        for engine in engines:
            cases[f"{operation}, {engine}, single"] = _calls(page, "time_kem", engine, operation, batched=False)
            cases[f"{operation}, {engine}, batched"] = _calls(page, "time_kem", engine, operation, batched=True)
        for library in LIBRARIES:
            cases[f"{operation}, {library} (npm)"] = _library(page, library, operation)
    return cases


def _aead_cases(page: Page, engines: Sequence[str]) -> dict[str, Samples]:
    kinds = {"single": False, "batched": True}
    return {
        f"seal {MESSAGE} B, {engine}, {kind}": _calls(page, "time_sealing", engine, MESSAGE, batched=batched)
        for engine in engines
        for kind, batched in kinds.items()
    }


def _calls(page: Page, function: str, engine: str, subject: str | int, *, batched: bool) -> Samples:
    slow = engine == "python"
    arguments = [function, engine, subject, FEW if slow else BATCH, batched]

    def take() -> list[float]:
        call = "arguments => bench.call(...arguments)"
        return [page.evaluate(call, arguments) for _ in range(1 if slow else SAMPLES)]

    return take


def _library(page: Page, library: str, operation: str) -> Samples:
    arguments = [library, operation, BATCH]

    def take() -> list[float]:
        return [page.evaluate("arguments => bench.timeLibrary(...arguments)", arguments) for _ in range(SAMPLES)]

    return take


def _limits(figures: dict[str, Figure]) -> list[Ratio]:
    limits = {f"{operation}, webcrypto, batched": limit for operation, limit in LIMITS.items()}
    limits[f"seal {MESSAGE} B, webcrypto, batched"] = SEALING_LIMIT
    return [
        share_of_limit(f"{name} / {limit} {figures[name].unit}", figures[name], limit)
        for name, limit in limits.items()
        if name in figures
    ]


def _against_libraries(kem: dict[str, Figure]) -> list[Ratio]:
    return [
        ratio(f"{operation}, {engine}, batched / {library}", ours, kem[f"{operation}, {library} (npm)"])
        for operation in _OPERATIONS
        for engine in _ENGINES[:2]
        for library in LIBRARIES
        if (ours := kem.get(f"{operation}, {engine}, batched"))
    ]
