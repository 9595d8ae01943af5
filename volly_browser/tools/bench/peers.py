"""The peers, put into a copy of the site: stock Pyodide, the JavaScript libraries, and the pages that use them.

ts-mls comes with the lock file of the interoperability tests.
"""

import hashlib
import shutil
from pathlib import Path

from tests.interop import drivers
from volly_browser.tools import node as npm
from volly_browser.tools.node import Node
from volly_browser.tools.site import compression, engine, scripts

STOCK_PAGE = "bench-stock.html"
"""A page that starts Pyodide as its documentation says."""

ENGINES_PAGE = "bench-engines.html"
"""A page with our Python, which holds our engines, and the JavaScript libraries beside it."""

GROUPS_PAGE = "bench-groups.html"
"""A page with our Python and ts-mls."""

_PAGES = Path(__file__).parent / "pages"
_STOCK_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")


def add_to(site: Path, node: Node) -> None:
    """Add all peers to the site, compressed as the site is."""
    stock = _add_stock_pyodide(site, node)
    _add_page(site, node, STOCK_PAGE, "stock.mjs", {"pyodide": stock})
    _add_page(site, node, ENGINES_PAGE, "engines.mjs", {})
    _add_page(site, node, GROUPS_PAGE, "groups.mjs", {}, npm.prepare(drivers.TS_MLS).modules)
    compression.compress_files(site)
    compression.compress_files(site / "assets")


def _add_stock_pyodide(site: Path, node: Node) -> str:
    """Add the five files of the npm package in a folder named like the site's, so that both are cached equally long."""
    folder = site / "stock"
    folder.mkdir()
    for name in _STOCK_FILES:
        shutil.copyfile(node.package("pyodide") / name, folder / name)
    compression.compress_files(folder)
    return f"/{folder.rename(site / f'pyodide-{engine.hash_of(folder)}').name}/"


def _add_page(site: Path, node: Node, name: str, script: str, attributes: dict[str, str], *more: Path) -> None:
    content = scripts.bundle(node, _PAGES / script, *more)
    address = f"/assets/bench-{hashlib.sha256(content).hexdigest()[:12]}.mjs"
    (site / address.removeprefix("/")).write_bytes(content)
    data = "".join(f' data-{key}="{value}"' for key, value in attributes.items())
    page = f'<!doctype html><html lang="en"{data}><meta charset="utf-8"><title>Bench</title>'
    (site / name).write_text(f'{page}<script type="module" src="{address}"></script></html>\n')
