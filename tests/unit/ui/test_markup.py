"""The page before any script: usable, without anything its content security policy would refuse."""

from collections import Counter

import pytest

from tests.unit.ui.fake_page import FakeDocument, FakeNode


@pytest.fixture(scope="module")
def nodes() -> list[FakeNode]:
    return list(FakeDocument().descendants())


@pytest.fixture(scope="module")
def names(nodes: list[FakeNode]) -> Counter[str]:
    return Counter(node.attributes["id"] for node in nodes if "id" in node.attributes)


def test_every_id_is_there_once(names: Counter[str]) -> None:
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    "attribute", ["for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "data-opens"]
)
def test_every_reference_leads_somewhere(nodes: list[FakeNode], names: Counter[str], attribute: str) -> None:
    references = " ".join(node.attributes.get(attribute, "") for node in nodes).split()
    assert [reference for reference in references if reference not in names] == []


def test_every_icon_exists(nodes: list[FakeNode], names: Counter[str]) -> None:
    used = {node.attributes["href"].removeprefix("#") for node in nodes if node.tag == "use"}
    assert used <= set(names)


def test_nothing_is_inline_that_the_policy_forbids(nodes: list[FakeNode]) -> None:
    for node in nodes:
        assert node.tag != "style"
        assert not [name for name in node.attributes if name == "style" or name.startswith("on")]
        if node.tag == "script":
            assert node.attributes.get("src") or node.attributes["type"] == "application/json"


def test_nothing_comes_from_elsewhere(nodes: list[FakeNode]) -> None:
    for node in nodes:
        for name in ("src", "href", "action"):
            assert not node.attributes.get(name, "").startswith(("http:", "https:", "//"))


def test_every_control_has_a_name(nodes: list[FakeNode]) -> None:
    labelled = {node.attributes["for"] for node in nodes if node.tag == "label"}
    for node in nodes:
        if node.tag in {"input", "textarea"}:
            assert node.attributes["id"] in labelled
        if node.tag == "button" and node.attributes.get("id") not in {"notice-action"}:  # gets its words when shown
            assert node.attributes.get("aria-label") or node.textContent.strip()
        if node.tag in {"dialog", "aside"}:
            assert node.attributes.get("aria-labelledby")


def test_without_scripts_the_page_says_what_it_needs(nodes: list[FakeNode]) -> None:
    [sentence] = [node.textContent for node in nodes if node.tag == "noscript"]
    assert "needs JavaScript" in sentence


def test_what_becomes_of_a_message_is_announced_to_nobody(nodes: list[FakeNode]) -> None:
    [delivery] = [node for node in nodes if "delivery" in node.classes]
    assert delivery.attributes["aria-live"] == "off", "it stands in a log, whose changes are announced"
