"""The chat page in Firefox and WebKitGTK: what differs there, before Python has anything to do with it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.chatting import APPLY, add_messages, insertions, patch
from tests.browser.selenium_drivers import DRIVERS
from tests.browser.test_conversation import READ_LINE
from volly_browser.tools.stack import Stack

pytestmark = pytest.mark.browser

PATIENCE = 60
CAN_CONNECT = "() => { try { new RTCPeerConnection().close(); return true; } catch { return false; } }"
SHOW_ROOM = """() => {
  document.documentElement.dataset.view = "room";
  for (const part of document.querySelectorAll("#room, #bar")) part.hidden = false;
}"""
HAS_BEGUN = """() => {
  const isBlocked = document.documentElement.dataset.view === "blocked";
  const state = document.getElementById("state-text").textContent;
  return isBlocked || !["Loading the encryption", "Getting ready"].includes(state);
}"""


@pytest.fixture(scope="module", params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> Iterator[WebDriver]:
    with DRIVERS[request.param]() as driver:
        yield driver


@pytest.fixture
def page(driver: WebDriver, stack: Stack) -> WebDriver:
    """A room that nobody else is in; WebKitGTK cannot connect to it, and is let into the page nevertheless."""
    driver.get("about:blank")
    driver.get(stack.url)
    if run(driver, CAN_CONNECT):
        driver.find_element(By.ID, "name").send_keys("Alice", Keys.ENTER)
    WebDriverWait(driver, PATIENCE).until(lambda _: run(driver, HAS_BEGUN))
    run(driver, SHOW_ROOM)
    return driver


def run(driver: WebDriver, function: str, argument: object = None) -> object:
    result: object = driver.execute_script(f"return ({function})(arguments[0])", argument)
    return result


def require_modules(page: WebDriver) -> None:
    """A page that is told at once that it cannot connect loads none."""
    if not run(page, CAN_CONNECT):
        pytest.skip("This browser has no WebRTC.")


MARKED = "**a** https://\u0430pple.example ||b||\n```py\nif\n```"


def test_what_is_marked_is_shown(page: WebDriver) -> None:
    require_modules(page)
    row = {"row_id": "m", "text": MARKED, "is_markdown": True, "time": "12:34"}

    def is_shown(_: WebDriver) -> bool:
        if not page.find_elements(By.CLASS_NAME, "message"):  # Python's first list, which is empty, has replaced it
            run(page, APPLY, patch(["insert", row, ""]))
        return bool(page.find_elements(By.CLASS_NAME, "code-keyword"))

    WebDriverWait(page, PATIENCE).until(is_shown)
    text = page.find_element(By.CSS_SELECTOR, ".message .text")
    assert text.find_element(By.TAG_NAME, "strong").text == "a"
    assert text.text == "a https://\u0430pple.example (xn--pple-43d.example) Show spoiler\nif"
    text.find_element(By.CLASS_NAME, "spoiler").send_keys(Keys.ENTER)
    assert text.text == "a https://\u0430pple.example (xn--pple-43d.example) b\nif"


def test_an_emoji_is_typed_by_its_name(page: WebDriver) -> None:
    require_modules(page)
    box = page.find_element(By.ID, "composer-text")
    box.clear()
    box.send_keys("a :tada: b")
    WebDriverWait(page, PATIENCE).until(lambda _: box.get_property("value") == "a 🎉 b")
    box.clear()


SEEN = 0.3
"""Seconds within which a page hears that it was scrolled, and Python does not yet set right what it did not send."""


def test_the_line_that_is_read_keeps_its_place(page: WebDriver) -> None:
    texts = [f"Message {number}\n" * (1 + number % 3) for number in range(300)]
    run(page, APPLY, add_messages(texts) | {"fresh": True})
    run(page, "() => { document.getElementById('log').scrollTop -= 3000; }")
    time.sleep(SEEN)
    line = run(page, READ_LINE)
    assert isinstance(line, list)
    for number in range(10):
        run(page, APPLY, patch(*insertions([f"New {number}"], first=300 + number), ["remove", f"{number}"]))
        now = run(page, READ_LINE)
        assert isinstance(now, list)
        assert now == [line[0], pytest.approx(line[1], abs=1)]


def test_a_paste_of_any_length_leaves_the_box_usable(page: WebDriver) -> None:
    box = page.find_element(By.ID, "composer-text")
    long = "a line\n" * 12_000
    run(
        page,
        """(text) => {
          const source = document.createElement("textarea");
          source.id = "source";
          source.value = text;
          document.body.append(source);
          source.select();
        }""",
        long,
    )
    page.find_element(By.ID, "source").send_keys(Keys.CONTROL, "c")
    box.send_keys(Keys.CONTROL, "v")
    time.sleep(1)
    problem = page.find_element(By.ID, "composer-problem")
    WebDriverWait(page, 10).until(lambda _: "too long" in problem.text)
    assert box.get_property("value") == ""
