import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from volly_browser.transport import posting_native
from volly_browser.transport.posting_native import ANSWER_LIMIT, JsonAnswer, RequestFailed, get_json, post_json


@asynccontextmanager
async def served(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    service = web.AppRunner(app)
    await service.setup()
    try:
        await web.TCPSite(service, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{service.addresses[0][1]}/"
    finally:
        await service.cleanup()


async def test_a_json_question_has_a_json_answer() -> None:
    async def answer(request: web.Request) -> web.Response:
        room = (await request.json())["room"]
        return web.json_response({"for": room}) if room else web.Response(status=400, text="no JSON")

    async with served(answer) as url:
        assert await post_json(url, {"room": "r"}) == JsonAnswer(200, {"for": "r"})
        assert await post_json(url, {"room": ""}) == JsonAnswer(400, None)
    with pytest.raises(RequestFailed, match="No answer"):
        await post_json(url, {"room": "r"})


async def test_a_file_is_fetched_and_no_redirect_followed() -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/elsewhere":
            return web.json_response("followed")
        return web.Response(status=302, headers={"Location": "/elsewhere"}, text='"asked"')

    async with served(answer) as url:
        assert await get_json(url) == JsonAnswer(302, "asked")


async def test_an_answer_that_is_nested_without_end_is_no_json() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="[" * (ANSWER_LIMIT - 1))

    async with served(answer) as url:
        assert await get_json(url) == JsonAnswer(200, None)


async def test_an_answer_without_end_is_cut_off() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="1" * (ANSWER_LIMIT + 1))

    async with served(answer) as url:
        with pytest.raises(RequestFailed, match="longer than any"):
            await get_json(url)


async def test_a_server_that_never_comes_to_an_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        await is_over.wait()
        return web.Response()

    monkeypatch.setattr(posting_native, "PATIENCE", 0.1)
    async with served(answer) as url:
        with pytest.raises(RequestFailed, match="within"):
            await get_json(url)
        is_over.set()


@pytest.mark.parametrize("url", ["", "chat.example", "http://", "http://[", "ftp://chat.example", "http://\x1b[31m/"])
async def test_an_address_that_is_none_is_a_sentence(url: str) -> None:
    with pytest.raises(RequestFailed, match="No answer"):
        await get_json(url)
