"""A page that is reloaded again and again, as impatient people do."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.selenium_drivers import firefox
from volly_browser.tools.stack import Stack

pytestmark = pytest.mark.browser

RELOADS = 12
PATIENCE = 90.0
"""Seconds in which Python starts on a busy machine."""


def wait_until_ready(driver: WebDriver) -> None:
    def settled(driver: WebDriver) -> bool:
        blocked = driver.find_element(By.ID, "blocked-title").is_displayed()
        assert not blocked, driver.find_element(By.ID, "blocked").text
        return bool(driver.execute_script("return 'ready' in document.documentElement.dataset"))

    WebDriverWait(driver, PATIENCE, poll_frequency=0.2).until(settled)


def test_firefox_starts_python_after_every_reload(stack: Stack) -> None:
    with firefox() as driver:
        driver.get(stack.url)
        for _ in range(RELOADS):
            wait_until_ready(driver)
            driver.refresh()
        wait_until_ready(driver)


def test_firefox_reloaded_in_the_middle_of_the_loading_starts_in_the_end(stack: Stack) -> None:
    with firefox() as driver:
        driver.get(stack.url)
        for _ in range(RELOADS):
            driver.refresh()
        wait_until_ready(driver)
