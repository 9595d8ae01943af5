"""The folder that `wasmCryptoUrl` names: Pyodide, the standard library, the wheels, the JavaScript engines."""

import hashlib
import json
import shutil
from pathlib import Path

import volly_browser
from volly_browser.tools.node import Node
from volly_browser.tools.site import archives, compression, packages, scripts, sources, stdlib
from volly_browser.tools.site.compiler import Compiler
from volly_browser.tools.site.packages import Package

STANDARD_LIBRARY = "python_stdlib.zip"
LOCK = "pyodide-lock.json"
BOOT = "boot.json"
_PYODIDE_FILES = ("pyodide.asm.wasm", "pyodide.asm.mjs", "pyodide.mjs")

_LAZY = {
    "noble": "engines/noble.mjs",  # if the browser lacks the algorithms
    "formatting": "text/formatting.mjs",  # as soon as there is a message
    "highlighting": "text/highlighting.mjs",  # as soon as there is a program in one
    "scrypt": "devices/scrypt.mjs",  # as soon as a passphrase is given
    "shortcodes": "text/shortcodes.mjs",  # as soon as the user types one
}
"""What pages load later, if they need it."""

_MODULES = {"livekit": "livekit.mjs", "webcrypto": "engines/webcrypto.mjs", **_LAZY}
"""What the page imports from the folder, and the source of each below web/."""


def build(site: Path, node: Node, compiler: Compiler, shipped: list[Package]) -> Path:
    """Build the folder inside the site; its name has the hash of all its content.  Returns its path."""
    folder = site / "pyodide"
    folder.mkdir()
    _write_python(folder, compiler, shipped)
    for name, source in _MODULES.items():
        (folder / f"{name}.mjs").write_bytes(scripts.bundle(node, sources.WEB / source))
    compression.compress_files(folder)
    (folder / BOOT).write_text(json.dumps(_boot(folder, compiler, shipped), separators=(",", ":")))
    return folder.rename(site / f"pyodide-{hash_of(folder)}")


def hash_of(folder: Path) -> str:
    """Twelve hexadecimal digits over the names and contents of a folder."""
    digest = hashlib.sha256()
    for name, content in sorted(archives.read_tree(folder).items()):
        digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()[:12]


def _write_python(folder: Path, compiler: Compiler, shipped: list[Package]) -> None:
    for name in _PYODIDE_FILES:
        shutil.copyfile(compiler.pyodide / name, folder / name)
    code = {name: content for package in shipped for name, content in package.files.items()}
    archives.write(folder / STANDARD_LIBRARY, stdlib.trimmed(compiler, code))
    for package in shipped:
        packages.write_wheel(folder, package, compiler)
    packages.write_lock(folder / LOCK, shipped, compiler, folder)


def _boot(folder: Path, compiler: Compiler, shipped: list[Package]) -> dict[str, object]:
    """What the boot script must know: every file that a page loads before it is ready, largest first."""
    names = [
        path.name for path in folder.iterdir() if path.suffix not in compression.SUFFIXES and path.stem not in _LAZY
    ]
    names.sort(key=lambda name: (-(folder / name).stat().st_size, name))
    return {
        "version": volly_browser.__version__,
        "pyodide": compiler.version,
        "files": [_describe(folder / name) for name in names],
        "packages": [package.name for package in shipped],
        "modules": {name: f"{name}.mjs" for name in _MODULES},
        "lazy": [_describe(folder / f"{name}.mjs") for name in _LAZY],
    }


def _describe(path: Path) -> dict[str, str | int]:
    content = path.read_bytes()
    packed = path.with_name(f"{path.name}.br")
    transfer = packed.stat().st_size if packed.exists() else len(content)
    return {"name": path.name, "bytes": len(content), "transfer": transfer, "sha256": packages.integrity(content)}
