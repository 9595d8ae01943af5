"""Builds the drivers of the other implementations, once, in the user's cache folder."""

import shutil
from pathlib import Path

from volly_browser.tools import cache, console, node
from volly_browser.tools.console import SetupError

FOLDER = Path(__file__).parent
OPENMLS = FOLDER / "openmls"
TS_MLS = FOLDER / "ts_mls"

Command = list[str | Path]


def ts_mls() -> Command:
    """The command that starts the ts-mls driver; installs its packages the first time.  Raises SetupError."""
    tools = node.prepare(TS_MLS)
    return [tools.program, TS_MLS / "driver.mjs", tools.modules.parent]


def openmls() -> Command | None:
    """The command that starts the OpenMLS driver, or None where `build_openmls` was not run for these sources."""
    program = cache.root() / "bin" / _openmls_name()
    return [program] if program.exists() else None


def build_openmls() -> Path:
    """Compile the OpenMLS driver, which takes minutes the first time, and return the program.

    Raises:
        SetupError: Rust is not installed, or the compilation failed.
    """
    return cache.program(_openmls_name(), _compile_openmls)


def _compile_openmls(folder: Path) -> Path:
    cargo = shutil.which("cargo")
    if cargo is None:
        raise SetupError("Cargo is missing. Install Rust (https://rustup.rs), then run the same command again.")
    target = cache.root() / "openmls-target"
    console.run(
        "OpenMLS driver (cargo)",
        [cargo, "build", "--release", "--locked", "--manifest-path", OPENMLS / "Cargo.toml"],
        environment={"CARGO_TARGET_DIR": str(target)},
        describe=_describe_cargo,
    )
    return Path(shutil.copy(target / "release" / "openmls-driver", folder))


def _openmls_name() -> str:
    """Named after its sources, so that a program built from older ones is never taken for this one."""
    sources = [OPENMLS / "Cargo.toml", OPENMLS / "Cargo.lock", *sorted((OPENMLS / "src").glob("*.rs"))]
    return f"openmls-driver-{cache.key(*sources)}"


def _describe_cargo(line: str) -> str | None:
    verb, _, rest = line.partition(" ")
    return f"{verb.lower()} {rest[:60]}" if verb in {"Compiling", "Downloaded"} else None
