"""The site from its sources, in the order in which the parts need each other."""

import json
import shutil
import time
from pathlib import Path

from volly_browser.tools import cache, node
from volly_browser.tools.console import SetupError
from volly_browser.tools.site import compression, engine, hosting, lab, licenses, packages, pages, scripts, sources
from volly_browser.tools.site.compiler import Compiler

FACADE = "volly.mjs"
_ATTEMPTS = 5
"""How often a build starts again because the sources changed meanwhile."""


def build(livekit_url: str | None = None) -> Path:
    """Return the folder of the finished site in the cache; build it only if an input changed.

    Args:
        livekit_url: for sites that other hosts will serve: the LiveKit server that pages connect to (ws or wss).

    Raises:
        SetupError: a source is missing or broken, or a tool failed.
    """
    options = livekit_url or ""
    for _ in range(_ATTEMPTS):
        fingerprint = sources.fingerprint(options)
        try:
            folder = cache.once(f"site-{fingerprint}", lambda folder: _build(folder / "dist", livekit_url))
        except SetupError:
            if sources.fingerprint(options) == fingerprint:
                raise
            continue  # the sources were edited while they were read
        if sources.fingerprint(options) == fingerprint:
            _tidy()
            return folder / "dist"
        cache.discard(folder)
    raise SetupError("The sources change faster than the site can be built: leave them alone for a minute.")


def _tidy() -> None:
    for prefix, keep, days in (("site", 4, 1), ("compiled", 20, 30), ("read", 5, 30)):
        cache.forget(prefix, keep=keep, older_than=days * 24 * 3600.0)


def _build(site: Path, livekit_url: str | None) -> None:
    site.mkdir()
    tools = node.prepare()
    compiler = Compiler(tools)
    collected = packages.collect()
    shipped = [package for package in collected if package.name != packages.LAB_ONLY]
    engine_folder = engine.build(site, tools, compiler, shipped)
    lab_folder = lab.build(site, tools, compiler, collected, engine_folder)
    _write_pages(site, tools, engine_folder, lab_folder, livekit_url)
    (site / "licenses.txt").write_text(licenses.collect(tools, collected))
    for folder in (site, site / "assets"):
        compression.compress_files(folder)
    hosting.write(site, livekit_url)


def _write_pages(site: Path, tools: node.Node, engine_folder: Path, lab_folder: Path, livekit_url: str | None) -> None:
    address = f"/{engine_folder.name}/"
    boot = json.loads((engine_folder / engine.BOOT).read_text())
    config = {"tokenUrl": "/token", "signalingUrl": livekit_url, "wasmCryptoUrl": address, "engines": {}, "boot": boot}
    (site / "config.json").write_text(json.dumps(config, indent=1))
    (site / FACADE).write_bytes(scripts.bundle(tools, sources.WEB / "api" / FACADE))
    values = {
        "config": pages.data_block(config),
        "pyodide": address,
        "lab": f"/{lab_folder.name}/",
        "preload": pages.preload_links(address, boot["files"]),
    }
    assets = pages.Assets(tools, sources.WEB, site)
    for template in sorted(sources.WEB.glob("*.html")):
        (site / template.name).write_text(pages.fill(template.read_text(), assets, values))


def publish(site: Path, target: Path) -> None:
    """Replace the target folder by a copy of the site; a half-made copy is never seen there."""
    fresh = target.with_name(f".{target.name}.{time.monotonic_ns()}")
    shutil.copytree(site, fresh)
    if target.exists():
        shutil.rmtree(target)
    fresh.rename(target)
