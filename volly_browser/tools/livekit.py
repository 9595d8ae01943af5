"""Finding a LiveKit server for this machine: one that is given, installed, cached, in Docker, or built here."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from volly_browser.tools import cache, console, environment
from volly_browser.tools.console import SetupError

VERSION = "1.13.5"
MODULE = f"github.com/livekit/livekit-server/cmd/server@v{VERSION}"
IMAGE = f"livekit/livekit-server:v{VERSION}"
PACKAGES = 790
"""Number of Go packages that a build compiles, for the line that shows its progress."""
OLDEST_GO = (1, 21)
"""From here on Go fetches by itself the newer toolchain that a module asks for."""

_VARIABLES = ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")


@dataclass(frozen=True, slots=True)
class External:
    """A server that is already running, given by LIVEKIT_URL."""

    url: str
    api_key: str
    api_secret: str


@dataclass(frozen=True, slots=True)
class Program:
    """A server that we start: its program on this machine."""

    path: Path


@dataclass(frozen=True, slots=True)
class Container:
    """A server that we start: the standard image in Docker."""

    docker: Path
    image: str


LiveKit = External | Program | Container


def find() -> LiveKit:
    """Take the first of: LIVEKIT_URL, `livekit-server` on the PATH, our cache, Docker, a build with Go.

    Raises:
        SetupError: the variables are incomplete, or none of them works.
    """
    return _given() or _installed() or _cached() or _container() or _built()


def _given() -> External | None:
    values = [os.environ.get(name, "") for name in _VARIABLES]
    if not values[0]:
        return None
    missing = [name for name, value in zip(_VARIABLES, values, strict=True) if not value]
    if missing:
        raise SetupError(f"LIVEKIT_URL is set, but {' and '.join(missing)} is not: set all three, or none of them.")
    if not re.match(r"(wss?|https?)://[^/]+", values[0]):
        raise SetupError(f"LIVEKIT_URL must look like wss://livekit.example.org, not {values[0]!r}.")
    return External(re.sub(r"^http", "ws", values[0]).rstrip("/"), *values[1:])


def _installed() -> Program | None:
    found = shutil.which("livekit-server")
    return Program(Path(found)) if found else None


def _cached() -> Program | None:
    path = cache.root() / "bin" / f"livekit-server-{VERSION}"
    return Program(path) if path.exists() else None


def _container() -> Container | None:
    docker = shutil.which("docker")
    if docker is None or not _answers([docker, "version", "--format", "{{.Server.Version}}"]):
        return None
    if not _answers([docker, "image", "inspect", IMAGE]):
        try:
            console.run("LiveKit image (Docker)", [docker, "pull", IMAGE])
        except SetupError:
            return None  # an engine without a way to the image: building it is the next choice
    return Container(Path(docker), IMAGE)


def _answers(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _built() -> Program:
    go = _machines_go() or environment.prepare("go") / "go"
    return Program(cache.program(f"livekit-server-{VERSION}", lambda folder: _build(go, folder)))


def _machines_go() -> Path | None:
    go = shutil.which("go")
    if go is None:
        return None
    answer = subprocess.run([go, "version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"go(\d+)\.(\d+)", answer)
    return Path(go) if version and (int(version[1]), int(version[2])) >= OLDEST_GO else None


def _build(go: Path, folder: Path) -> Path:
    compiled = 0

    def describe(line: str) -> str:
        nonlocal compiled
        if line.startswith("go: downloading"):
            return line.removeprefix("go: ")
        compiled += 1
        return f"compiling, {compiled} of about {PACKAGES} packages"

    console.run(
        f"LiveKit {VERSION}, built once (some minutes)",
        [go, "install", "-v", MODULE],
        environment={"GOBIN": str(folder), "CGO_ENABLED": "0"},
        describe=describe,
    )
    return folder / "server"
