"""Browsers that lack something, or have it switched off: told before a name is typed, with a remedy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chatting import ARRIVED
from tests.browser.conftest import Visits
from tests.browser.test_chat_page import enter, expect_state, make_room, path_of, say
from volly_browser.room.invite import Invite
from volly_browser.tools import browsers
from volly_browser.tools.stack import Stack

pytestmark = pytest.mark.browser

TOLD = 20_000


def opened(visits: Visits, script: str, path: str = "/") -> Page:
    context = visits.new_context()
    context.add_init_script(script)
    return visits(path, context).page


def expect_told(page: Page, *said: str) -> None:
    expect(page.locator("#blocked-title")).to_have_text("Volly cannot run in this browser", timeout=TOLD)
    for part in said:
        expect(page.locator("#blocked-text")).to_contain_text(part)
    expect(page.get_by_label("Your name")).not_to_be_visible()


@pytest.mark.parametrize(
    "switch_off",
    [
        "delete globalThis.RTCPeerConnection; delete globalThis.webkitRTCPeerConnection",
        "globalThis.RTCPeerConnection = undefined",
        "globalThis.RTCPeerConnection = class { constructor() { throw new DOMException('no', 'NotAllowedError'); } }",
    ],
)
def test_a_browser_without_webrtc_is_told_with_a_remedy_and_its_link_stays_in_the_address(
    open_page: Visits, switch_off: str
) -> None:
    path = f"/#{Invite.create().fragment}"
    page = opened(open_page, switch_off, path)
    expect_told(page, "WebRTC switched off", "Tor Browser", "about:config", "another browser")
    assert page.url.endswith(path)


def test_a_browser_without_webassembly_is_told_of_lockdown_mode(open_page: Visits) -> None:
    page = opened(open_page, "delete globalThis.WebAssembly")
    expect_told(page, "WebAssembly switched off", "Lockdown Mode", "turn Lockdown Mode off for this website", "new tab")


@pytest.mark.parametrize(
    "reason", ["new WebAssembly.CompileError('disabled')", "new RangeError('Out of memory')", "new Error('why')"]
)
def test_a_browser_that_refuses_the_engine_is_told_of_lockdown_mode_and_memory(open_page: Visits, reason: str) -> None:
    refuse = f"WebAssembly.instantiateStreaming = async () => {{ throw {reason}; }}"
    fragment = Invite.create().fragment
    page = opened(open_page, refuse, f"/#{fragment}")
    expect_told(page, "cannot run Volly's engine", "Lockdown Mode", "short of memory", "in a new one")
    assert page.get_by_label("The room's link").input_value().endswith(fragment)


def test_a_lack_of_memory_is_called_so(open_page: Visits) -> None:
    context = open_page.new_context()
    context.add_init_script(
        """WebAssembly.Memory = class { constructor() {
          throw new RangeError("WebAssembly.Memory(): could not allocate memory");
        } }"""
    )
    page = context.new_page()
    page.goto(open_page.url)  # where Pyodide throws more than once
    expect_told(page, "short of memory")
    context.close()


@pytest.fixture
def without_site_data(tmp_path: Path, browser: Browser, stack: Stack) -> Iterator[Page]:
    """A page of a Chromium that is set to let no site keep anything."""
    profile = tmp_path / "Default"
    profile.mkdir()
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Preferences").write_text(json.dumps(blocked))
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=browsers.chromium(), args=browsers.sandbox_options()
    )
    page = context.new_page()
    page.goto(stack.url)
    yield page
    context.close()


def test_the_chat_works_in_a_browser_that_lets_sites_keep_nothing(without_site_data: Page, open_page: Visits) -> None:
    alice = without_site_data
    assert alice.evaluate("() => { try { return Boolean(localStorage); } catch (error) { return error.name; } }") == (
        "SecurityError"
    )
    errors: list[str] = []
    alice.on("pageerror", lambda error: errors.append(error.message))
    link = make_room(alice, "Alice")
    bob = open_page(path_of(link)).page
    enter(bob, "Bob")
    expect_state(alice, "Sealed, post-quantum")
    say(alice, "Nothing is kept here")
    expect(alice.locator(".message .delivery")).to_have_text(ARRIVED)
    alice.reload()
    expect_state(alice, "Sealed, post-quantum")
    assert errors == []
