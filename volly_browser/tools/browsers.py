"""The browsers for tests and measurements: where each is on this machine, and how to get what is missing."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from volly_browser.tools import cache, console, environment
from volly_browser.tools.console import SetupError

GECKODRIVER_VERSION = "0.37.1"


@dataclass(frozen=True, slots=True)
class Firefox:
    """Firefox, and the driver through which Selenium talks to it (None: Selenium finds one)."""

    program: Path
    driver: Path | None


@dataclass(frozen=True, slots=True)
class WebKit:
    """WebKitGTK's driver, which starts its own browser, and what gives it a screen."""

    driver: Path
    screen: Path


def chromium() -> Path | None:
    """Find the machine's own Chromium or Chrome; None means that Playwright's is to be used."""
    return _first("chromium", "chromium-browser", "google-chrome")


def firefox() -> Firefox | None:
    """Find the machine's Firefox; None if it cannot be driven."""
    program = _first("firefox-esr", "firefox")
    driver = _first("geckodriver") or _built_geckodriver()
    return Firefox(program, driver) if program and driver else None


def webkit() -> WebKit | None:
    """Find the machine's WebKitGTK; None if it cannot be driven."""
    driver, screen = _first("WebKitWebDriver"), _first("xvfb-run")
    return WebKit(driver, screen) if driver and screen else None


def install() -> None:
    """Install the missing browsers; the tests skip those that cannot be installed, and say so.

    Raises:
        SetupError: there is no Chromium and none can be installed: without it little can be tested.
    """
    install_chromium()
    for install_one in (_install_firefox, _install_webkit):
        try:
            install_one()
        except SetupError as error:
            print(f"{error} Its tests will be skipped.", file=sys.stderr)


def install_chromium() -> None:
    """Install Chromium if the machine has none.  Raises SetupError."""
    if chromium() is not None:
        return
    try:
        libraries = ["--with-deps"] if environment.can_install_debian_packages() else []
        console.run("Chromium (Playwright)", [sys.executable, "-m", "playwright", "install", *libraries, "chromium"])
    except SetupError:
        environment.install_debian_packages("chromium")


def _install_firefox() -> None:
    if _first("firefox-esr", "firefox") is None:
        environment.install_debian_packages("firefox-esr")
    if _first("geckodriver") is None and _built_geckodriver() is None:
        cargo = shutil.which("cargo")
        if cargo is None:
            raise SetupError("Firefox cannot be driven: there is neither geckodriver nor cargo to build it.")
        cache.program(_GECKODRIVER, lambda folder: _build_geckodriver(cargo, folder))


def _install_webkit() -> None:
    if webkit() is None:
        environment.install_debian_packages("webkit2gtk-driver", "xvfb", "xauth")


_GECKODRIVER = f"geckodriver-{GECKODRIVER_VERSION}"


def _built_geckodriver() -> Path | None:
    path = cache.root() / "bin" / _GECKODRIVER
    return path if path.exists() else None


def _build_geckodriver(cargo: str, folder: Path) -> Path:
    crates = 0

    def describe(line: str) -> str | None:
        nonlocal crates
        crates += line.startswith("Compiling")
        return f"compiling, {crates} crates so far" if crates else None

    console.run(
        f"geckodriver {GECKODRIVER_VERSION}, built once (some minutes)",
        [cargo, "install", "geckodriver", "--locked", "--version", GECKODRIVER_VERSION, "--root", folder],
        environment={"CARGO_TARGET_DIR": str(folder / "target")},
        describe=describe,
    )
    return folder / "bin" / "geckodriver"


def _first(*names: str) -> Path | None:
    found = next(filter(None, map(shutil.which, names)), None)
    return Path(found) if found else None


def sandbox_options() -> list[str]:
    """What Chromium needs on its command line to start at all: root has no sandbox."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []
