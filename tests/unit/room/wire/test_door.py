import pytest

from volly_browser.crypto.native import NativeEngine
from volly_browser.room import labels
from volly_browser.room.invite import Invite
from volly_browser.room.wire import structs
from volly_browser.room.wire.door import ANNOUNCED, Door, DoorError, DoorKind, Said
from volly_browser.room.wire.sealing import seal
from volly_browser.room.wire.structs import Announcement

INVITE = Invite.from_room_name("garden")
ENGINE = NativeEngine()


def door(invite: Invite = INVITE) -> Door:
    return Door(ENGINE, invite)


@pytest.mark.parametrize("kind", DoorKind)
async def test_a_holder_of_the_invite_opens_what_another_sealed(kind: DoorKind) -> None:
    sealed = await door().seal(kind, b"knock knock", "identity")
    assert await door().open(sealed, "identity") == Said(kind, b"knock knock", "identity")


async def test_another_invite_opens_nothing() -> None:
    sealed = await door().seal(DoorKind.HELLO, b"knock knock", "identity")
    for other in (Invite.from_room_name("kitchen"), Invite.from_room_name("garden", "classical")):
        with pytest.raises(DoorError, match="another invite"):
            await door(other).open(sealed, "identity")


async def test_the_sender_cannot_be_exchanged() -> None:
    sealed = await door().seal(DoorKind.HELLO, b"knock knock", "identity")
    for other in ("mallory", ""):
        with pytest.raises(DoorError, match="does not open"):
            await door().open(sealed, other)


async def test_the_kind_does_not_show() -> None:
    """The server could let knocks through and no answers."""
    sizes = {len(await door().seal(kind, b"x" * 100, "identity")) for kind in DoorKind}
    assert len(sizes) == 1


async def sealed_as(kind: int, content: bytes = b"content") -> bytes:
    said = structs.Door(kind, content).encode()
    return await seal(ENGINE, INVITE.door_key, door()._aad("identity"), said)


@pytest.mark.parametrize("kind", [0, 7, 255])
async def test_a_kind_that_is_not_known_is_refused(kind: int) -> None:
    with pytest.raises(DoorError, match="kind"):
        await door().open(await sealed_as(kind), "identity")


async def test_what_is_malformed_within_the_seal_is_refused() -> None:
    for said in (b"", b"\x01", b"\x01\x05abc"):
        sealed = await seal(ENGINE, INVITE.door_key, door()._aad("identity"), said)
        with pytest.raises(DoorError, match="malformed"):
            await door().open(sealed, "identity")


@pytest.mark.parametrize("kind", DoorKind)
async def test_only_knocks_and_notices_are_on_display(kind: DoorKind) -> None:
    announcement = await door().announcement(kind, b"content", "identity")
    if kind in ANNOUNCED:
        said = await door().read_announcement(announcement, "identity")
        assert said == Said(kind, b"content", "identity", announced=True)
    else:
        with pytest.raises(DoorError, match="kind"):
            await door().read_announcement(announcement, "identity")


async def test_an_announcement_of_another_version_is_refused() -> None:
    sealed = await door().seal(DoorKind.HELLO, b"content", "identity")
    with pytest.raises(DoorError, match="version"):
        await door().read_announcement(Announcement(labels.VERSION + 1, sealed).encode(), "identity")


@pytest.mark.parametrize("announcement", [b"", b"\x02", b"\x02\x05abc", b"\x02\x00", b"\x02\x00more"])
async def test_a_malformed_announcement_is_refused(announcement: bytes) -> None:
    with pytest.raises(DoorError):
        await door().read_announcement(announcement, "identity")
