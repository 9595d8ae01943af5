import logging
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from volly_browser.server.app import create_app
from volly_browser.server.listen import WebServer, loopback_sockets
from volly_browser.server.tokens import LiveKitAccess

SECRET = "v1.AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMk"


def test_a_secret_that_a_mail_program_put_into_the_path_is_written_down_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "404.html").write_text("There is nothing at this address")
    caplog.set_level(logging.DEBUG)
    server = WebServer(create_app(tmp_path, LiveKitAccess("ws://127.0.0.1:9", "key", "secret")), loopback_sockets(0))
    server.start()
    try:
        for path in (f"/%23{SECRET}", f"/%2523{SECRET}", f"/?%23{SECRET}", f"/%ff{SECRET}"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=10)
    finally:
        server.stop()
    written = capfd.readouterr()
    assert SECRET not in caplog.text + written.out + written.err
