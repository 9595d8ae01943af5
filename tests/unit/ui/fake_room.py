"""A room for tests of the page: everything in it happens when the test says so."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count

from volly_browser.room.events import (
    MembersChanged,
    MessageDelivered,
    MessageQueued,
    MessageReceived,
    MessageSent,
    RoomEvent,
    RoomMember,
    RoomState,
    StateChanged,
    Typing,
)
from volly_browser.room.mimi import Content, text_content

ALICE = RoomMember("a" * 32, "Alice", is_self=True)
BOB = RoomMember("b" * 32, "Bob", is_self=False)
CAROL = RoomMember("c" * 32, "Carol", is_self=False)


class FakeRoom:
    def __init__(self, join_fails: Exception | None = None) -> None:
        self.state = RoomState.NEW
        self.members: tuple[RoomMember, ...] = ()
        self.epoch = 0
        self.member_id = ALICE.member_id
        self.sent: list[str] = []
        self.contents: list[Content] = []
        self.tries = 0
        self.joined_others: list[str] = []
        self.keys = 0
        self.read_to: list[str] = []
        self.has_left = False
        self.send_fails: Exception | None = None
        self._join_fails = join_fails
        self._lamport = 0
        self._numbers = count(1)
        self._events: asyncio.Queue[RoomEvent | None] = asyncio.Queue()

    async def join(self) -> None:
        if self._join_fails:
            raise self._join_fails

    async def send(self, content: Content) -> str:
        if self.send_fails:
            raise self.send_fails
        self.contents.append(content)
        self.sent.append(content.text or "")
        message_id = f"{len(self.sent):064x}"
        self._events.put_nowait(MessageQueued(message_id, self.member_id, content))
        return message_id

    def new_salt(self) -> bytes:
        return bytes(16)

    def typing(self) -> None:
        self.keys += 1

    def read(self, message_id: str) -> None:
        self.read_to.append(message_id)

    async def events(self) -> AsyncIterator[RoomEvent]:
        while event := await self._events.get():
            yield event

    def join_other(self, group_id: str) -> None:
        self.joined_others.append(group_id)

    def try_now(self) -> None:
        self.tries += 1

    async def leave(self) -> None:
        self.has_left = True
        self._events.put_nowait(None)

    async def happens(self, event: RoomEvent) -> None:
        """Let the event arrive, and everything that follows from it happen."""
        if isinstance(event, StateChanged):
            self.state = event.state
        if isinstance(event, MembersChanged):
            self.members = event.members
            self.epoch = event.epoch or self.epoch + 1
            event = replace(event, epoch=self.epoch)
        self._events.put_nowait(event)
        await settled()

    async def is_joined_by(self, *members: RoomMember) -> None:
        await self.happens(StateChanged(RoomState.JOINED, "You are in."))
        await self.happens(MembersChanged(members))

    async def network_takes(self, number: int, lamport: int | None = None) -> None:
        await self.happens(MessageSent(f"{number:064x}", self._place(lamport)))

    async def sees_typing(self, member: RoomMember) -> None:
        await self.happens(Typing(member.member_id, member.name))

    async def others_have(self, number: int, received: int, recipients: int) -> None:
        await self.happens(MessageDelivered(f"{number:064x}", received, recipients))

    async def hears_deletion(self, member: RoomMember, message_id: str, sequence: int) -> None:
        content = Content(bytes(16), 0, bytes.fromhex(message_id), b"", None, None, ())
        await self.happens(
            MessageReceived(member.member_id, member.name, content, sequence, 1990.0, "d" * 64, self._place(None))
        )

    async def hears(
        self, member: RoomMember, text: str, sequence: int = 1, sent_at: float = 1990.0, lamport: int | None = None
    ) -> None:
        message_id, lamport = f"ee{next(self._numbers):062x}", self._place(lamport)
        await self.happens(
            MessageReceived(
                member.member_id,
                member.name,
                text_content(text, bytes(16), sent_at),
                sequence,
                sent_at,
                message_id,
                lamport,
            )
        )

    def _place(self, lamport: int | None) -> int:
        """That of a message; without another one it comes after all before it."""
        self._lamport = max(self._lamport + 1, lamport or 0)
        return self._lamport if lamport is None else lamport


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)
