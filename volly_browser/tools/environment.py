"""Python environments with locked dependencies, one per lock file, in the user's cache."""

import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path

from volly_browser.tools import cache, console
from volly_browser.tools.console import SetupError

PROJECT = Path(__file__).resolve().parents[2]
"""The checkout, with build.py and web/."""

REQUIREMENTS = Path(__file__).parent / "requirements"
"""The lock files of the environments, each beside the names it was made from."""


def lock_file(name: str) -> Path:
    """<name>.txt: every version pinned, every file with its hashes."""
    return REQUIREMENTS / f"{name}.txt"


def prepare(name: str) -> Path:
    """Return the `bin` folder of an environment with the packages of that lock file; install it if it is missing.

    Raises:
        SetupError: Python cannot make environments here, or the installation failed.
    """
    base = str(Path(sys.executable).resolve())
    # The interpreter is part of the name: an environment does not outlive an upgrade of the Python it was made with.
    key = cache.key(lock_file(name), sys.version, base, platform.machine())
    return cache.once(f"venv-{name}-{key}", lambda folder: _make(folder, name)) / "bin"


def _make(folder: Path, name: str) -> None:
    pip = _with_pip(folder) if _has_ensurepip() else _without_pip(folder)
    install = ["install", "--require-hashes", "--only-binary=:all:", "--no-input", "--disable-pip-version-check"]
    console.run(
        f"Python packages ({name})",
        [*pip, *install, "--requirement", lock_file(name)],
        describe=_describe_pip,
    )


def _with_pip(folder: Path) -> list[str | Path]:
    console.run("Python environment", [sys.executable, "-m", "venv", folder])
    return [folder / "bin" / "python", "-m", "pip"]


def _without_pip(folder: Path) -> list[str | Path]:
    """Debian splits pip off its Python: use the machine's pip from outside the environment, or install the rest."""
    if importlib.util.find_spec("pip"):
        console.run("Python environment", [sys.executable, "-m", "venv", "--without-pip", folder])
        return [sys.executable, "-m", "pip", "--python", folder / "bin" / "python"]
    install_debian_packages("python3-venv")
    return _with_pip(folder)


def _has_ensurepip() -> bool:
    return importlib.util.find_spec("ensurepip") is not None


def _describe_pip(line: str) -> str | None:
    verb, _, rest = line.partition(" ")
    return f"{verb.lower()} {rest[:60]}" if verb in {"Collecting", "Downloading", "Installing"} else None


def can_install_debian_packages() -> bool:
    """Whether this is root on a machine with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_debian_packages(*names: str) -> None:
    """Install packages of the distribution.

    Raises:
        SetupError: this is not root on a machine with apt, or the installation failed.
    """
    if not can_install_debian_packages():
        raise SetupError(f"Missing on this machine: {', '.join(names)}. Install it, then run the same command again.")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    console.run("Package lists", ["apt-get", "update"], environment=quiet)
    console.run(
        f"Installing {', '.join(names)}",
        ["apt-get", "install", "--yes", "--no-install-recommends", *names],
        environment=quiet,
    )
