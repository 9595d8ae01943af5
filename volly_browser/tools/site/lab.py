"""The folder of the lab: PyScript, micropip, and the whole standard library, which only lab.html loads."""

import json
import shutil
from pathlib import Path

from volly_browser.tools.node import Node
from volly_browser.tools.site import archives, compression, engine, packages, stdlib
from volly_browser.tools.site.compiler import Compiler
from volly_browser.tools.site.packages import Package

_UNUSED = (".map",)
_LOADER = "pyodide.mjs"


def build(site: Path, node: Node, compiler: Compiler, everything: list[Package], engine_folder: Path) -> Path:
    """Build the folder inside the site; its name has the hash of all its content.  Returns its path."""
    folder = site / "lab"
    folder.mkdir()
    for path in sorted((node.package("@pyscript/core") / "dist").iterdir()):
        if path.is_file() and path.suffix not in _UNUSED:
            shutil.copyfile(path, folder / path.name)
    archives.write(folder / engine.STANDARD_LIBRARY, stdlib.compiled(compiler))
    for package in everything:
        packages.write_wheel(folder, package, compiler)
    packages.write_lock(folder / engine.LOCK, everything, compiler, folder)
    (folder / _LOADER).write_text(_loader(f"/{engine_folder.name}/"))
    compression.compress_files(folder, compression.QUICK)
    return folder.rename(site / f"lab-{engine.hash_of(folder)}")


def _loader(engine_address: str) -> str:
    """Make the one address that PyScript takes for all of Pyodide lead to the large files in the engine's folder."""
    address = json.dumps(engine_address)
    return f"""\
import {{ loadPyodide as load, version }} from {json.dumps(engine_address + "pyodide.mjs")};
const here = new URL(".", import.meta.url).href;
const loadPyodide = (options = {{}}) => load({{
  ...options,
  indexURL: new URL({address}, here).href,
  stdLibURL: here + "{engine.STANDARD_LIBRARY}",
  lockFileURL: here + "{engine.LOCK}",
}});
export {{ loadPyodide, version }};
"""
