"""A wiretap on pages, and a search in what it heard that sees through the usual encodings."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urldefrag

from playwright.sync_api import BrowserContext, Page, Request, Route, WebSocket

CHANNELS = """
const channelSends = globalThis.channelSends = [];
const send = RTCDataChannel.prototype.send;
RTCDataChannel.prototype.send = function (data) {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data)
    : ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
  channelSends.push(bytes.toBase64());
  return send.call(this, data);
};
"""
"""Keeps what is sent on data channels."""

WINDOW, STEP = 12, 4
"""Any 15 bytes of a secret in a row contain one of the pieces that are searched for."""

_ENCODED = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}")


class Heard(NamedTuple):
    """Something that crossed the wire."""

    where: str
    data: bytes


class TokenAnswers:
    """What the token service answers to a page or a browser context, kept on its way: browsers forget what is streamed.

    Attributes:
        bodies: the answers so far.
    """

    def __init__(self, asking: BrowserContext | Page) -> None:
        self.bodies: list[bytes] = []
        asking.route("**/token", self._pass_on)

    def _pass_on(self, route: Route) -> None:
        answer = route.fetch()
        self.bodies.append(answer.body())
        route.fulfill(response=answer)


class Wiretap:
    """What all pages of a browser context send and get: HTTP, WebSocket frames, and what data channels send.

    It must be there before the context's first page.  Of all answers to HTTP requests it keeps the token service's: the
    others are the site as it was built.
    """

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._frames: list[Heard] = []
        self._requests: list[Request] = []
        self.token_answers = TokenAnswers(context)
        context.add_init_script(CHANNELS)
        context.on("request", lambda request: self._requests.append(request))  # noqa: PLW0108 - no built-ins here
        context.on("page", self._watch)

    def heard(self) -> list[Heard]:
        """All of it so far."""
        channels = [_from_base64("data channel", text) for page in self._context.pages for text in _sends(page)]
        asked = (heard for request in self._requests for heard in _http(request))
        answers = (Heard("HTTP answer", body) for body in self.token_answers.bodies)
        return [*channels, *self._frames, *asked, *answers]

    def _watch(self, page: Page) -> None:
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        def hear(payload: str | bytes) -> None:
            self._frames.append(Heard("WebSocket", payload.encode() if isinstance(payload, str) else payload))

        self._frames.append(Heard("WebSocket's address", socket.url.encode()))
        socket.on("framesent", hear)
        socket.on("framereceived", hear)


def _sends(page: Page) -> list[str]:
    return page.evaluate("() => channelSends")  # type: ignore[no-any-return]


def _from_base64(where: str, text: str) -> Heard:
    return Heard(where, base64.b64decode(text))


def _http(request: Request) -> Iterator[Heard]:
    """A fragment never leaves the browser, but Playwright tells it."""
    yield Heard("HTTP address", urldefrag(request.url).url.encode())
    for name, value in request.all_headers().items():
        yield Heard(f"HTTP header {name}", value.encode())
    if body := request.post_data_buffer:
        yield Heard("HTTP body", body)


class Leak(NamedTuple):
    """A secret that was found, and where."""

    secret: str
    where: str


def find(secrets: dict[str, str | bytes], heard: Iterable[Heard]) -> set[Leak]:
    """Which secrets occur where, whole or in part, encoded or packed."""
    pieces = {name: set(_pieces(secret)) for name, secret in secrets.items()}
    leaks = set()
    for where, data in heard:
        for layer in _layers(data):
            leaks |= {Leak(name, where) for name, known in pieces.items() if any(piece in layer for piece in known)}
    return leaks


def _pieces(secret: str | bytes) -> Iterator[bytes]:
    for form in map(secret.encode, ("utf-8", "utf-16-le", "utf-16-be")) if isinstance(secret, str) else [secret]:
        for start in range(0, max(1, len(form) - WINDOW + 1), STEP):
            piece = form[start : start + WINDOW]
            yield piece
            yield piece.hex().encode()
            yield piece.hex().upper().encode()
            yield from _in_base64(piece)


def _in_base64(piece: bytes) -> Iterator[bytes]:
    """The characters that the piece alone decides, at the three alignments, in both alphabets."""
    for shift in range(3):
        bits_before, bits = 8 * shift, 8 * (shift + len(piece))
        coded = base64.b64encode(bytes(shift) + piece)[-(-bits_before // 6) : bits // 6]
        yield coded
        yield coded.translate(bytes.maketrans(b"+/", b"-_"))


def _layers(data: bytes, depth: int = 3) -> Iterator[bytes]:
    """The data, and what it becomes when what looks encoded or compressed is unpacked."""
    yield data
    if depth:
        for inner in _unpacked(data):
            yield from _layers(inner, depth - 1)


def _unpacked(data: bytes) -> Iterator[bytes]:
    if b"%" in data and (plain := unquote_to_bytes(data)) != data:
        yield plain
    for start in (found.start() for found in re.finditer(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]", data)):
        if inflated := _inflated(data[start:]):
            yield inflated
    for run in _ENCODED.findall(data):
        yield _decoded(run)
    for run in _HEX.findall(data):
        yield bytes.fromhex(run.decode())


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(data)
    except zlib.error:
        return b""


def _decoded(run: bytes) -> bytes:
    whole = run.translate(bytes.maketrans(b"-_", b"+/"))[: len(run) // 4 * 4]
    try:
        return base64.b64decode(whole)
    except binascii.Error:
        return b""
