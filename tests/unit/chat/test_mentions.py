"""Members are mentioned by their ids, whatever they are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.chat.contents import ALICE, BOB, CAROL, NOW, Talk, about, text_part
from tests.unit.fuzzing.examples import examples
from volly_browser.chat.contents import Contents
from volly_browser.chat.mentions import find_mentions, mentions_of, part_of, with_names
from volly_browser.chat.message import Mention, Message
from volly_browser.chat.timeline import Timeline
from volly_browser.room.content import mentions as wire
from volly_browser.room.content.mentions import MENTIONS_LIMIT, mentions_part
from volly_browser.room.mimi import Content

MENTIONED = {"@Al": CAROL, "@Alice": ALICE, "@Bob": BOB, "@Bob (k3f9-7qzx)": CAROL}


def said(text: str, mentioned: dict[str, str] = MENTIONED) -> Content:
    return Contents(bytes(16), 0.0, mentioned).text(text)


def words_of(content: Content) -> list[tuple[str, str]]:
    text = content.text or ""
    return [(text[mention.start : mention.end], mention.member_id) for mention in mentions_of(content)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Bob, hello", [("@Bob", BOB)]),
        ("hello @Alice and @Al!", [("@Alice", ALICE), ("@Al", CAROL)]),
        ("@Bob (k3f9-7qzx) or @Bob (aaaa-bbbb)", [("@Bob (k3f9-7qzx)", CAROL), ("@Bob", BOB)]),
        ("**@Bob** (@Alice)", [("@Bob", BOB), ("@Alice", ALICE)]),
        ("é🎉 @Bob", [("@Bob", BOB)]),
        ("mail@Bob @Bobby @@Bob https://example.org/@Bob a.@Bob", []),
        ("@Carol", []),
        ("@bob", []),
    ],
)
def test_words_that_stand_for_members_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert words_of(said(text)) == expected


@examples(60)
@given(st.lists(st.sampled_from([*MENTIONED, " ", "é", "🎉", "a", "\n", "**", "\u0301", "@"])))
def test_what_is_found_is_read_as_it_was_found(pieces: list[str]) -> None:
    text = "".join(pieces)
    if text.strip():
        assert mentions_of(said(text)) == find_mentions(text, MENTIONED)


def test_names_with_marks_of_patterns_and_joined_emoji_are_found() -> None:
    family = "@👩‍👩‍👧 (.*)"
    assert words_of(said(f"hi {family}!", {family: BOB})) == [(family, BOB)]


def test_beyond_the_most_names_are_only_text() -> None:
    assert len(mentions_of(said("@Bob " * (MENTIONS_LIMIT + 1)))) == MENTIONS_LIMIT


def test_without_a_mention_nothing_is_sent_beside_the_text() -> None:
    assert part_of("hello", ()) == ()
    assert len(said("hello").parts) == 1


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(wire.Mention(1, 4, bytes(16)), id="within a letter"),
        pytest.param(wire.Mention(3, 5, bytes(16)), id="not at the sign"),
        pytest.param(wire.Mention(2, 60, bytes(16)), id="beyond the end"),
        pytest.param(wire.Mention(2, 8, bytes(16)), id="over the end of a line"),
        pytest.param(wire.Mention(2, 5, bytes(16)), id="with the end of a line"),
        pytest.param(wire.Mention(900, 4, bytes(16)), id="elsewhere"),
    ],
)
def test_a_place_that_names_nobody_leaves_the_text_as_it_is(place: wire.Mention) -> None:
    content = Contents(bytes(16), 0.0).text("é@Bob\nand")
    hostile = Content(content.salt, 0, None, b"", None, None, (*content.parts, mentions_part((place,))))
    assert mentions_of(hostile) == ()
    assert hostile.text == "é@Bob\nand"


def test_a_message_is_about_those_that_it_mentions_and_an_edit_changes_that() -> None:
    talk, timeline = Talk(), Timeline("Alice")
    first = talk.sends(BOB, said("hello @Alice"))
    timeline.apply(first, NOW)

    def message() -> Message:
        found = timeline.find(first.message_id)
        assert isinstance(found, Message)
        return found

    assert message().is_about(ALICE)
    assert not message().is_about(CAROL)
    parts = said("hello @Al").parts
    timeline.apply(talk.sends(BOB, about(first.message_id, *parts, salt=7)), NOW)
    assert message().is_about(CAROL)
    assert not message().is_about(ALICE)
    assert message().versions[0].mentions == (Mention(6, 12, ALICE),)
    timeline.apply(talk.sends(BOB, about(first.message_id, text_part("nobody"), salt=8)), NOW)
    assert message().mentions == ()
    timeline.apply(talk.retracts(BOB, first), NOW)
    assert message().mentions == ()


def test_members_are_read_with_their_present_names() -> None:
    names = {BOB: "@Robert *", ALICE: ""}
    mentions = find_mentions("@Bob and @Alice", MENTIONED)
    assert with_names("@Bob and @Alice", mentions, names.__getitem__) == "@Robert * and @Alice"
    assert with_names("@Bob and @Alice", mentions, names.__getitem__, is_markdown=True) == r"\@Robert \* and @Alice"
