"""Runs inside the page, never here: times our engines the way a room uses them, from Python.

Times are taken over many operations at once, because the page's clock moves in steps of a tenth of a millisecond.
"""

import asyncio
import json
import os
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from volly_browser.bridge import ready_queue
from volly_browser.bridge.engines import load_batch_module
from volly_browser.crypto.batch import BatchEngine
from volly_browser.crypto.engine import (
    Algorithm,
    Decapsulate,
    DerivePublicKey,
    Encapsulate,
    Engine,
    Operation,
    Seal,
    run_one,
)
from volly_browser.crypto.python import PythonEngine

_KEM = Algorithm.ML_KEM_768
_engines: dict[str, Engine] = {"python": PythonEngine()}

ready_queue.install(asyncio.get_event_loop())  # as the site's own pages do


async def prepare(engine_name: str) -> str:
    """Load the engine; return whether it has ML-KEM-768 and AES-GCM here."""
    if engine_name not in _engines:
        _engines[engine_name] = BatchEngine(engine_name, await load_batch_module(engine_name))
    algorithms = _engines[engine_name].algorithms
    return json.dumps({"kem": _KEM in algorithms, "aead": Algorithm.AES_GCM in algorithms})


async def time_kem(engine_name: str, name: str, count: int, batched: bool) -> str:
    """Return the milliseconds of one `generate`, `encapsulate` or `decapsulate`, over `count` different keys."""
    engine = _engines[engine_name]
    operations = await _kem_operations(engine, name, count)
    return json.dumps(await _seconds(engine, operations, batched) * 1e3 / count)


async def time_sealing(engine_name: str, length: int, count: int, batched: bool) -> str:
    """Return the microseconds per byte of AES-256-GCM, over `count` messages of this length."""
    engine = _engines[engine_name]
    operations = [Seal(os.urandom(32), os.urandom(12), b"", os.urandom(length)) for _ in range(count)]
    return json.dumps(await _seconds(engine, operations, batched) * 1e6 / (count * length))


async def _kem_operations(engine: Engine, name: str, count: int) -> Sequence[Operation[Any]]:
    seeds = [os.urandom(64) for _ in range(count)]
    generate = [DerivePublicKey(_KEM, seed) for seed in seeds]
    if name == "generate":
        return generate
    encapsulate = [Encapsulate(_KEM, public_key) for public_key in await engine.run(generate)]
    if name == "encapsulate":
        return encapsulate
    answers = await engine.run(encapsulate)
    return [Decapsulate(_KEM, seed, answer.ciphertext) for seed, answer in zip(seeds, answers, strict=True)]


async def _seconds(engine: Engine, operations: Sequence[Operation[Any]], batched: bool) -> float:
    start = perf_counter()
    if batched:
        await engine.run(operations)
    else:
        for operation in operations:
            await run_one(engine, operation)
    return perf_counter() - start
