import asyncio

import pytest

from tests.unit.ui.fake_page import FakeDocument
from volly_browser.errors import LocalError
from volly_browser.room.events import NotInGroup
from volly_browser.ui.element import Page
from volly_browser.ui.messages import MessagesView
from volly_browser.ui.outbox import Outbox
from volly_browser.ui.people import Person

ALICE = Person("a" * 32, "Alice", is_self=True)


class Post:
    """An outbox, the page it reports to, and a room that does what the test says."""

    def __init__(self) -> None:
        self.document = FakeDocument()
        self.view = MessagesView(Page(self.document), lambda _: "")
        self.outbox = Outbox(self.send, self.problem)
        self.sent: list[str] = []
        self.problems: list[str] = []
        self.refusal: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, text: str) -> str:
        await self.gate.wait()
        if self.refusal:
            raise self.refusal
        self.sent.append(text)
        return text

    def problem(self, sentence: str) -> None:
        self.problems.append(sentence)

    def add(self, text: str) -> None:
        self.outbox.add(text, self.view.add(ALICE, text, 0.0))

    @property
    def words(self) -> list[str]:
        return [line.removeprefix("AAlice") for line in self.document.lines("messages")]


@pytest.fixture
def post() -> Post:
    return Post()


async def test_texts_wait_until_there_is_somebody_to_read_them(post: Post) -> None:
    post.add("one ")
    await post.outbox.deliver()
    assert post.sent == []
    assert post.words == ["one Waits for somebody to come"]
    post.outbox.open(True)
    post.add("two ")
    await post.outbox.deliver()
    assert post.sent == ["one ", "two "]
    assert post.words == ["one Waiting to be sent", "two Waiting to be sent"]
    post.outbox.message_sent("one ")
    assert post.words == ["one Sent", "two Waiting to be sent"]
    assert len(post.outbox) == 1


async def test_the_network_may_be_faster_than_the_room(post: Post) -> None:
    post.outbox.open(True)
    post.add("one ")
    post.outbox.message_sent("one ")
    await post.outbox.deliver()
    assert post.words == ["one Sent"]
    assert len(post.outbox) == 0


async def test_texts_keep_their_order_however_often_delivery_is_asked_for(post: Post) -> None:
    post.outbox.open(True)
    post.gate.clear()
    for text in "abc":
        post.add(text)
    deliveries = [asyncio.ensure_future(post.outbox.deliver()) for _ in range(3)]
    await asyncio.sleep(0)
    post.gate.set()
    await asyncio.gather(*deliveries)
    assert post.sent == ["a", "b", "c"]


async def test_without_keys_a_text_stays_where_it_is(post: Post) -> None:
    post.outbox.open(True)
    post.refusal = NotInGroup("There are no keys.")
    post.add("one ")
    await post.outbox.deliver()
    assert len(post.outbox) == 1
    assert not post.problems
    post.refusal = None
    await post.outbox.deliver()
    assert post.sent == ["one "]


async def test_a_text_that_is_refused_is_shown_so_and_the_next_one_goes(post: Post) -> None:
    post.outbox.open(True)
    post.refusal = LocalError("That cannot be sent.")
    post.add("bad ")
    await post.outbox.deliver()
    post.refusal = None
    post.add("good ")
    await post.outbox.deliver()
    assert post.words == ["bad Not sent", "good Waiting to be sent"]
    assert post.problems == ["That cannot be sent."]
