"""The wheels of the page: Volly's from the checkout, others from the locked list, all of them compiled."""

import base64
import email
import hashlib
import json
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import volly_browser
from volly_browser.bridge import dataclass_code
from volly_browser.tools import cache, console, environment
from volly_browser.tools.site import archives, sources
from volly_browser.tools.site.compiler import SITE_PACKAGES, Compiler

OURS = "volly-browser"
PROGRAMS = ["volly_browser.ui.page", "volly_browser.ui.facade_page"]
"""What pages import at their start: the chat, or the facade for JavaScript."""

LAB_ONLY = "micropip"


@dataclass(frozen=True, slots=True)
class Package:
    """A distribution, as its wheel holds it: sources and metadata by file name."""

    name: str
    version: str
    files: dict[str, bytes]

    @property
    def wheel(self) -> str:
        """The wheel's file name."""
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"

    @property
    def imports(self) -> list[str]:
        """The names that can be imported."""
        return sorted(
            {name.partition("/")[0] for name in self.files if not name.partition("/")[0].endswith(".dist-info")}
        )


def collect() -> list[Package]:
    """Collect all packages by name, Volly's last."""
    return [*sorted(_locked(), key=lambda package: package.name), _ours()]


def write_wheel(folder: Path, package: Package, compiler: Compiler) -> None:
    """Write the compiled wheel into the folder."""
    files = compiler.compile(f"{package.name}: compiling", package.files, SITE_PACKAGES)
    if package.name == OURS:
        files[f"volly_browser/bridge/{dataclass_code.FILE}"] = compiler.dataclass_code(package.files, PROGRAMS)
    archives.write(folder / package.wheel, files)


def write_lock(path: Path, packages: Sequence[Package], compiler: Compiler, wheels: Path, base: str = "") -> None:
    """Write a lock file for Pyodide, which then checks every wheel it fetches.

    Args:
        path: of the lock file.
        packages: what it lists.
        compiler: for the Pyodide that will read it.
        wheels: the folder that has the wheels now.
        base: the address of that folder, relative to the lock file's.
    """
    stock = json.loads((compiler.pyodide / "pyodide-lock.json").read_text())
    listed = {package.name: _entry(package, wheels / package.wheel, base) for package in packages}
    path.write_text(json.dumps({"info": stock["info"], "packages": listed}, separators=(",", ":"), sort_keys=True))


def integrity(content: bytes) -> str:
    """SHA-256 in base64, as subresource integrity writes it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _entry(package: Package, wheel: Path, base: str) -> dict[str, object]:
    return {
        "name": package.name,
        "version": package.version,
        "file_name": f"{base}{package.wheel}",
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": package.imports,
        "depends": [],
        "unvendored_tests": False,
    }


def _ours() -> Package:
    version = volly_browser.__version__
    files = {path.relative_to(environment.PROJECT).as_posix(): path.read_bytes() for path in sources.shipped()}
    metadata = f"Metadata-Version: 2.1\nName: {OURS}\nVersion: {version}\nLicense: Apache-2.0\n"
    wheel = "Wheel-Version: 1.0\nGenerator: volly\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    about = f"volly_browser-{version}.dist-info"
    return Package(OURS, version, {**files, f"{about}/METADATA": metadata.encode(), f"{about}/WHEEL": wheel.encode()})


def _locked() -> list[Package]:
    lock = environment.lock_file("page")
    folder = cache.once(f"wheels-{cache.key(lock)}", lambda folder: _download(folder, lock))
    return [_read_wheel(path) for path in folder.glob("*.whl")]


def _download(folder: Path, lock: Path) -> None:
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--python-version", "3.14", "--no-input"]
    console.run(
        "Python packages (page)",
        [sys.executable, "-m", "pip", "download", *options, "--dest", folder, "--requirement", lock],
    )


def _read_wheel(path: Path) -> Package:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if _is_wanted(name)}
    [metadata] = [content for name, content in files.items() if name.endswith(".dist-info/METADATA")]
    fields = email.message_from_bytes(metadata)
    return Package(str(fields["Name"]), str(fields["Version"]), files)


def _is_wanted(name: str) -> bool:
    """Whether a wheel's entry is shipped: neither folders nor the list of hashes, which compiling makes untrue."""
    return not name.endswith(("/", ".dist-info/RECORD"))
