"""The lab: cells of Python that run the README's steps on the real engine, in PyScript's editors."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit, Visits
from tests.browser.test_accessibility import violations
from volly_browser.tools import node

pytestmark = pytest.mark.browser

ALL_RUN = 180_000
"""Milliseconds that a busy machine may take to start Python and run every cell."""


def cell(visit: Visit, name: str) -> Locator:
    return visit.page.locator(f"script#{name} + py-editor")


def output(visit: Visit, name: str) -> str:
    return cell(visit, name).locator(".py-editor-output").inner_text()


def change(visit: Visit, name: str, code: str) -> None:
    """Put other code into a cell, as its editor's user."""
    cell(visit, name).locator(".cm-content").fill(code)


def run(visit: Visit, name: str) -> str:
    cell(visit, name).get_by_role("button").click()
    expect(cell(visit, name).locator(".running")).to_have_count(0)
    return output(visit, name)


@pytest.fixture(scope="module")
def lab(open_shared_page: Visits) -> Iterator[Visit]:
    """The lab, all of whose cells have run."""
    visit = open_shared_page("/lab.html")
    visit.page.locator("#run-all:enabled").click(timeout=ALL_RUN)
    expect(visit.page.locator("#lab-status")).to_have_text(
        "All cells have run. Change one and run it again.", timeout=ALL_RUN
    )
    yield visit
    assert visit.console_errors == []


def test_every_algorithm_is_tested_on_an_engine(lab: Visit) -> None:
    tested = [line.split()[0] for line in output(lab, "start").strip().splitlines()]
    assert sorted(tested) == ["AES-GCM", "Ed25519", "ML-DSA-65", "ML-KEM-768", "MLKEM768-X25519", "X25519"]


def test_keys_have_the_lengths_of_the_standard(lab: Visit) -> None:
    assert "secret key: 64 bytes" in output(lab, "keys")
    assert "public key: 1184 bytes" in output(lab, "keys")


def test_both_sides_get_the_same_secret(lab: Visit) -> None:
    ciphertext, bob, alice = output(lab, "agree").strip().splitlines()
    assert ciphertext == "ciphertext: 1088 bytes"
    assert bob.split()[-1] == alice.split()[-1]
    assert len(bytes.fromhex(bob.split()[-1])) == 32


def test_what_is_sealed_opens_and_cannot_be_changed(lab: Visit) -> None:
    _, opened, refused = output(lab, "seal").strip().splitlines()
    assert opened == "Hello, quantum world!"
    assert refused.startswith("With one bit changed: The ciphertext was changed")


def test_two_people_talk_over_a_network_in_the_page(lab: Visit) -> None:
    said = output(lab, "room")
    assert "Alice: Hello, quantum world!" in said
    assert "in the room: Alice, Bob" in said
    assert "the same secret on both sides: True" in said
    assert "the words among them: False" in said


def test_an_epoch_is_the_same_from_both_sides(lab: Visit) -> None:
    lines = output(lab, "epoch").strip().splitlines()
    alice, bob = lines[0:3], lines[3:6]
    assert alice[0] == "Alice: epoch 1, members ['Alice', 'Bob']"
    assert alice[1:] == bob[1:]


def test_every_policy_can_be_tried(lab: Visit) -> None:
    assert [line.split(",")[0] for line in output(lab, "policies").strip().splitlines()[::2]] == [
        "hybrid",
        "post-quantum",
        "transition",
        "classical",
    ]


def test_micropip_brings_a_package_of_the_site(lab: Visit) -> None:
    assert "kyber-py" in output(lab, "packages")
    assert output(lab, "packages").strip().splitlines()[-1] == "1568 3168 1568 True"


def test_nothing_in_a_cell_went_wrong(lab: Visit) -> None:
    assert lab.page.locator(".py-editor-output span").count() == 0


def test_a_changed_cell_runs_as_changed(lab: Visit) -> None:
    change(lab, "keys", "print(6 * 7)")
    assert run(lab, "keys").strip() == "42"


def test_an_error_names_its_line_and_does_nothing_else(lab: Visit) -> None:
    change(lab, "keys", 'raise ValueError("<img src=x onerror=alert(1)> is no key")')
    said = run(lab, "keys")
    assert 'File "<exec>", line 1, in <module>' in said
    assert "ValueError: <img src=x onerror=alert(1)> is no key" in said
    assert "_pyodide" not in said
    assert cell(lab, "keys").locator("img").count() == 0


def test_a_cell_that_never_ends_can_be_stopped(open_page: Visits) -> None:
    visit = open_page("/lab.html")
    visit.page.on("dialog", lambda dialog: dialog.accept())
    visit.page.locator("#run-all:enabled").wait_for(timeout=ALL_RUN)
    change(visit, "start", "while True: pass")
    cell(visit, "start").get_by_role("button").click()
    cell(visit, "start").locator(".running").click()
    visit.page.locator("#run-all:disabled").wait_for()
    visit.page.locator("#run-all:enabled").wait_for(timeout=ALL_RUN)
    change(visit, "start", "print('again')")
    assert run(visit, "start").strip() == "again"


def test_only_what_the_cells_need_is_loaded(lab: Visit) -> None:
    names = [url.rpartition("/")[2] for url in lab.requests]
    assert [name for name in names if name.startswith(("xterm", "donkey", "py-game", "py-terminal"))] == []
    assert [name for name in names if name.endswith(".map")] == []


@pytest.mark.parametrize("colors", ["light", "dark"])
def test_the_lab_is_accessible(open_page: Visits, colors: str) -> None:
    context = open_page.new_context(color_scheme=colors, viewport={"width": 390, "height": 844})
    context.add_init_script(path=node.prepare().package("axe-core") / "axe.min.js")
    page = open_page("/lab.html", context).page
    page.locator("#run-all:enabled").click(timeout=ALL_RUN)
    page.locator("#run-all:enabled").wait_for(timeout=ALL_RUN)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out on a phone"
