"""A text on its way into the room is held until the room has it."""

import asyncio

import pytest

from volly_browser.errors import LocalError
from volly_browser.room.events import MessageQueued, NotInGroup, RoomClosed
from volly_browser.room.mimi import text_content
from volly_browser.ui import wording
from volly_browser.ui.composer.hands import Hands
from volly_browser.ui.composer.unsent import Unsent


class Post:
    """Hands, and a room that does what the test says."""

    def __init__(self) -> None:
        self.refused: list[tuple[str, str]] = []
        self.hands = Hands(lambda unsent, why: self.refused.append((unsent.text, why)))
        self.refusal: Exception | None = None

    async def send(self, text: str) -> str:
        await asyncio.sleep(0)
        if self.refusal:
            raise self.refusal
        return text

    async def give(self, text: str) -> None:
        unsent = Unsent(text, 0.0)
        self.hands.take(unsent)
        await self.hands.hand_over(unsent, self.send)

    def taken(self, text: str) -> None:
        self.hands.taken(MessageQueued("a" * 64, "a" * 32, text_content(text, bytes(16), 0.0)))

    @property
    def held(self) -> list[str]:
        return [unsent.text for unsent in self.hands.held]


@pytest.fixture
def post(faults: list[BaseException]) -> Post:
    return Post()


async def test_a_text_is_held_until_the_room_says_that_it_has_it(post: Post) -> None:
    await post.give("one")
    assert post.held == ["one"], "it has only taken the order"
    post.taken("one")
    assert post.held == []


async def test_of_two_that_say_the_same_one_is_held_on(post: Post) -> None:
    for text in ("yes", "no", "yes"):
        await post.give(text)
    post.taken("yes")
    assert post.held == ["no", "yes"]


async def test_what_was_not_given_is_not_held(post: Post) -> None:
    post.taken("an edit")
    assert post.held == []


async def test_a_text_that_is_refused_is_given_back_with_the_reason(post: Post) -> None:
    post.refusal = LocalError("That cannot be sent.")
    await post.give("bad")
    assert (post.held, post.refused) == ([], [("bad", "That cannot be sent.")])


async def test_a_fault_is_reported_and_the_text_given_back(post: Post, faults: list[BaseException]) -> None:
    post.refusal = ZeroDivisionError()
    await post.give("unlucky")
    assert post.refused == [("unlucky", wording.NOT_TAKEN)]
    assert [type(fault) for fault in faults] == [ZeroDivisionError]
    faults.clear()


@pytest.mark.parametrize("over", [NotInGroup("There are no keys."), RoomClosed("The room was left.")])
async def test_a_room_that_is_over_gives_back_what_is_held_at_its_end(post: Post, over: Exception) -> None:
    post.refusal = over
    await post.give("late")
    assert (post.held, post.refused) == (["late"], [])
    assert [unsent.text for unsent in post.hands.let_go()] == ["late"]
    assert post.held == []


async def test_what_was_let_go_is_not_refused_as_well(post: Post) -> None:
    post.refusal = LocalError("Too late.")
    giving = asyncio.ensure_future(post.give("slow"))
    await asyncio.sleep(0)
    post.hands.let_go()
    await giving
    assert post.refused == []
