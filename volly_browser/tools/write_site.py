"""`build.py site`: the static site in a folder, for any web host."""

import argparse
from pathlib import Path
from urllib.parse import urlsplit

from volly_browser.tools.console import SetupError
from volly_browser.tools.environment import PROJECT
from volly_browser.tools.site import build


def run(options: argparse.Namespace) -> int:
    """Build and copy the site; print its path and how large it is on its way to a browser."""
    if options.livekit is not None and not _is_livekit_url(options.livekit):
        raise SetupError(f"--livekit must look like wss://livekit.example.org, not {options.livekit!r}.")
    target = PROJECT / options.out
    site = build.build(options.livekit)
    build.publish(site, target)
    print(f"The site is in {_short(target)}: {_size(target, '')} to keep, {_size(target, '.br')} with Brotli.")
    if options.livekit is None:
        print("Its pages may only connect to their own origin. For LiveKit elsewhere, build with --livekit wss://...")
    return 0


def _is_livekit_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"ws", "wss"} and bool(parts.hostname) and parts.path in {"", "/"}


def _size(folder: Path, suffix: str) -> str:
    paths = [path for path in folder.rglob(f"*{suffix}") if path.is_file()]
    return f"{sum(path.stat().st_size for path in paths) / 1e6:.1f} MB"


def _short(path: Path) -> str:
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)
