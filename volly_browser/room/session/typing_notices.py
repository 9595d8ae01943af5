"""Saying and hearing who is writing, in the group that we are in; what decides is in `typing`."""

import contextlib
from collections.abc import Callable

from volly_browser.room.door.entrance import Entrance
from volly_browser.room.events import RoomEvent, Typing
from volly_browser.room.presence.typing import read_typing, seal_typing
from volly_browser.room.session.inside import Inside
from volly_browser.room.session.machines import Machines
from volly_browser.room.wire.frames import Kind, Parcel
from volly_browser.room.wire.post import Post
from volly_browser.room.wire.sealing import SealBroken
from volly_browser.transport.contract import TransportError


class TypingNotices:
    """Keeps nothing: what cannot be said or read at once is dropped, and nobody is told.

    Args:
        entrance: who we are.
        inside: is in the group.
        post: sends.
        machines: know who is in the group.
        emit: takes the room's events.
    """

    def __init__(
        self, entrance: Entrance, inside: Inside, post: Post, machines: Machines, emit: Callable[[RoomEvent], None]
    ) -> None:
        self._entrance = entrance
        self._inside = inside
        self._post = post
        self._machines = machines
        self._emit = emit

    def is_news(self, now: float) -> bool:
        """We are writing; whether there are others to be told, who then count as told."""
        return bool(self._inside.following and self._inside.others) and self._machines.typing.is_news(now)

    async def say(self) -> None:
        """Tell the others that we are writing."""
        following, engine, member_id = self._inside.following, self._entrance.engine, self._entrance.member_id
        if following is None:
            return
        notice = await seal_typing(engine, following.group, member_id, self._post.identity)
        with contextlib.suppress(TransportError):
            await self._post.send(Kind.TYPING, notice, reliable=False)

    async def got(self, parcel: Parcel) -> None:
        """Somebody says that a member is writing."""
        following = self._inside.following
        if following is None:
            return
        with contextlib.suppress(SealBroken):
            member_id = await read_typing(self._entrance.engine, following.group, parcel.payload, parcel.sender)
            entry = self._machines.roster.find(member_id) if member_id in self._inside.others else None
            if entry:
                self._emit(Typing(member_id.hex(), entry.name))
