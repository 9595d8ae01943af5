"""What tests of several layers share: the built site, and the running servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from volly_browser.server.listen import loopback_sockets
from volly_browser.tools import livekit
from volly_browser.tools.site import build
from volly_browser.tools.stack import Stack


@pytest.fixture(scope="session")
def site() -> Path:
    """The built site, from the cache if no source changed."""
    return build.build()


@pytest.fixture(scope="session")
def stack(site: Path) -> Iterator[Stack]:
    """The site and its tokens on a free port, with a LiveKit server of its own."""
    with Stack(site, loopback_sockets(0), livekit.find()) as running:
        yield running
