import pytest

from volly_browser.errors import LocalError
from volly_browser.room.invite import Invite
from volly_browser.terminal.site import NoSite, Site, find_site
from volly_browser.transport.posting_native import JsonAnswer

FRAGMENT = Invite.create().fragment


class Web:
    """Has one file, and notes what is asked for."""

    def __init__(self, status: int, value: object) -> None:
        self.asked: list[str] = []
        self._answer = JsonAnswer(status, value)

    async def get(self, url: str) -> JsonAnswer:
        self.asked.append(url)
        return self._answer


@pytest.mark.parametrize(
    ("value", "site"),
    [
        ({"tokenUrl": "/token", "signalingUrl": None}, Site("https://chat.example:8443/token")),
        ({"tokenUrl": "https://tokens.example/t"}, Site("https://tokens.example/t")),
        ({"tokenUrl": "/t", "signalingUrl": "wss://l"}, Site("https://chat.example:8443/t", "wss://l")),
        ({}, Site("https://chat.example:8443/token")),
        ({"tokenUrl": 7, "signalingUrl": []}, Site("https://chat.example:8443/token")),
        ("no object", Site("https://chat.example:8443/token")),
        (None, Site("https://chat.example:8443/token")),
    ],
)
async def test_the_site_says_where_its_tokens_are(value: object, site: Site) -> None:
    web = Web(200, value)
    assert await find_site(f"https://chat.example:8443/#{FRAGMENT}", web.get) == site
    assert web.asked == ["https://chat.example:8443/config.json"]


async def test_the_secret_of_the_link_is_sent_to_no_server() -> None:
    for mark in ("#", "%23", "/%2523"):
        web = Web(404, None)
        assert await find_site(f"Come: https://chat.example/{mark}{FRAGMENT}", web.get) == Site(
            "https://chat.example/token"
        )
        assert web.asked == ["https://chat.example/config.json"]


@pytest.mark.parametrize(
    "address", ["ftp://x/token", "file:///etc/passwd", "http://[", "javascript:alert(1)", "\x1b[0m"]
)
async def test_an_address_of_another_kind_is_refused(address: str) -> None:
    web = Web(200, {"tokenUrl": address})
    try:
        site = await find_site(f"https://chat.example/#{FRAGMENT}", web.get)
    except NoSite:
        return
    assert site.token_url.startswith("https://chat.example/")


@pytest.mark.parametrize("link", [FRAGMENT, f"chat.example/#{FRAGMENT}", f"ftp://chat.example/#{FRAGMENT}"])
async def test_a_link_without_a_site_is_a_sentence(link: str) -> None:
    with pytest.raises(NoSite, match="--token-url"):
        await find_site(link, Web(200, {}).get)


async def test_a_site_that_does_not_answer_is_an_error() -> None:
    async def get(url: str) -> JsonAnswer:
        raise LocalError("No answer.")

    with pytest.raises(LocalError, match="No answer"):
        await find_site(f"https://chat.example/#{FRAGMENT}", get)
