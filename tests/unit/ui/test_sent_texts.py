import asyncio
from itertools import count

import pytest

from tests.unit.ui.fake_page import FakeDocument, FakeListeners
from volly_browser.errors import LocalError
from volly_browser.room.events import NotInGroup
from volly_browser.ui import sent_texts
from volly_browser.ui.element import Page
from volly_browser.ui.fate import FOR_KEYS
from volly_browser.ui.log import PlaceInLog
from volly_browser.ui.messages import MessagesView
from volly_browser.ui.not_sent import NotSent, Unsent, WaysOut
from volly_browser.ui.people import Person
from volly_browser.ui.sent_texts import SentTexts

ALICE = Person("a" * 32, "Alice", is_self=True)
BOB = Person("b" * 32, "Bob", is_self=False)

pytestmark = pytest.mark.usefixtures("faults")


class Post:
    """Texts on their way, the page it reports to, and a room that does what the test says."""

    def __init__(self) -> None:
        self.document = FakeDocument()
        self.view = MessagesView(Page(self.document), FakeListeners(), lambda _: "")
        self.sent: list[str] = []
        self.problems: list[str] = []
        self.not_sent = NotSent(WaysOut(self.sent.append, self.sent.append, self.problems.append), self.changed)
        self.sent_texts = SentTexts(self.send, self.not_sent, self.changed)
        self.changes = 0
        self.lamports = count(1)
        self.refusal: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, text: str) -> str:
        await self.gate.wait()
        if self.refusal:
            raise self.refusal
        self.sent.append(text)
        return text

    def changed(self) -> None:
        self.changes += 1

    def add(self, text: str) -> None:
        self.sent_texts.add(Unsent(text, 0.0), self.view.add(ALICE, text, 0.0))

    def takes(self, message_id: str) -> None:
        """The network takes a message, one after the other."""
        self.sent_texts.message_sent(message_id, PlaceInLog(next(self.lamports), ALICE.member_id))

    @property
    def unsent(self) -> list[str]:
        return [unsent.text for unsent in self.sent_texts.unsent]

    @property
    def words(self) -> list[str]:
        return [line.removeprefix("AAlice") for line in self.document.lines("messages")]


@pytest.fixture
def post() -> Post:
    return Post()


async def test_texts_wait_until_another_member_can_read_them(post: Post) -> None:
    post.add("one ")
    await post.sent_texts.deliver()
    assert post.sent == []
    assert post.words == ["one Waiting for somebody"]
    post.sent_texts.open()
    post.add("two ")
    await post.sent_texts.deliver()
    assert post.sent == ["one ", "two "]
    assert post.words == ["one Waiting to be sent", "two Waiting to be sent"]
    post.takes("one ")
    assert post.words == ["one Sent", "two Waiting to be sent"]
    assert len(post.unsent) == 1


async def test_the_network_may_be_faster_than_the_room(post: Post) -> None:
    post.sent_texts.open()
    post.add("one ")
    post.takes("one ")
    await post.sent_texts.deliver()
    assert post.words == ["one Sent"]
    assert post.unsent == []


async def test_what_a_text_waits_for_is_shown_and_may_change(post: Post) -> None:
    post.add("one ")
    assert post.words == ["one Waiting for somebody"]
    post.sent_texts.close(FOR_KEYS)
    post.add("two ")
    assert post.words == ["one Waiting for keys", "two Waiting for keys"]
    post.sent_texts.open()
    assert post.words == ["one Waiting to be sent", "two Waiting to be sent"]


async def test_a_text_for_one_is_received_or_not(post: Post) -> None:
    post.sent_texts.open()
    post.add("one ")
    await post.sent_texts.deliver()
    post.takes("one ")
    post.sent_texts.message_received("one ", 1, 1)
    assert post.words == ["one Received"]


async def test_a_text_for_several_is_received_by_more_and_more_of_them(post: Post) -> None:
    post.sent_texts.open()
    post.add("one ")
    await post.sent_texts.deliver()
    post.takes("one ")
    shown = []
    for received in (1, 2, 3):
        post.sent_texts.message_received("one ", received, 3)
        shown += post.words
    assert shown == ["one Received by 1 of 3", "one Received by 2 of 3", "one Received by all"]


async def test_even_the_receivers_may_be_faster_than_the_room(post: Post) -> None:
    post.sent_texts.open()
    post.add("one ")
    post.takes("one ")
    post.sent_texts.message_received("one ", 1, 2)
    await post.sent_texts.deliver()
    assert post.words == ["one Received by 1 of 2"]
    post.sent_texts.message_received("one ", 2, 2)
    assert post.words == ["one Received by all"]


async def test_not_every_text_is_followed_for_ever(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_texts, "FOLLOWED_LIMIT", 2)
    post.sent_texts.open()
    for text in ("one ", "two ", "three "):
        post.add(text)
    await post.sent_texts.deliver()
    for text in ("one ", "two ", "three "):
        post.takes(text)
        post.sent_texts.message_received(text, 1, 2)
    post.sent_texts.message_received("one ", 2, 2)
    post.sent_texts.message_received("two ", 2, 2)
    assert post.words == ["one Received by 1 of 2", "two Received by all", "three Received by 1 of 2"]


async def test_what_all_members_have_makes_place_for_what_is_still_on_its_way(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent_texts, "FOLLOWED_LIMIT", 2)
    post.sent_texts.open()
    for text in ("one ", "two ", "three "):
        post.add(text)
        await post.sent_texts.deliver()
        post.takes(text)
        if text != "one ":
            post.sent_texts.message_received(text, 2, 2)
    post.sent_texts.message_received("one ", 2, 2)
    assert post.words[0] == "one Received by all"


async def test_texts_keep_their_order_however_often_delivery_is_asked_for(post: Post) -> None:
    post.sent_texts.open()
    post.gate.clear()
    for text in "abc":
        post.add(text)
    deliveries = [asyncio.ensure_future(post.sent_texts.deliver()) for _ in range(3)]
    await asyncio.sleep(0)
    post.gate.set()
    await asyncio.gather(*deliveries)
    assert post.sent == ["a", "b", "c"]


async def test_without_keys_a_text_is_kept(post: Post) -> None:
    post.sent_texts.open()
    post.refusal = NotInGroup("There are no keys.")
    post.add("one ")
    await post.sent_texts.deliver()
    assert len(post.unsent) == 1
    assert not post.problems
    post.refusal = None
    await post.sent_texts.deliver()
    assert post.sent == ["one "]


async def test_a_text_that_is_refused_is_shown_so_and_the_next_one_goes(post: Post) -> None:
    post.sent_texts.open()
    post.refusal = LocalError("That cannot be sent.")
    post.add("bad ")
    await post.sent_texts.deliver()
    post.refusal = None
    post.add("good ")
    await post.sent_texts.deliver()
    assert post.words == ["bad Not sentSend againEdit", "good Waiting to be sent"]
    assert post.problems == ["That cannot be sent."]


async def test_what_was_given_up_while_it_was_sent_is_in_doubt_and_shown_once(post: Post) -> None:
    post.sent_texts.open()
    post.gate.clear()
    for text in ("one ", "two "):
        post.add(text)
    delivery = asyncio.ensure_future(post.sent_texts.deliver())
    await asyncio.sleep(0)
    post.sent_texts.give_up()
    post.gate.set()
    await delivery
    assert post.words == ["one Possibly not sentSend againEdit", "two Not sentSend againEdit"]
    assert [unsent.text for unsent in post.not_sent.unsent] == ["one ", "two "]
    assert post.unsent == []


async def test_a_text_goes_to_its_place_when_it_is_sent_or_stays_if_it_is_there(post: Post) -> None:
    post.sent_texts.open()
    for text in ("one ", "two "):
        post.add(text)
    await post.sent_texts.deliver()
    post.view.add(BOB, "between ", 400.0, place=PlaceInLog(2, BOB.member_id))
    entries = list(post.document.shown("messages").elements)
    post.sent_texts.message_sent("one ", PlaceInLog(1, ALICE.member_id))
    assert post.document.shown("messages").elements == entries
    post.sent_texts.message_sent("two ", PlaceInLog(3, ALICE.member_id))
    assert post.document.shown("messages").elements == [entries[0], entries[2], entries[1]]


async def test_a_text_goes_to_its_place_also_if_the_network_was_faster_than_the_room(post: Post) -> None:
    post.sent_texts.open()
    post.gate.clear()
    post.add("one ")
    delivering = asyncio.create_task(post.sent_texts.deliver())
    await asyncio.sleep(0)
    post.view.add(BOB, "before ", 400.0, place=PlaceInLog(1, BOB.member_id))
    post.sent_texts.message_sent("one ", PlaceInLog(2, ALICE.member_id))
    post.gate.set()
    await delivering
    assert [line.split()[0] for line in post.words] == ["BBobbefore", "one"]
