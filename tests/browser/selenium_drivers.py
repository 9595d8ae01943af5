"""Firefox and WebKitGTK, which Playwright cannot drive as they come with the machine."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium import webdriver
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection

from volly_browser.tools import browsers

START_SECONDS = 20.0


LOOPBACK_CALLS = {
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
}
"""Preferences of a Firefox that connects to a LiveKit server on its own machine."""


@contextmanager
def firefox(**preferences: object) -> Iterator[webdriver.Firefox]:
    """A Firefox without a window; a `_` in the name of a preference stands for a dot."""
    found = browsers.firefox()
    if found is None:
        pytest.skip("this machine has no Firefox that can be driven")
    options = webdriver.FirefoxOptions()
    options.add_argument("-headless")
    options.binary_location = str(found.program)
    given = {name.replace("_", "."): value for name, value in preferences.items()}
    for name, value in (LOOPBACK_CALLS | given).items():
        options.set_preference(name, value)
    driver = webdriver.Firefox(options, webdriver.FirefoxService(str(found.driver) if found.driver else None))
    try:
        yield driver
    finally:
        driver.quit()


@contextmanager
def webkit(page_load_strategy: str = "normal") -> Iterator[webdriver.Remote]:
    """A WebKitGTK on a screen of its own; by default nothing can be asked of it while a page loads."""
    found = browsers.webkit()
    if found is None:
        pytest.skip("this machine has no WebKitGTK that can be driven")
    with _server([str(found.screen), "--auto-servernum", str(found.driver)]) as url:
        options = webdriver.WebKitGTKOptions()
        options.page_load_strategy = page_load_strategy
        driver = webdriver.Remote(RemoteConnection(client_config=ClientConfig(url)), options=options)
        try:
            yield driver
        finally:
            driver.quit()


DRIVERS = {"firefox": firefox, "webkit": webkit}


@contextmanager
def _server(command: list[str]) -> Iterator[str]:
    """WebKit's driver, running; its sandbox does not start for root."""
    port = _free_port()
    environment = {**os.environ, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"} if os.geteuid() == 0 else None
    server = subprocess.Popen([*command, f"--port={port}"], env=environment, start_new_session=True)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
