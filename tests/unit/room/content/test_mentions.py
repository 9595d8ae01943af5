"""The members that a text is about, on the wire."""

import pytest

from volly_browser.room.content.mentions import (
    CONTENT_TYPE,
    MENTION_BYTES_LIMIT,
    MENTIONS_LIMIT,
    Mention,
    Mentions,
    mentions_part,
    read_mentions,
)
from volly_browser.room.mimi import Content, ContentError, Disposition, Part, text_content

BOB = b"b" * 16


def content(*parts: Part) -> Content:
    said = text_content("hello @Bob", bytes(16), 0.0)
    return Content(said.salt, 0, None, b"", None, None, (*said.parts, *parts))


def test_mentions_are_read_as_they_were_written() -> None:
    mentions = (Mention(6, 4, BOB), Mention(11, 4, BOB))
    assert read_mentions(content(mentions_part(mentions))) == mentions
    assert read_mentions(content()) == ()


def test_a_program_that_knows_no_mentions_reads_the_text() -> None:
    assert content(mentions_part((Mention(6, 4, BOB),))).text == "hello @Bob"


@pytest.mark.parametrize(
    "mentions",
    [
        pytest.param((Mention(6, 4, BOB), Mention(9, 4, BOB)), id="one over another"),
        pytest.param((Mention(16, 4, BOB), Mention(6, 4, BOB)), id="not in order"),
        pytest.param((Mention(6, 1, BOB),), id="without a name"),
        pytest.param((Mention(6, MENTION_BYTES_LIMIT + 1, BOB),), id="longer than any name"),
        pytest.param(tuple(Mention(6 * place, 4, BOB) for place in range(MENTIONS_LIMIT + 1)), id="too many"),
        pytest.param(tuple(Mention(6 * place, 4, BOB) for place in range(10 * MENTIONS_LIMIT)), id="very many"),
    ],
)
def test_mentions_that_no_text_can_have_are_refused(mentions: tuple[Mention, ...]) -> None:
    with pytest.raises(ContentError):
        read_mentions(content(Part(Disposition.UNSPECIFIED, "", CONTENT_TYPE, Mentions(mentions).encode())))


def test_as_many_mentions_as_are_allowed_are_taken() -> None:
    mentions = tuple(Mention(6 * place, 4, BOB) for place in range(MENTIONS_LIMIT))
    assert read_mentions(content(mentions_part(mentions))) == mentions


def test_bytes_that_are_no_mentions_are_refused() -> None:
    with pytest.raises(ContentError, match="malformed"):
        read_mentions(content(Part(Disposition.UNSPECIFIED, "", CONTENT_TYPE, b"\x05junk")))
