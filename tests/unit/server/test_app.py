import gzip
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import brotli
import httpx
import jwt
import pytest

from volly_browser.server import headers
from volly_browser.server.app import create_app
from volly_browser.server.tokens import LiveKitAccess

ROOM = "AAAAAAAAAAAAAAAAAAAAAA"
SECRET = "a secret that is long enough for HMAC-SHA256"
PAGE = b"<!doctype html><title>Volly</title>" + b" " * 1000
SCRIPT = "/assets/page-0123456789ab.mjs"


@pytest.fixture(scope="module")
def livekit_url() -> Iterator[str]:
    """Something that answers as LiveKit does."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"OK")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"ws://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small site beside a file that must never be served."""
    site = tmp_path / "site"
    for name, content in {
        "index.html": PAGE,
        "lab.html": b"the lab",
        "404.html": b"There is nothing at this address",
        "config.json": b"{}",
        SCRIPT: b"export {};" + b" " * 1000,
        "pyodide-0123456789ab/pyodide.asm.wasm": b"\0asm",
    }.items():
        path = site / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (site / "index.html.br").write_bytes(brotli.compress(PAGE))
    (site / "index.html.gz").write_bytes(gzip.compress(PAGE))
    (tmp_path / "secret.txt").write_text("not for you")
    return site


@pytest.fixture
def client(folder: Path, livekit_url: str) -> httpx.AsyncClient:
    return client_for(folder, livekit_url)


def client_for(folder: Path, livekit_url: str) -> httpx.AsyncClient:
    app = create_app(folder, LiveKitAccess(livekit_url, "key", SECRET))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


async def test_a_room_id_buys_a_token(client: httpx.AsyncClient, livekit_url: str) -> None:
    answer = await client.post("/token", json={"room": ROOM})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json().keys() == {"url", "token", "identity", "time"}
    assert answer.json()["url"] == livekit_url
    assert jwt.decode(answer.json()["token"], SECRET, algorithms=["HS256"])["video"]["room"] == ROOM


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (400, {"content": b"{", "headers": {"content-type": "application/json"}}),
        (400, {"json": {"room": "Team meeting"}}),
        (400, {"json": {"room": ROOM, "name": "Alice"}}),
        (413, {"json": {"room": ROOM + "A" * 2000}}),
        (415, {"content": b'{"room": "AAAAAAAAAAAAAAAAAAAAAA"}'}),
        (415, {"data": {"room": ROOM}}),
    ],
)
async def test_a_malformed_request_is_told_why(
    client: httpx.AsyncClient, status: int, request_: dict[str, object]
) -> None:
    answer = await client.post("/token", **request_)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")


async def test_a_body_without_end_is_cut_off(client: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> object:
        nonlocal sent
        while sent < 1_000_000:
            sent += 100
            yield b"x" * 100

    answer = await client.post("/token", content=endless(), headers={"content-type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_tokens_are_posted_for(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/token")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert answer.json()["error"]


async def test_healthy_while_livekit_answers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"livekit": True})


async def test_not_healthy_while_livekit_is_down(folder: Path) -> None:
    answer = await client_for(folder, "ws://127.0.0.1:9").get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"livekit": False})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/index.html"),
        ("GET", "/lab.html"),
        ("GET", SCRIPT),
        ("GET", "/pyodide-0123456789ab/pyodide.asm.wasm"),
        ("GET", "/nothing"),
        ("POST", "/nothing"),
        ("POST", "/token"),
        ("GET", "/token"),
        ("GET", "/healthz"),
    ],
)
async def test_every_response_carries_the_headers(
    client: httpx.AsyncClient, livekit_url: str, method: str, path: str
) -> None:
    answer = await client.request(method, path)
    for name, value in headers.for_path(path, livekit_url).items():
        assert answer.headers.get_list(name) == [value]
    assert answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        (SCRIPT, "text/javascript; charset=utf-8"),
        ("/pyodide-0123456789ab/pyodide.asm.wasm", "application/wasm"),
        ("/config.json", "application/json"),
    ],
)
async def test_files_have_their_types(client: httpx.AsyncClient, path: str, media_type: str) -> None:
    assert (await client.get(path)).headers["content-type"].replace('"', "") == media_type


async def test_hashed_names_are_kept_for_ever_and_pages_are_asked_for_again(client: httpx.AsyncClient) -> None:
    for path in (SCRIPT, "/pyodide-0123456789ab/pyodide.asm.wasm"):
        assert "immutable" in (await client.get(path)).headers["cache-control"]
    for path in ("/", "/config.json", "/nothing"):
        assert (await client.get(path)).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(("accepted", "encoding"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)])
async def test_the_best_compressed_form_is_sent(client: httpx.AsyncClient, accepted: str, encoding: str | None) -> None:
    answer = await client.get("/", headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.content == PAGE
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert (int(answer.headers["content-length"]) < len(PAGE)) == (encoding is not None)


async def test_what_has_not_changed_is_not_sent_again(
    client: httpx.AsyncClient, folder: Path, livekit_url: str
) -> None:
    tag = (await client.get("/")).headers["etag"]
    assert (await client.get("/", headers={"if-none-match": tag})).status_code == 304
    (folder / "index.html").write_bytes(PAGE.replace(b"Volly", b"Vollo"))
    changed = await client_for(folder, livekit_url).get("/", headers={"if-none-match": tag, "accept-encoding": ""})
    assert changed.status_code == 200


async def test_head_says_what_get_would(client: httpx.AsyncClient) -> None:
    answer = await client.head("/", headers={"accept-encoding": "identity"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(PAGE)


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e%5csecret.txt",
        "//secret.txt",
        "/secret.txt%00.html",
        "/index.html.br",
    ],
)
async def test_nothing_outside_the_site_is_served(folder: Path, livekit_url: str, path: str) -> None:
    app = create_app(folder, LiveKitAccess(livekit_url, "key", SECRET))
    scope_path = path.encode()

    class Raw(httpx.ASGITransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            request.url = request.url.copy_with(raw_path=scope_path)
            return await super().handle_async_request(request)

    async with httpx.AsyncClient(transport=Raw(app), base_url="http://localhost") as raw:
        answer = await raw.get("/")
    assert answer.status_code == 404
    assert b"not for you" not in answer.content


async def test_a_wrong_address_gets_a_page_with_a_way_on(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "nothing at this address" in answer.text
