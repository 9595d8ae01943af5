"""Node and the locked npm packages: the machine's Node if it is new enough, else the one from PyPI."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from volly_browser.tools import cache, console, environment

OLDEST_NODE = 20
"""The major version that Pyodide, esbuild and noble all run on."""

_LOCKED = ("package.json", "package-lock.json")


@dataclass(frozen=True, slots=True)
class Node:
    """Node's program, and the folder `node_modules` with the locked packages."""

    program: Path
    modules: Path

    def package(self, name: str) -> Path:
        """The folder of an installed package."""
        return self.modules / name


def prepare(source: Path = environment.PROJECT / "web") -> Node:
    """Find or install Node, and the packages of the package-lock.json in that folder.

    Raises:
        SetupError: npm or the installation failed.
    """
    tools = _machines_own() or environment.prepare("node")
    locked = [source / name for name in _LOCKED]
    key = cache.key(*locked, platform.system(), platform.machine())
    folder = cache.once(f"npm-{key}", lambda folder: _install(folder, tools, locked))
    return Node(tools / "node", folder / "node_modules")


def _machines_own() -> Path | None:
    """The folder that holds the machine's node and npm, if Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = answer.removeprefix("v").partition(".")[0]
    return Path(node).parent if major.isdigit() and int(major) >= OLDEST_NODE else None


def _install(folder: Path, tools: Path, locked: list[Path]) -> None:
    for path in locked:
        shutil.copy(path, folder)
    npm = shutil.which("npm", path=f"{tools}{os.pathsep}{os.environ['PATH']}")
    console.run(
        "JavaScript packages (npm)",
        # No package's own script runs: none of the locked ones needs it.
        [npm or "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        environment={"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
    )
