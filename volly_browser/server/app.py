"""The web application: the token service and the site's files, with the same headers on every response.

It keeps nothing: no session, no log of requests, no state beyond its configuration.
"""

import hashlib
import re
from pathlib import Path
from wsgiref.headers import Headers

import aiohttp
from servestatic import ServeStaticASGI
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from volly_browser.server import headers, tokens
from volly_browser.server.tokens import BadRequest, LiveKitAccess

HEALTH_TIMEOUT = 3.0
"""Seconds in which LiveKit must answer to be called healthy."""

MEDIA_TYPES = {
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".whl": "application/zip",
}


def create_app(site: Path, livekit: LiveKitAccess) -> ASGIApp:
    """Make the application that serves the built site and issues tokens for that LiveKit server."""
    service = Starlette(
        routes=[
            Route("/token", _token, methods=["POST"]),
            Route("/healthz", _health, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _explain, BadRequest: _refuse},
    )
    service.state.livekit = livekit
    service.state.not_found = site / "404.html"
    files = ServeStaticASGI(
        service,
        root=site,
        index_file=True,
        max_age=None,
        allow_all_origins=False,
        mimetypes=MEDIA_TYPES,
        immutable_file_test=headers.IMMUTABLE_PATHS,
        add_headers_function=_tag,
    )
    return _WithHeaders(files, livekit.url)


def _tag(fields: Headers, path: str, url: str) -> None:
    """Make the ETag from the content, so that an unchanged page of a new build is not sent again.

    It is weak, since all encodings share it.
    """
    fields["ETag"] = f'W/"{hashlib.sha256(Path(path).read_bytes()).hexdigest()[:32]}"'


async def _token(request: Request) -> Response:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "Send the request as application/json.")
    room = tokens.parse_request(await _body(request))
    return JSONResponse(tokens.issue(request.app.state.livekit, room), headers={"Cache-Control": "no-store"})


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > tokens.REQUEST_LIMIT:
            raise HTTPException(413, f"A request has at most {tokens.REQUEST_LIMIT} bytes.")
    return body


async def _health(request: Request) -> Response:
    alive = await _answers(request.app.state.livekit.url)
    return JSONResponse({"livekit": alive}, 200 if alive else 503)


async def _answers(url: str) -> bool:
    timeout = aiohttp.ClientTimeout(total=HEALTH_TIMEOUT)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(re.sub("^ws", "http", url)) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _refuse(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _explain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and request.method in {"GET", "HEAD"}:
        return FileResponse(request.app.state.not_found, 404)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


class _WithHeaders:
    """Adds the headers to every response of the application."""

    def __init__(self, app: ASGIApp, livekit_url: str) -> None:
        self._app = app
        self._livekit_url = livekit_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                found.setdefault("Cache-Control", headers.REVALIDATE)
                found.update(headers.for_path(scope["path"], self._livekit_url))
            await send(message)

        await self._app(scope, receive, send_with_headers)
