"""Folders in the user's cache that are made once and never seen half made."""

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_COMPLETE = ".complete"


def root() -> Path:
    """`$XDG_CACHE_HOME/volly`, or `~/.cache/volly`; created if missing."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "volly"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def key(*parts: str | bytes | Path) -> str:
    """Sixteen hexadecimal digits over all parts; a Path stands for the content of that file."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:16]


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The cache folder of this name, filled by `make` the first time.

    If `make` is interrupted (by an error, Ctrl-C, a power cut), the folder lacks its mark and is made again.
    Of two programs at once the second waits for the first.
    """
    folder = root() / name
    mark = folder / _COMPLETE
    if not mark.exists():
        with _locked(name):
            if not mark.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                mark.touch()
    os.utime(mark)
    return folder


def program(name: str, make: Callable[[Path], Path]) -> Path:
    """Return the program `bin/<name>` of the cache; `make` builds it in the folder it is given and returns its path."""
    target = root() / "bin" / name
    if not target.exists():
        with _locked(name):
            if not target.exists():
                target.parent.mkdir(exist_ok=True)
                with tempfile.TemporaryDirectory(dir=root()) as folder:
                    make(Path(folder)).replace(target)
    return target


def forget(prefix: str, *, keep: int, older_than: float) -> None:
    """Remove folders `prefix-*` unused for `older_than` seconds, but never the `keep` last used."""
    marks = sorted(root().glob(f"{prefix}-*/{_COMPLETE}"), key=lambda mark: mark.stat().st_mtime, reverse=True)
    for mark in marks[keep:]:
        if time.time() - mark.stat().st_mtime > older_than:
            discard(mark.parent)


def discard(folder: Path) -> None:
    """Remove a folder that `once` made; it counts as half made from the first moment on."""
    (folder / _COMPLETE).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(name: str) -> Iterator[None]:
    locks = root() / "locks"
    locks.mkdir(exist_ok=True)
    with (locks / name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Waiting for another build.py that prepares {name}", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
