"""Pages whose configuration names an engine, in rooms with pages that choose the best for themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from tests.browser.clients import Client, Run, engine_use, in_playwright, leaving, settle, with_engines
from tests.browser.conftest import Visits
from volly_browser.room.invite import Invite

pytestmark = pytest.mark.browser

ROOMS = [
    pytest.param("javascript", "hybrid", {"MLKEM768-X25519", "ML-DSA-65", "AES-GCM"}, id="javascript-hybrid"),
    pytest.param("javascript", "post-quantum", {"ML-KEM-768", "ML-DSA-65", "AES-GCM"}, id="javascript-post-quantum"),
    pytest.param("javascript", "transition", {"MLKEM768-X25519", "Ed25519", "AES-GCM"}, id="javascript-transition"),
    pytest.param("javascript", "classical", {"X25519", "Ed25519", "AES-GCM"}, id="javascript-classical"),
    pytest.param("python", "hybrid", {"ML-DSA-65"}, id="python-hybrid"),
    pytest.param("python", "post-quantum", {"ML-KEM-768", "ML-DSA-65"}, id="python-post-quantum"),
]
"""Engine, policy, and the algorithms of such a room that the engine has."""


@pytest.fixture(scope="module")
def ordinary(open_shared_page: Visits) -> Run:
    """A page that chooses for itself."""
    return in_playwright(open_shared_page("/client.html").page)


@pytest.fixture(scope="module")
def page_with(open_shared_page: Visits) -> Callable[[str], Run]:
    """Gives a page that uses one engine wherever it can, always the same one for an engine."""

    @cache
    def page_with(engine: str) -> Run:
        context = open_shared_page.new_context()
        context.grant_permissions(["local-network-access"])  # Chromium takes what a test served for a foreign page
        context.route("**/client.html", with_engines({"*": engine}))
        return in_playwright(open_shared_page("/client.html", context).page)

    return page_with


def talk(one: Client, other: Client) -> None:
    for speaker, listener in ((one, other), (other, one)):
        speaker.send("can you read this?")
        assert listener.receive() == "can you read this?"


@pytest.mark.parametrize(("engine", "policy", "algorithms"), ROOMS)
def test_a_forced_engine_does_its_part_in_a_room_with_others(
    page_with: Callable[[str], Run], ordinary: Run, engine: str, policy: str, algorithms: set[str]
) -> None:
    room, post_quantum = Invite.create(policy).fragment, policy != "classical"
    forced = page_with(engine)
    one, other, again = (Client(run, "somebody", post_quantum=post_quantum) for run in (forced, ordinary, forced))
    with leaving(one, other, again):
        one.connect(room)
        other.connect(room)  # by a Welcome that the forced engine seals
        settle(one, other)
        talk(one, other)
        one.close()
        settle(other)
        again.connect(room)  # by a Welcome that the forced engine opens
        settle(again, other)
        talk(again, other)
    use = engine_use(forced)
    by_engine = {algorithm for algorithm, _, name in use if name == engine}
    assert algorithms <= by_engine
    assert not {algorithm for algorithm, _, name in use if name != engine} & by_engine


def test_a_page_left_alone_computes_with_the_browsers_own_cryptography(ordinary: Run) -> None:
    client = Client(ordinary, "alone")
    with leaving(client):
        client.connect(Invite.create().fragment)
        assert {name for _, _, name in engine_use(ordinary)} == {"webcrypto"}
