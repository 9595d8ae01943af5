"""The site behind a host that takes its time over scripts, for browsers in which a test cannot hold them."""

import contextlib
import http.server
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "server", "date"}


@contextmanager
def slow_host(url: str, seconds: float) -> Iterator[str]:
    """Serve a copy of the site whose scripts come so many seconds late; give its address."""

    class Host(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path.endswith((".mjs", ".js")):
                time.sleep(seconds)
            try:
                with urllib.request.urlopen(url + self.path, timeout=30) as answer:
                    self._pass_on(answer)
            except urllib.error.HTTPError as error:
                self._pass_on(error)

        def _pass_on(self, answer: urllib.error.HTTPError) -> None:
            body = answer.read()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the browser has been ended
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
