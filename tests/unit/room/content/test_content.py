import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.errors import LocalError
from volly_browser.room.content.content import (
    Base,
    Body,
    Candidate,
    Farewell,
    Have,
    Numbered,
    Order,
    Payload,
    Presence,
    Ranking,
    Read,
    Receipt,
    Span,
    Typing,
    read_payload,
)
from volly_browser.room.mimi import (
    MARKDOWN,
    PLAIN_TEXT,
    Content,
    ContentError,
    ContentTooLong,
    Disposition,
    Expiration,
    Part,
    message_id,
    read_content,
    text_content,
)

SALT = bytes(range(16))
SENDER = b"s" * 16


@given(st.text(max_size=1000))
def test_a_text_arrives_as_it_was_written(text: str) -> None:
    try:
        content = text_content(text, SALT, 12.345)
    except LocalError:
        assert any("\ud800" <= letter <= "\udfff" for letter in text)
        return
    assert read_content(content.encode()).text == text
    assert content.sent_at == 12345


@pytest.mark.parametrize("text", ["x" * 64_001, "ü" * 32_001])
def test_a_text_that_is_too_long_is_refused_with_its_length(text: str) -> None:
    with pytest.raises(ContentTooLong, match=f"{len(text.encode())} bytes"):
        text_content(text, SALT, 0)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(LocalError, match="half of a character"):
        text_content("\ud83d", SALT, 0)


def test_everything_that_a_message_can_say_is_kept() -> None:
    parts = (Part(Disposition.RENDER, "en", PLAIN_TEXT, b"hello"), Part(77, "", "image/png", b"\x89PNG"))
    content = Content(SALT, 5, b"r" * 32, b"topic", Expiration(1, 60), b"i" * 32, parts)
    assert read_content(content.encode()) == content


def test_text_is_the_first_part_to_be_shown_that_can_be() -> None:
    parts = (
        Part(Disposition.PREVIEW, "", PLAIN_TEXT, b"preview"),
        Part(Disposition.RENDER, "", "text/html", b"<b>"),
        Part(Disposition.RENDER, "", PLAIN_TEXT, b"this"),
    )
    assert Content(SALT, 0, None, b"", None, None, parts).text == "this"
    assert Content(SALT, 0, None, b"", None, None, ()).text is None
    assert not Content(SALT, 0, None, b"", None, None, ()).is_markdown


@pytest.mark.parametrize(
    ("content_type", "text", "is_markdown"),
    [
        (PLAIN_TEXT, "*this*", False),
        (MARKDOWN, "*this*", True),
        ("text/markdown;variant=CommonMark", "*this*", True),
        ("text/markdown;variant=unheard-of", "that", False),
        ("text/html", "that", False),
    ],
)
def test_markdown_of_two_variants_is_text(content_type: str, text: str, is_markdown: bool) -> None:
    parts = (Part(Disposition.RENDER, "", content_type, b"*this*"), Part(Disposition.RENDER, "", PLAIN_TEXT, b"that"))
    content = Content(SALT, 0, None, b"", None, None, parts)
    assert (content.text, content.is_markdown) == (text, is_markdown)


BASES = (Base(b"m" * 16, 7),)


@pytest.mark.parametrize(
    "body",
    [
        Numbered(1, 9, bytes(16), BASES, b"content", (b"n" * 16,)),
        Receipt(3, BASES, (Have(b"o" * 16, 2, bytes(16), (Span(4, 6), Span(9, 9))),)),
        Farewell(""),
        Presence("identity", 5),
        Typing(),
        Read(b"m" * 32),
        Candidate(b"commit"),
        Order(b"commit"),
        Ranking((b"a" * 16, b"b" * 16)),
    ],
    ids=lambda body: type(body).__name__,
)
def test_a_payload_is_read_as_it_was_written(body: Body) -> None:
    assert read_payload(Payload(2, body).encode()) == Payload(2, body)


@pytest.mark.parametrize(
    "data", [b"", b"\x02", b"\x02\x09", b"\x02\x03\x01\xff", b"\x02\x02" + bytes(8) + b"\x01", b"\x02\x01" + bytes(7)]
)
def test_a_malformed_payload_is_refused(data: bytes) -> None:
    with pytest.raises(ContentError):
        read_payload(data)


def test_a_payload_of_a_newer_version_is_refused_by_its_number() -> None:
    with pytest.raises(ContentError, match="version 3"):
        read_payload(Payload(3, Farewell("")).encode())


@given(st.binary(max_size=100))
def test_random_bytes_are_refused_or_are_content(data: bytes) -> None:
    try:
        content = read_content(data)
    except ContentError:
        return
    assert content.encode() == data


def test_the_message_id_is_as_the_draft_says() -> None:
    encoded = text_content("hello", SALT, 0).encode()
    room = "r" * 22
    hashed = b"\x00\x10" + SENDER + b"\x00\x16" + room.encode() + encoded + SALT
    assert message_id(SENDER, room, encoded) == b"\x01" + hashlib.sha256(hashed).digest()[:31]


def test_the_message_id_depends_on_sender_room_and_content() -> None:
    first, second = (text_content(text, SALT, 0).encode() for text in ("hello", "hullo"))
    ids = {message_id(SENDER, "a", first), message_id(b"t" * 16, "a", first), message_id(SENDER, "b", first)}
    assert len(ids | {message_id(SENDER, "a", second)}) == 4
