"""Pages that end: reloaded, closed, left for another, put aside by the browser.  The others hear of it at once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.clients import Client, in_playwright, in_selenium, settle
from tests.browser.conftest import Visits
from tests.browser.selenium_drivers import firefox
from tests.browser.test_chat_page import JOINED, enter, expect_message, expect_state, make_room, path_of, say
from volly_browser.room.invite import Invite
from volly_browser.tools.stack import Stack

pytestmark = pytest.mark.browser

AT_ONCE = 3_500
"""Milliseconds: LiveKit reports comings and goings up to three seconds late."""

REMOVED = 5.0
"""Seconds: less than the ten that it takes without last words, and more than a busy machine needs."""

SETTLED = 2.0
"""Seconds: LiveKit sends attributes on in batches, and drops those of a newcomer that leaves before the next one."""

READY = 20.0
"""Seconds: a newcomer signs a few things before the farewell, and Firefox signs in JavaScript."""

ATTEMPTS = 3

ENGINE = 'const [engine] = await Promise.all(globalThis[Symbol.for("volly.engines")].values());'
LINKS = """import gc
    from volly_browser.transport.livekit import LiveKitTransport
    links = [found for found in gc.get_objects() if type(found) is LiveKitTransport]"""
"""What a page has, as JavaScript and as Python find it."""

HAS_WILL = f"""async () => {{
  {ENGINE}
  return engine.pyodide.runPython(`
    {LINKS}
    any(link._will[1] for link in links)
  `);
}}"""

LISTEN = """(client) => {
  const heard = window.heard = [];
  client.livekitRoom.on("participantAttributesChanged", (changed) => heard.push(atob(changed.volly)));
  client.livekitRoom.on("participantDisconnected", () => heard.push("left"));
}"""
SET_WILL = f"""async (will) => {{
  {ENGINE}
  engine.pyodide.globals.set("will", will);
  engine.pyodide.runPython(`
    {LINKS}
    [link] = links
    link.set_will(will.encode(), b"")
    link.set_will = lambda *words: None
  `);
}}"""
LAST_WORDS = "farewell " + "x" * 9_000


def reload(page: Page) -> None:
    page.reload(wait_until="commit")


def close(page: Page) -> None:
    page.close()


def go_on(page: Page) -> None:
    page.goto("about:blank")


@pytest.fixture
def listener(open_page: Visits) -> Iterator[Client]:
    client = Client(in_playwright(open_page("/client.html").page), "listener")
    yield client
    client.close()


@pytest.mark.parametrize("end", [reload, close, go_on])
def test_a_page_that_ends_says_its_last_words_and_is_gone(
    open_page: Visits, listener: Client, end: Callable[[Page], None]
) -> None:
    room = Invite.create().fragment
    page = open_page("/client.html").page
    speaker = Client(in_playwright(page), "speaker")
    for client in (listener, speaker):
        client.connect(room)
    settle(listener, speaker)
    listener.do(LISTEN)
    page.evaluate(SET_WILL, LAST_WORDS)
    end(page)
    heard = listener.do(
        """async (_, patience) => {
          const over = performance.now() + patience;
          while (!heard.includes("left") && performance.now() < over) await new Promise((go) => setTimeout(go, 20));
          return heard;
        }""",
        AT_ONCE,
    )
    assert heard == [LAST_WORDS, "left"]


ONE_PROCESS = {"dom_ipc_processCount_webIsolated": 1}


@pytest.fixture(scope="module")
def fox(stack: Stack) -> Iterator[WebDriver]:
    """Firefox with another tab of the site in one process: if a tab takes its process along, nothing is sent."""
    with firefox(**ONE_PROCESS) as driver:
        driver.get(f"{stack.url}/404.html")
        yield driver


def refresh(fox: WebDriver) -> None:
    fox.refresh()


def close_tab(fox: WebDriver) -> None:
    fox.close()
    fox.switch_to.window(fox.window_handles[0])


def leave_for_nothing(fox: WebDriver) -> None:
    fox.get("about:blank")


def wait_for_will(client: Client) -> None:
    deadline = time.monotonic() + READY
    while not client.do(HAS_WILL):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("end", [refresh, close_tab, leave_for_nothing])
def test_a_page_of_firefox_that_ends_is_out_of_the_group_at_once(
    open_page: Visits, fox: WebDriver, listener: Client, end: Callable[[WebDriver], None]
) -> None:
    """Of some pages at least one: Firefox gives a page that ends a moment, too short on a busy machine."""
    room = Invite.create().fragment
    listener.connect(room)
    assert any(_ends_in_time(open_page, fox, listener, room, end) for _ in range(ATTEMPTS))


def _ends_in_time(
    open_page: Visits, fox: WebDriver, listener: Client, room: str, end: Callable[[WebDriver], None]
) -> bool:
    settle(listener)
    fox.switch_to.window(fox.window_handles[0])
    fox.switch_to.new_window("tab")
    fox.get(f"{open_page.url}/client.html")
    speaker = Client(in_selenium(fox), "fox")
    speaker.connect(room)
    settle(listener, speaker)
    time.sleep(SETTLED)
    wait_for_will(speaker)
    ended = time.monotonic()
    end(fox)
    settle(listener)
    return time.monotonic() - ended < REMOVED


RELOADS = 8


def test_firefox_reloaded_again_and_again_is_one_person_in_the_room(open_page: Visits, fox: WebDriver) -> None:
    alice = open_page().page
    link = make_room(alice, "Alice")
    fox.get(open_page.url + path_of(link))
    fox.find_element(By.ID, "name").send_keys("Bob", Keys.ENTER)
    took = []
    for _ in range(RELOADS):
        WebDriverWait(fox, JOINED / 1000, poll_frequency=0.05).until(is_sealed)
        began = time.monotonic()
        expect(alice.locator(PEOPLE)).to_have_text(["Alice", "Bob"], timeout=JOINED)
        took.append(time.monotonic() - began)
        fox.refresh()
    assert sorted(took)[RELOADS // 2] < REMOVED


def is_sealed(driver: WebDriver) -> bool:
    text: str = driver.find_element(By.ID, "state-text").text
    return text == "Sealed, post-quantum"


PEOPLE = "#people-list .person-name"


@pytest.fixture
def two(open_page: Visits) -> tuple[Page, Page]:
    """Alice's page, and Bob's, which came from another page."""
    alice = open_page().page
    link = make_room(alice, "Alice")
    bob = open_page("/404.html").page
    bob.goto(open_page.url + path_of(link))
    enter(bob, "Bob")
    for page in (alice, bob):
        expect_state(page, "Sealed, post-quantum")
    return alice, bob


def test_a_reload_leaves_one_of_that_name_in_the_list(two: tuple[Page, Page]) -> None:
    alice, bob = two
    bob.reload()
    expect_state(bob, "Sealed, post-quantum")
    expect(alice.locator(PEOPLE)).to_have_text(["Alice", "Bob"], timeout=3_000)


def test_back_leaves_the_room_and_forward_leads_to_its_door(two: tuple[Page, Page]) -> None:
    """Browsers do not keep a page with a connection; one that does, see the next test."""
    alice, bob = two
    bob.go_back()
    expect(alice.locator(PEOPLE)).to_have_text(["Alice"], timeout=JOINED)
    bob.go_forward()
    expect(bob.get_by_role("heading", name="You are invited")).to_be_visible()
    expect(bob.get_by_label("Your name")).to_have_value("Bob")
    bob.locator("#enter-button").click()
    expect_state(bob, "Sealed, post-quantum")
    expect(alice.locator(PEOPLE)).to_have_text(["Alice", "Bob"])


PUT_ASIDE = "() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))"
SHOW_AGAIN = "() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


def test_a_page_that_is_put_aside_and_shown_again_is_back_in_the_room_once(two: tuple[Page, Page]) -> None:
    alice, bob = two
    say(alice, "Stay a little")
    expect_message(bob, "Alice", "Stay a little")
    bob.evaluate(PUT_ASIDE)
    expect(alice.locator(PEOPLE)).to_have_text(["Alice"], timeout=JOINED)
    expect(bob.locator("#state-text")).not_to_have_text(re.compile("Sealed"))
    bob.evaluate(SHOW_AGAIN)
    expect_state(bob, "Sealed, post-quantum")
    expect(alice.locator(PEOPLE)).to_have_text(["Alice", "Bob"], timeout=JOINED)
    expect_message(bob, "Alice", "Stay a little")
    say(alice, "There you are")
    expect_message(bob, "Alice", "There you are")


def test_a_user_that_is_asked_whether_to_close_the_page_and_stays_has_not_left(two: tuple[Page, Page]) -> None:
    alice, bob = two
    asked: list[str] = []
    bob.on("request", lambda request: asked.append(request.url))
    bob.evaluate("() => dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    bob.wait_for_timeout(2_000)
    assert asked == [], "it did not have to come back"
    expect(bob.locator("#state-text")).to_have_text("Sealed, post-quantum")
    say(alice, "Still here?")
    expect_message(bob, "Alice", "Still here?")
    expect(alice.locator(PEOPLE)).to_have_text(["Alice", "Bob"])
