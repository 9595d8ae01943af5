import pytest
from aiohttp import web

from volly_browser.tools.load.posting import JsonAnswer, PostFailed, post_json


async def test_a_json_question_has_a_json_answer() -> None:
    async def answer(request: web.Request) -> web.Response:
        room = (await request.json())["room"]
        return web.json_response({"for": room}) if room else web.Response(status=400, text="no JSON")

    app = web.Application()
    app.router.add_post("/token", answer)
    service = web.AppRunner(app)
    await service.setup()
    try:
        site = web.TCPSite(service, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{service.addresses[0][1]}/token"
        assert await post_json(url, {"room": "r"}) == JsonAnswer(200, {"for": "r"})
        assert await post_json(url, {"room": ""}) == JsonAnswer(400, None)
    finally:
        await service.cleanup()
    with pytest.raises(PostFailed, match="No answer"):
        await post_json(url, {"room": "r"})
