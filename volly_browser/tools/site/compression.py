"""Brotli and gzip beside every file that gains by it; what was packed once comes from the cache."""

import gzip
import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli

from volly_browser.tools import cache
from volly_browser.tools.console import Stage

SUFFIXES = (".br", ".gz")
BEST, QUICK = 11, 9
"""Brotli's quality: the best takes 3 s for every MB, a tenth more bytes a thirtieth of that."""

_KEPT = 30 * 24 * 3600.0
"""Seconds for which a packed file stays in the cache unused."""


def compress_files(folder: Path, quality: int = BEST) -> None:
    """Write `<name>.br` and `<name>.gz` beside every file of the folder, where smaller than the file itself."""
    store = cache.root() / "compressed"
    store.mkdir(exist_ok=True)
    paths = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix not in SUFFIXES)
    with Stage("Compressing") as stage, ThreadPoolExecutor() as pool:
        for number, path in enumerate(pool.map(lambda path: _compress(path, store, quality), paths), start=1):
            stage.detail(f"{number} of {len(paths)}, {path.name}")
    _forget_unused(store)


def _compress(path: Path, store: Path, quality: int) -> Path:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    brotli_packed = _cached(
        store / f"{digest}.{quality}.br", lambda: brotli.compress(content, quality=quality, lgwin=24)
    )
    gzip_packed = _cached(store / f"{digest}.gz", lambda: gzip.compress(content, mtime=0))
    for suffix, packed in zip(SUFFIXES, (brotli_packed, gzip_packed), strict=True):
        if len(packed) < len(content):
            path.with_name(path.name + suffix).write_bytes(packed)
    return path


def _cached(entry: Path, pack: Callable[[], bytes]) -> bytes:
    if entry.exists():
        entry.touch()
        return entry.read_bytes()
    packed = pack()
    half_made = entry.with_name(f".{entry.name}.{time.monotonic_ns()}")
    half_made.write_bytes(packed)
    half_made.replace(entry)
    return packed


def _forget_unused(store: Path) -> None:
    for entry in store.iterdir():
        if time.time() - entry.stat().st_mtime > _KEPT:
            entry.unlink(missing_ok=True)
