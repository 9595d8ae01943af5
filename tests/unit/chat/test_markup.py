import time

import pytest

from tests.unit.chat.contents import BOB, Talk, about
from volly_browser.chat.contents import Contents
from volly_browser.chat.markup import content_type_of
from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Timeline
from volly_browser.room.mimi import MARKDOWN, PLAIN_TEXT, Disposition, Part

SALT = bytes(16)


@pytest.mark.parametrize(
    "text",
    [
        *("*a*", "_a_", "~~a~~", "`a`", "||a||", "[a](https://a.example)", r"\*", "# a", "> a", "- a", "+ a", "* a"),
        *("1. a", "12) a", "a\n---\nb", "a\n  > b", "&lt;", "```\na\n```", "-", "snake_case"),
    ],
)
def test_what_possibly_means_something_is_markdown(text: str) -> None:
    assert content_type_of(text) == MARKDOWN


@pytest.mark.parametrize(
    "text",
    [
        *("hello", "", "a - b", "1.5 and 2.", "https://a.example/b?c=d&e", "<b>a</b>", "#tag"[1:], "a|b", "it's 5 > 4"),
        *("a\n\nb", "-5", "1.a", "R&D", "\u0645\u0631\u062d\u0628\u0627", "a & b; c", "(a) {b} !"),
    ],
)
def test_all_else_is_plain_text(text: str) -> None:
    assert content_type_of(text) == PLAIN_TEXT


@pytest.mark.parametrize("unit", ["a", " ", "\n", "-", "1", "&", "&lt", "\t\n", "|"])
def test_64_kilobytes_are_searched_in_no_time(unit: str) -> None:
    text = unit * (64_000 // len(unit))
    began = time.process_time()
    content_type_of(text)
    assert time.process_time() - began < 0.1


def test_each_text_goes_out_as_what_it_is() -> None:
    contents = Contents(SALT, 1.0)
    for content in (contents.text("*a*"), contents.text("*a*", "0" * 64), contents.edit("0" * 64, "*a*")):
        assert [(part.content_type, part.content) for part in content.parts] == [(MARKDOWN, b"*a*")]
        assert (content.text, content.is_markdown) == ("*a*", True)
    assert not contents.text("a").is_markdown


def test_a_message_is_what_its_last_edit_is_and_keeps_what_was_written() -> None:
    talk, timeline = Talk(), Timeline("Alice")
    first = talk.says(BOB, "*hallo*", MARKDOWN)
    timeline.apply(first, 0.0)
    [message] = timeline
    assert isinstance(message, Message)
    assert (message.text, message.is_markdown) == ("*hallo*", True)
    timeline.apply(talk.edits(BOB, first, "*hello*"), 0.0)
    [message] = timeline
    assert isinstance(message, Message)
    assert (message.text, message.is_markdown) == ("*hello*", False)
    assert [(version.text, version.is_markdown) for version in message.versions] == [("*hallo*", True)]
    part = Part(Disposition.RENDER, "", MARKDOWN, b"_hello_")
    timeline.apply(talk.sends(BOB, about(first.message_id, part, salt=9)), 0.0)
    [message] = timeline
    assert isinstance(message, Message)
    assert (message.text, message.is_markdown) == ("_hello_", True)
    timeline.apply(talk.retracts(BOB, first), 0.0)
    [message] = timeline
    assert isinstance(message, Message)
    assert (message.text, message.is_markdown) == (None, False)
