"""What happens before a room is entered, in Firefox and WebKitGTK."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.selenium_drivers import firefox, webkit
from tests.browser.slow_host import slow_host
from volly_browser.room.invite import Invite
from volly_browser.tools.stack import Stack

pytestmark = pytest.mark.browser

LATE = 3.0
PATIENCE = 60.0
READ_STATE = "return [document.documentElement.dataset.view, history.state?.visit?.name, document.title]"


def wait_for(driver: WebDriver, found: Callable[[WebDriver], object]) -> None:
    WebDriverWait(driver, PATIENCE, poll_frequency=0.1).until(found)


def is_shown(name: str) -> Callable[[WebDriver], bool]:
    return lambda driver: driver.find_element(By.ID, name).is_displayed()


def press_early(driver: WebDriver, url: str) -> list[str]:
    """Press Enter before any script is there; gives the view that follows, the name of the visit, and the title."""
    driver.execute_script("setTimeout(() => { location.href = arguments[0]; })", url)
    wait_for(driver, lambda driver: driver.find_elements(By.ID, "name") and is_shown("name")(driver))
    driver.find_element(By.ID, "name").send_keys("Alice", Keys.ENTER)
    wait_for(driver, is_shown("early"))
    assert driver.execute_script(READ_STATE)[0] == "start"
    wait_for(driver, lambda driver: driver.execute_script(READ_STATE)[0] != "start")
    state: list[str] = driver.execute_script(READ_STATE)
    return state


def test_a_press_before_any_script_is_there_is_remembered_by_firefox(stack: Stack) -> None:
    with firefox() as driver, slow_host(stack.url, LATE) as url:
        assert press_early(driver, url)[:2] == ["room", "Alice"]


def test_a_press_before_any_script_is_there_is_remembered_by_webkit(stack: Stack) -> None:
    """The one of these tests has no WebRTC, and cannot enter a room."""
    with webkit("none") as driver, slow_host(stack.url, LATE) as url:
        assert press_early(driver, url)[::2] == ["blocked", "Volly cannot run in this browser · Volly"]


def test_a_firefox_with_webrtc_switched_off_is_told_so_and_keeps_the_link(stack: Stack) -> None:
    link = f"{stack.url}/#{Invite.create().fragment}"
    with firefox(media_peerconnection_enabled=False) as driver:
        driver.get(link)
        wait_for(driver, is_shown("blocked-title"))
        assert "WebRTC switched off" in driver.find_element(By.ID, "blocked-text").text
        assert driver.current_url == link


def test_a_link_in_the_path_is_told_of_in_firefox_too(stack: Stack) -> None:
    fragment = Invite.create().fragment
    with firefox() as driver:
        driver.get(f"{stack.url}/%23{fragment}")
        wait_for(driver, is_shown("sent"))
        assert driver.current_url == f"{stack.url}/"
        driver.find_element(By.ID, "go-on").click()
        wait_for(driver, lambda driver: "You are invited" in driver.find_element(By.TAG_NAME, "body").text)
        assert driver.current_url == f"{stack.url}/"
