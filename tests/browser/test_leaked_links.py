"""Links whose `#` has become `%23`: the secret was sent, which is said; it goes out of the address, and can be used."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.late import Held
from tests.browser.test_chat_page import enter
from volly_browser.room.invite import Invite

pytestmark = pytest.mark.browser

FRAGMENT = Invite.create().fragment
SHAPES = ["/%23{}", "/{}", "/%2523{}", "/index.html%23{}", "/chat/%23{}&data=05%7C01"]


def opened(visits: Visits, path: str) -> Page:
    """A page whose engine never comes."""
    context = visits.new_context()
    Held(context, "**/pyodide.asm.wasm")
    return visits(path, context).page


def expect_nothing_in_the_address(page: Page) -> None:
    expect(page).to_have_url(re.compile(r"^https?://[^/]+/$"))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_link_in_the_path_is_told_of_and_leads_to_its_room_if_one_wants(open_page: Visits, shape: str) -> None:
    page = opened(open_page, shape.format(FRAGMENT))
    expect(page.get_by_role("heading", name="changed on its way")).to_be_visible()
    expect(page.locator("#sent")).to_contain_text("sent the secret of the room to the server")
    expect_nothing_in_the_address(page)
    page.get_by_role("button", name="Go to the room all the same").click()
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
    expect_nothing_in_the_address(page)
    enter(page, "Bob")
    assert page.locator("#invite-link").input_value().endswith(f"/#{FRAGMENT}")


def test_a_new_room_can_be_made_instead_which_is_another(open_page: Visits) -> None:
    page = opened(open_page, f"/%23{FRAGMENT}")
    page.get_by_role("link", name="make a new room").click()
    expect(page.get_by_role("heading", name="Open a room")).to_be_visible()
    enter(page, "Bob")
    assert FRAGMENT not in page.locator("#invite-link").input_value()


def test_most_of_a_secret_goes_out_of_the_address_too(open_page: Visits) -> None:
    page = opened(open_page, f"/%23{FRAGMENT[:40]}")
    expect_nothing_in_the_address(page)
    expect(page.locator("#nothing")).to_contain_text("may have been cut short")


def test_a_link_to_a_wrong_path_with_its_secret_in_place_just_works(open_page: Visits) -> None:
    page = opened(open_page, f"/room/#{FRAGMENT}")
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
    expect(page.locator("#link-problem")).not_to_be_visible()
    expect_nothing_in_the_address(page)


@pytest.mark.parametrize("query", ["?%23{}", "?x=1&link=https%3A%2F%2Fvolly.example%2F%23{}", "?{}"])
def test_a_link_in_the_query_is_told_of_and_offered(open_page: Visits, query: str) -> None:
    page = opened(open_page, "/" + query.format(FRAGMENT))
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
    expect(page.locator("#link-problem")).to_contain_text("its secret has been sent to servers")
    expect_nothing_in_the_address(page)
    enter(page, "Bob")
    assert page.locator("#invite-link").input_value().endswith(f"/#{FRAGMENT}")


@pytest.mark.parametrize("shape", [*SHAPES, "/%23{} at eight"])
def test_a_pasted_link_is_told_of_and_offered(open_page: Visits, shape: str) -> None:
    page = opened(open_page, "/")
    prefix = "Come to " if shape in SHAPES else ""
    page.get_by_text("I was sent a link").click()
    page.locator("#link").fill(f"Come to https://volly.example{shape.format(FRAGMENT)}".removeprefix(prefix))
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
    expect(page.locator("#link-problem")).to_contain_text("its # has become %23")


def test_a_link_as_it_should_be_is_not_warned_of(open_page: Visits) -> None:
    page = opened(open_page, f"/#{FRAGMENT}")
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
    expect(page.locator("#link-problem")).not_to_be_visible()
