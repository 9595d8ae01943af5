"""What is kept on the device: it comes back with the passphrase, lies there sealed, and goes when it is to go."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.browser.chatting import JOINED, enter, expect_message, expect_state, make_room, path_of, say
from tests.browser.conftest import Visits
from tests.browser.test_message_actions import choose

pytestmark = pytest.mark.browser

PASSPHRASE = "a few plain words"
SECRET = "The key is under the flowerpot"
FROM_DEVICE = "The messages above were kept on this device."

STORES = """
  const all = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const database = await all(indexedDB.open("volly"));
  const stores = database.transaction(["rooms", "records"], "readwrite");
  const [rooms, records] = ["rooms", "records"].map((name) => stores.objectStore(name));
"""

READ = f"""async () => {{
  {STORES}
  const found = {{
    rooms: await all(rooms.getAll()),
    handles: await all(rooms.getAllKeys()),
    positions: (await all(records.getAllKeys())).map(([, position]) => position),
    records: (await all(records.getAll())).map((record) => [...record]),
  }};
  for (const room of found.rooms) for (const part of ["salt", "check", "index"]) room[part] = [...room[part]];
  database.close();
  return found;
}}"""
"""All that is stored, with bytes as lists of numbers."""

WRITE = f"""async ([changes, part, numbers]) => {{
  {STORES}
  const [handle] = await all(rooms.getAllKeys());
  for (const [position, record] of changes) records.put(Uint8Array.from(record), [handle, position]);
  if (part) rooms.put({{ ...await all(rooms.get(handle)), [part]: Uint8Array.from(numbers) }}, handle);
  await new Promise((resolve) => {{ stores.oncomplete = resolve; }});
  database.close();
}}"""
"""Puts records where an attacker wants them, `[[position, numbers]]`, and a part of the room's entry."""

CROWD = f"""async (count) => {{
  {STORES}
  const [room] = await all(rooms.getAll());
  for (let number = 0; number < count; number++) rooms.put(room, `${{number}}`);
  await new Promise((resolve) => {{ stores.oncomplete = resolve; }});
  database.close();
}}"""
"""Adds rooms to the one that there is."""

LEFT = """async () => ({
  databases: (await indexedDB.databases()).map(({ name }) => name),
  texts: localStorage.length + sessionStorage.length,
  caches: await caches.keys(),
  state: history.state,
})"""
"""All that the site has on the device."""

ROOMS_LIMIT = 16

NOTHING = {"databases": [], "texts": 0, "caches": [], "state": None}


@pytest.fixture
def profile(open_page: Visits) -> BrowserContext:
    return open_page.new_context()


def open_dialog(page: Page, words: str) -> None:
    """Press the button of the list of people that says this."""
    if page.locator("#people").is_hidden():
        page.locator("#show-people").click()
    page.locator("[data-keep]", has_text=words).click()


def keep(page: Page, passphrase: str = PASSPHRASE) -> None:
    open_dialog(page, "Keep on this device")
    page.locator("#passphrase-new").fill(passphrase)
    page.get_by_label("The same again").fill(passphrase)
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#keep")).to_be_hidden(timeout=JOINED)
    for field in ("#passphrase-new", "#passphrase-again"):
        expect(page.locator(field)).to_have_value("")
    expect(page.locator("[data-keep-words]")).to_have_text("Kept on this device")


def unlock(page: Page, passphrase: str = PASSPHRASE) -> None:
    expect(page.locator("#unlock")).to_be_visible()
    page.locator("#passphrase").fill(passphrase)
    page.locator("#unlock-form").get_by_role("button", name="Open").click()


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what only an asynchronous function can tell."""
    for _ in range(200):
        with suppress(Error):  # the page is about to be another one
            if holds():
                return
        page.wait_for_timeout(100)
    assert holds()


def until_it_is(page: Page, script: str) -> None:
    """Wait for what a script says, which the page's policy keeps Playwright from asking by itself."""
    until(page, lambda: bool(page.evaluate(script)))


def stored(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(READ)
    return found


def expect_records(page: Page, count: int) -> None:
    until(page, lambda: len(stored(page)["records"]) == count)


def expect_from_device(page: Page) -> None:
    expect(page.locator(".note", has_text=FROM_DEVICE)).to_be_visible(timeout=JOINED)


def lines(page: Page) -> list[str]:
    return page.locator("#messages > li .text, #messages > .note p").all_inner_texts()


@pytest.fixture
def talking(open_page: Visits, profile: BrowserContext) -> tuple[Page, Page, str]:
    """Alice, whose profile the test can use, and Bob, and the link of their room, after a few words."""
    alice = open_page("/", profile).page
    link = make_room(alice, "Alice")
    bob = open_page(path_of(link)).page
    enter(bob, "Bob")
    for page in (alice, bob):
        expect_state(page, "Sealed, post-quantum")
    say(bob, SECRET)
    expect_message(alice, "Bob", SECRET)
    say(alice, "I have found it")
    expect_message(bob, "Alice", "I have found it")
    return alice, bob, link


def reload(page: Page) -> None:
    page.reload(wait_until="domcontentloaded")


def test_what_was_said_is_there_after_a_reload(talking: tuple[Page, Page, str]) -> None:
    alice, bob, _ = talking
    keep(alice)
    expect_records(alice, 2)
    say(bob, "And one more")
    expect_message(alice, "Bob", "And one more")
    expect_records(alice, 3)
    reload(alice)
    unlock(alice)
    expect(alice.locator("#unlock")).to_be_hidden(timeout=JOINED)
    expect(alice.locator("#passphrase")).to_have_value("")
    expect(alice.locator(".note", has_text=FROM_DEVICE)).to_be_visible(timeout=JOINED)
    assert lines(alice)[:4] == [SECRET, "I have found it", "And one more", FROM_DEVICE]
    expect_state(alice, "Sealed, post-quantum")
    say(bob, "Welcome back")
    expect_message(alice, "Bob", "Welcome back")
    expect_records(alice, 4)
    reload(alice)
    unlock(alice)
    expect_message(alice, "Bob", "Welcome back")


def test_it_lies_there_sealed_and_what_is_altered_or_brought_back_is_left_out(talking: tuple[Page, Page, str]) -> None:
    alice, bob, link = talking
    for text in ("two", "three", "four"):
        say(bob, text)
        expect_message(alice, "Bob", text)
    keep(alice)
    expect_records(alice, 5)
    before = stored(alice)
    _is_not_in_the_clear(before, SECRET, "Bob", "Alice", "found it", PASSPHRASE, link.partition("#")[2])
    choose(bob, SECRET, "Delete…")
    bob.get_by_role("button", name="Delete", exact=True).click()
    expect(alice.locator(".message", has_text=SECRET)).to_have_count(0)
    until(alice, lambda: bool(stored(alice)["records"][0] != before["records"][0]))
    now = stored(alice)
    assert now["positions"] == [0, 1, 2, 3, 4]
    altered = [byte ^ (at == 40) for at, byte in enumerate(now["records"][1])]
    alice.reload(wait_until="domcontentloaded")
    alice.evaluate(
        WRITE,
        [
            [
                [0, before["records"][0]],  # an earlier one: the message that was deleted
                [1, altered],
                [2, now["records"][3]],  # one from elsewhere
                [9, now["records"][3]],
                [3, now["records"][3]],
            ]
        ],
    )
    unlock(alice)
    expect_from_device(alice)
    assert lines(alice)[:4] == [
        "three",
        "four",
        "4 messages kept on this device were damaged, or do not belong here. They are left out.",
        FROM_DEVICE,
    ]
    expect(alice.get_by_text(SECRET)).to_have_count(0)
    expect_state(alice, "Sealed, post-quantum")
    say(bob, "The visit goes on")
    expect_message(alice, "Bob", "The visit goes on")
    expect_records(alice, 3)


def _is_not_in_the_clear(found: dict[str, Any], *secrets: str) -> None:
    room = found["rooms"][0]
    parts = [
        *found["records"],
        room["salt"],
        room["check"],
        room["index"],
        [ord(letter) for letter in found["handles"][0]],
    ]
    raw = b"".join(map(bytes, parts))
    for secret in secrets:
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert secret.encode(coding) not in raw


def test_an_altered_index_opens_nothing_and_ends_no_visit(open_page: Visits, profile: BrowserContext) -> None:
    alice, _ = alone_keeping(open_page, profile)
    for part, words in (("index", "damaged"), ("check", "does not open")):
        before = stored(alice)["rooms"][0][part]
        alice.evaluate(WRITE, [[], part, [byte ^ 1 for byte in before]])
        reload(alice)
        unlock(alice)
        expect(alice.locator("#unlock-problem")).to_contain_text(words, timeout=JOINED)
        alice.evaluate(WRITE, [[], part, before])
    alice.get_by_role("button", name="Not now").click()
    expect_state(alice, "Nobody else here")


def test_too_many_rooms_are_said(open_page: Visits, profile: BrowserContext) -> None:
    alone_keeping(open_page, profile)[0].evaluate(CROWD, ROOMS_LIMIT - 1)
    page = open_page("/", profile).page
    make_room(page, "Alice")
    open_dialog(page, "Keep on this device")
    page.locator("#passphrase-new").fill(PASSPHRASE)
    page.get_by_label("The same again").fill(PASSPHRASE)
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#keep-problem")).to_contain_text(f"{ROOMS_LIMIT} rooms already", timeout=JOINED)


def alone_keeping(open_page: Visits, profile: BrowserContext) -> tuple[Page, str]:
    """Alice, alone in a room that she keeps, with an unsent text and a draft."""
    alice = open_page("/", profile).page
    link = make_room(alice, "Alice")
    say(alice, "It waits")
    alice.get_by_role("textbox", name="Message").fill("A draft")
    keep(alice)
    return alice, link


def test_a_wrong_passphrase_is_said_and_the_right_one_can_be_given_later(
    open_page: Visits, profile: BrowserContext
) -> None:
    alice, _ = alone_keeping(open_page, profile)
    reload(alice)
    unlock(alice, "another one")
    expect(alice.locator("#unlock-problem")).to_have_text(
        "This passphrase does not open what is kept here.", timeout=JOINED
    )
    alice.get_by_role("button", name="Not now").click()
    expect(alice.locator("#unlock")).to_be_hidden()
    expect(alice.locator("[data-keep-words]")).to_have_text("Kept here, and closed")
    open_dialog(alice, "Kept here")
    unlock(alice)
    expect(alice.locator("[data-keep-words]")).to_have_text("Kept on this device", timeout=JOINED)


def test_passphrases_that_are_short_or_differ_are_said(open_page: Visits) -> None:
    page = open_page().page
    make_room(page, "Alice")
    assert page.evaluate("async () => (await indexedDB.databases()).length") == 0, "off by default"
    open_dialog(page, "Keep on this device")
    for first, second, words in (("short", "short", "at least 8"), (PASSPHRASE, "a few plain word", "not the same")):
        page.locator("#passphrase-new").fill(first)
        page.get_by_label("The same again").fill(second)
        page.get_by_role("button", name="Keep it").click()
        expect(page.locator("#keep-problem")).to_contain_text(words)
    page.get_by_role("button", name="Cancel").click()
    assert page.evaluate("async () => (await indexedDB.databases()).length") == 0


def test_to_stop_deletes_and_another_tab_cannot_write_the_same_room(open_page: Visits, profile: BrowserContext) -> None:
    alice, link = alone_keeping(open_page, profile)
    other = open_page(path_of(link), profile).page
    enter(other, "Alice too")
    unlock(other)
    expect(other.locator("#unlock-problem")).to_contain_text("open in another tab", timeout=JOINED)
    other.close()
    open_dialog(alice, "Kept on this device")
    alice.get_by_role("button", name="Stop and delete").click()
    expect(alice.locator("[data-keep-words]")).to_have_text("Keep on this device")
    until(alice, lambda: not alice.evaluate("async () => (await indexedDB.databases()).length"))


@pytest.mark.parametrize("way", ["the button", "Esc Esc Esc"])
def test_everything_is_erased_at_once(open_page: Visits, profile: BrowserContext, way: str) -> None:
    alice, _ = alone_keeping(open_page, profile)
    other = open_page("/", profile).page
    make_room(other, "Carol")
    other.get_by_role("textbox", name="Message").fill("Another draft")
    for page in (alice, other):
        until_it_is(page, "sessionStorage.length === 1")
    begun = [page.evaluate("performance.timeOrigin") for page in (alice, other)]
    alice.evaluate(
        "localStorage.setItem('x', 'x'); caches.open('x').then((cache) => cache.put('/x', new Response('x')))"
    )
    alice.bring_to_front()
    if way == "the button":
        open_dialog(alice, "Kept on this device")
        alice.locator("#kept").get_by_role("button", name="Erase everything…").click()
        alice.get_by_role("button", name="Erase everything", exact=True).click()
    else:
        for _press in range(3):
            alice.keyboard.press("Escape")
    for page, before in zip((alice, other), begun, strict=True):
        until_it_is(page, f"performance.timeOrigin !== {before}")
        page.wait_for_load_state("domcontentloaded")
        expect(page.locator("#start")).to_be_visible()
        expect(page.get_by_label("Your name")).to_have_value("")
        expect(page.locator("#any-kept")).to_be_hidden()
        expect(page.locator("#enter-button")).to_have_text("Make a room")
        assert page.evaluate(LEFT) == NOTHING
    for page in (alice, other):
        reload(page)
        assert page.evaluate(LEFT) == NOTHING


def test_fewer_or_slower_presses_erase_nothing(open_page: Visits) -> None:
    page = open_page().page
    make_room(page, "Alice")
    for pause, presses in ((0, ["Escape", "Escape", "a", "Escape"]), (600, ["Escape", "Escape", "Escape"])):
        for key in presses:
            page.keyboard.press(key)
            page.wait_for_timeout(pause)
        page.wait_for_timeout(1100)
    expect(page.locator("#room")).to_be_visible()


def test_the_making_of_the_key_does_not_hold_up_typing(open_page: Visits) -> None:
    """A busy machine holds the page up as well: one of three attempts without a long stretch shows that it can be."""
    page = open_page().page
    make_room(page, "Alice")
    expect(page.locator("html[data-ready]")).to_be_attached(timeout=JOINED)
    for _attempt in range(3):
        page.evaluate("""() => {
          globalThis.longest = 0;
          new PerformanceObserver((list) => {
            for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
          }).observe({ entryTypes: ["longtask"] });
        }""")
        keep(page)
        longest = page.evaluate("new Promise((resolve) => setTimeout(() => resolve(longest), 200))")
        if not longest:
            return
        open_dialog(page, "Kept on this device")
        page.get_by_role("button", name="Stop and delete").click()
    pytest.fail(f"The page was held up for {longest} ms.")
