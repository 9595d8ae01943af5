"""The engines of this platform, best first."""

import sys
from functools import partial

from volly_browser.crypto.engine import Engine
from volly_browser.crypto.python import PythonEngine
from volly_browser.crypto.selection import Loader


def engine_loaders() -> dict[str, Loader]:
    """Return the loader of each engine, by its name."""
    if sys.platform == "emscripten":
        return {
            "webcrypto": partial(_load_from_page, "webcrypto"),
            "javascript": partial(_load_from_page, "javascript"),
            "python": load_python,
        }
    return {"native": load_native, "python": load_python}


async def load_python() -> Engine:
    """Load the engine that works everywhere; its libraries are imported when it is first used."""
    return PythonEngine()


async def load_native() -> Engine:
    """Load the engine of CPython."""
    from volly_browser.crypto.native import NativeEngine  # noqa: PLC0415 - pyca/cryptography is not in the page

    return NativeEngine()


async def _load_from_page(name: str) -> Engine:
    from volly_browser.bridge.engines import load_batch_module  # noqa: PLC0415 - only the page has it
    from volly_browser.crypto.batch import BatchEngine  # noqa: PLC0415

    return BatchEngine(name, await load_batch_module(name))
