"""Names and links of unusual letters, in the page's own Python: its library is smaller, and its Unicode is newer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import enter, expect_message, expect_state, make_room, path_of, say
from tests.browser.conftest import Visit, Visits

pytestmark = pytest.mark.browser

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
HOMOGRAPH = "http://\u0430\u0440\u0440\u04cf\u0435.com"


def test_a_link_to_a_host_of_look_alikes_is_named_and_ends_no_page(two: tuple[Page, Page]) -> None:
    alice, bob = two
    say(bob, f"見{HOMOGRAPH}。次")
    expect_message(alice, "Bob", "(xn--80ak6aa92e.com)")
    for page in two:
        assert page.locator(".message .text a").evaluate_all("(links) => links.map((link) => link.textContent)") == [
            HOMOGRAPH
        ]
    say(alice, "Both are still here")
    expect_message(bob, "Alice", "Both are still here")


@pytest.mark.parametrize("name", ["\u3164", "\u200b\u2060", "\u2800 \u00ad", "\u0301"])
def test_a_name_of_which_nothing_is_seen_is_asked_for_again(slow: Visit, name: str) -> None:
    enter(slow.page, name)
    expect(slow.page.locator("#name-problem")).to_have_text("Please type a name. Any will do.")
    expect(slow.page.get_by_label("Your name")).to_be_focused()


def test_names_are_cut_between_families_and_look_alikes_are_told_apart(open_page: Visits) -> None:
    alice, bob = open_page().page, None
    link = make_room(alice, "x" * 60 + FAMILY * 9)
    bob = open_page(path_of(link)).page
    enter(bob, "X" * 60 + FAMILY * 4 + "\u3164\u202e")
    for page in (alice, bob):
        expect_state(page, "Sealed, post-quantum")
        names = page.locator("#people-list .person-name")
        expect(names).to_have_text(["x" * 60 + FAMILY * 4, "X" * 60 + FAMILY * 4])
        expect(page.locator("#people-list .tag").first).to_have_text(re.compile(r"^[0-9a-z]{4}-[0-9a-z]{4}"))
