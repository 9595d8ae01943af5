import pytest

from volly_browser.crypto.native import NativeEngine
from volly_browser.room.invite import Invite
from volly_browser.room.wire.door import Door, DoorError
from volly_browser.room.wire.frames import Kind
from volly_browser.room.wire.structs import Announcement

INVITE = Invite.from_room_name("garden")


def door(invite: Invite = INVITE) -> Door:
    return Door(NativeEngine(), invite)


async def test_whoever_has_the_invite_opens_what_another_sealed() -> None:
    sealed = await door().seal(Kind.HELLO, b"knock knock", "identity")
    assert await door().open(Kind.HELLO, sealed, "identity") == b"knock knock"


async def test_another_invite_opens_nothing() -> None:
    sealed = await door().seal(Kind.HELLO, b"knock knock", "identity")
    for other in (Invite.from_room_name("kitchen"), Invite.from_room_name("garden", "classical")):
        with pytest.raises(DoorError, match="another invite"):
            await door(other).open(Kind.HELLO, sealed, "identity")


async def test_kind_and_sender_cannot_be_exchanged() -> None:
    sealed = await door().seal(Kind.HELLO, b"knock knock", "identity")
    with pytest.raises(DoorError):
        await door().open(Kind.WELCOME, sealed, "identity")
    with pytest.raises(DoorError, match="'mallory'"):
        await door().open(Kind.HELLO, sealed, "mallory")


async def test_an_announcement_says_what_it_is() -> None:
    for kind in (Kind.HELLO, Kind.PRESENCE):
        announcement = await door().announcement(kind, b"content", "identity")
        assert await door().read_announcement(announcement, "identity") == (kind, b"content")


async def test_an_announcement_of_another_s_kind_or_version_is_refused() -> None:
    sealed = await door().seal(Kind.HELLO, b"content", "identity")
    for announcement in (
        Announcement(1, Kind.PRESENCE, sealed),
        Announcement(1, Kind.WELCOME, sealed),
        Announcement(1, 99, sealed),
        Announcement(2, Kind.HELLO, sealed),
    ):
        with pytest.raises(DoorError):
            await door().read_announcement(announcement.encode(), "identity")


@pytest.mark.parametrize("announcement", [b"", b"\x01", b"\x01\x01\x05abc", b"\x01\x01\x00", b"\x01\x01\x00more"])
async def test_a_malformed_announcement_is_refused(announcement: bytes) -> None:
    with pytest.raises(DoorError):
        await door().read_announcement(announcement, "identity")
