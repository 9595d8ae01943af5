"""Firefox in a room with Chromium, and the engine's self-test in WebKitGTK, which has no WebRTC here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.clients import Client, Run, engine_use, in_playwright, in_selenium, leaving, settle
from tests.browser.conftest import Visits
from tests.browser.selenium_drivers import firefox, webkit
from volly_browser.room.invite import Invite
from volly_browser.tools.stack import Stack

pytestmark = pytest.mark.browser

A_FEW = 20
SEALED = "a seal is a seal in every browser"
OPERATIONS = """async (text) => {
  const crypto = await volly.initializeWasmCrypto();
  const { publicKey, secretKey } = await crypto.generateKeyPair();
  const { ciphertext, sharedSecret } = await crypto.encapsulate(publicKey);
  const sealed = await crypto.encrypt(text, sharedSecret);
  const opened = await crypto.decrypt(sealed, await crypto.decapsulate(ciphertext, secretKey));
  return [publicKey.length, ciphertext.length, new TextDecoder().decode(opened)];
}"""


@pytest.fixture(scope="module")
def firefox_page(stack: Stack) -> Iterator[Run]:
    with firefox() as driver:
        driver.get(f"{stack.url}/client.html")
        yield in_selenium(driver)


@pytest.fixture(scope="module")
def chromium_page(firefox_page: Run, open_shared_page: Visits) -> Run:
    """A Chromium page, if there is a Firefox to talk to."""
    return in_playwright(open_shared_page("/client.html").page)


@pytest.fixture
def fox(firefox_page: Run) -> Client:
    return Client(firefox_page, "fox")


@pytest.fixture
def chrome(chromium_page: Run) -> Client:
    return Client(chromium_page, "chrome")


@pytest.mark.parametrize("first", ["fox", "chrome"])
@pytest.mark.parametrize("policy", ["hybrid", "post-quantum"])
def test_firefox_and_chromium_share_a_room_that_either_opens(
    fox: Client, chrome: Client, first: str, policy: str
) -> None:
    opener, joiner = (fox, chrome) if first == "fox" else (chrome, fox)
    room = Invite.create(policy).fragment
    texts = [f"text {number}" for number in range(A_FEW)]
    with leaving(fox, chrome):
        opener.connect(room)
        joiner.connect(room)
        settle(fox, chrome)
        for speaker, listener in ((fox, chrome), (chrome, fox)):
            for text in texts:
                speaker.send(text)
            assert [listener.receive() for _ in texts] == texts


def test_firefox_computes_with_javascript_what_its_webcrypto_lacks(firefox_page: Run, fox: Client) -> None:
    with leaving(fox):
        fox.connect(Invite.create().fragment)
        engines = {algorithm: engine for algorithm, _, engine in engine_use(firefox_page)}
    assert engines["AES-GCM"] == "webcrypto"
    assert engines["ML-DSA-65"] in {"webcrypto", "javascript"}


def test_the_operations_in_firefox(firefox_page: Run) -> None:
    assert firefox_page(OPERATIONS, SEALED) == [1184, 1088, SEALED]


def test_firefox_loads_nothing_from_other_servers(firefox_page: Run) -> None:
    loaded = firefox_page("() => performance.getEntriesByType('resource').map(({ name }) => name)", None)
    assert len(loaded) > 10
    origin = firefox_page("() => location.origin", None)
    assert [url for url in loaded if not url.startswith(f"{origin}/")] == []


def test_webkit_passes_the_self_test_and_its_operations_work(stack: Stack) -> None:
    with webkit() as driver:
        driver.get(f"{stack.url}/client.html")
        assert in_selenium(driver)(OPERATIONS, SEALED) == [1184, 1088, SEALED]
