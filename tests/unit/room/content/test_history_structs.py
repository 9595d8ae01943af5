"""The bytes of what is said about the past, as docs/protocol.md has them: written by hand, not by this code."""

import pytest

from volly_browser.room.content.content import Body, Payload, read_payload
from volly_browser.room.content.history import (
    HistoryRequest,
    Inquiry,
    Relayed,
    RelayedMessage,
    RelayedMessages,
    StatedMessage,
    StatedMessages,
    Statement,
    Stretch,
    Stretches,
)
from volly_browser.room.mimi import ContentError

CAROL, BOB = bytes(range(16)), bytes(range(16, 32))
CAROLS, BOBS = "000102030405060708090a0b0c0d0e0f", "101112131415161718191a1b1c1d1e1f"
TOLD = RelayedMessages((RelayedMessage(BOB, "Bob", 5, 1 << 20, b"hello", 60),))
TOLDS = "2e" + BOBS + "03426f62" + "0000000000000005" + "0000000000100000" + "0568656c6c6f" + "0000003c"
STATED = StatedMessages((StatedMessage(5, 1 << 20, b"\x01" + bytes(31)),))
STATEDS = "30" + "0000000000000005" + "0000000000100000" + "01" + "00" * 31
ASKED = Stretches((Stretch(BOB, 5, 6),))
ASKEDS = "20" + BOBS + "0000000000000005" + "0000000000000006"

KNOWN = {
    "request": (HistoryRequest(CAROL), "02" + "09" + CAROLS),
    "told": (Relayed(CAROL, True, TOLD.encode()), "02" + "0a" + CAROLS + "01" + "2f" + TOLDS),
    "inquiry": (Inquiry(ASKED.encode()), "02" + "0b" + "21" + ASKEDS),
    "statement": (
        Statement(CAROL, 7, 1, STATED.encode()),
        "02" + "0c" + CAROLS + "0000000000000007" + "0000000000000001" + "31" + STATEDS,
    ),
}


@pytest.mark.parametrize(("body", "encoded"), KNOWN.values(), ids=KNOWN)
def test_the_bytes_are_those_of_the_document(body: Body, encoded: str) -> None:
    assert Payload(2, body).encode().hex() == encoded
    assert read_payload(bytes.fromhex(encoded)).body == body


def test_what_is_in_them_is_read_from_their_lists() -> None:
    assert Relayed(CAROL, False, bytes.fromhex(TOLDS)).read() == TOLD.messages
    assert Statement(CAROL, 7, 1, bytes.fromhex(STATEDS)).read() == STATED.messages
    assert Inquiry(bytes.fromhex(ASKEDS)).read() == ASKED.stretches


@pytest.mark.parametrize(
    "body", [Relayed(CAROL, False, b"\x05abc"), Statement(CAROL, 7, 1, b"\x05abc"), Inquiry(b"\x05abc")]
)
def test_lists_that_are_malformed_are_refused(body: Relayed | Statement | Inquiry) -> None:
    with pytest.raises(ContentError, match="malformed"):
        body.read()
