"""What is found, how it is written, and that looking for it keeps nothing waiting."""

import time
from dataclasses import replace

import pytest

from volly_browser.chat.message import Message
from volly_browser.chat.search import (
    _FOLDS,
    FOLDS_LIMIT,
    QUERY_LIMIT,
    SHOWN_LETTERS_LIMIT,
    SHOWN_LIMIT,
    Search,
    fold,
    ways_written,
)
from volly_browser.chat.timeline import Entry, Note

MANY = 20_000


class Talk:
    """Entries by their ids, in an order."""

    def __init__(self, *texts: str, is_markdown: bool = False) -> None:
        self.entries: dict[str, Entry] = {}
        for text in texts:
            self.says(text, is_markdown=is_markdown)

    def says(self, text: str, *, is_markdown: bool = False) -> str:
        entry_id = f"{len(self.entries)}"
        self.entries[entry_id] = Message(
            message_id=entry_id, sender="b", name="Bob", text=text, is_markdown=is_markdown, sent_at=0.0
        )
        return entry_id

    def search(self, query: str) -> Search:
        search = self.begin(query)
        search.work(lambda: False)
        return search

    def begin(self, query: str) -> Search:
        return Search(query, list(self.entries), self.entries.get, self.place_of, lambda message: message.text or "")

    def place_of(self, entry_id: str) -> int | None:
        return int(entry_id) if entry_id in self.entries else None


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("strasse", "Die Straße"),
        ("STRASSE", "die straße"),
        ("straße", "STRASSE"),
        ("istanbul", "İstanbul"),
        ("İSTANBUL", "istanbul"),
        ("\u0131s\u0131", "ISI"),
        ("cafe", "Café"),
        ("café", "cafe\u0301"),
        ("cafe", "cafe\u0301"),
        ("ABC", "\uff41\uff42\uff43"),
        ("ｶ", "カ"),
        ("file", "\ufb01le"),
        ("lodz", "Łódź"),
        ("smorrebrod", "Smørrebrød"),
        ("σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("ежик", "Ёжик"),
        ("שלום", "שָׁלוֹם"),
        ("two words", "two\nwords"),
        ("two words", "two\u00a0words"),
        ("together", "to\u00adgether"),
        ("❤", "❤\ufe0f"),
    ],
)
def test_letters_are_compared_without_case_accents_and_width(query: str, text: str) -> None:
    assert len(Talk(text).search(query)) == 1


@pytest.mark.parametrize(
    ("query", "text"),
    [("か", "が"), ("कि", "कु"), ("no", "yes"), ("\u0301", "anything"), ("  ", "a  b"), ("", "a")],
)
def test_other_words_stay_others_and_nothing_is_not_found_everywhere(query: str, text: str) -> None:
    assert len(Talk(text).search(query)) == 0


def test_marks_are_in_nobody_s_way_and_can_be_found_themselves() -> None:
    talk = Talk("so **very** good", "my_long_name", is_markdown=True)
    assert talk.search("very good").current == "0"
    assert talk.search("my_long").current == "1"
    assert talk.search("mylong").current == "1"
    assert len(Talk("so **very** good").search("very good")) == 0, "in a plain text they are letters"


def test_what_was_found_is_counted_from_the_latest_and_gone_through_in_a_circle() -> None:
    search = Talk("yes", "no", "Yes", "no", "YES").search("yes")
    seen = []
    for by in (0, 1, 1, 1, -1):
        search.step(by)
        seen.append((search.number, len(search), search.current))
    assert seen == [(1, 3, "4"), (2, 3, "2"), (3, 3, "0"), (1, 3, "4"), (3, 3, "0")]


def test_of_what_was_found_nowhere_there_is_no_number() -> None:
    search = Talk("no").search("yes")
    search.step(1)
    assert (search.number, len(search), search.current, search.is_done) == (0, 0, "", True)


def test_what_comes_is_changed_or_goes_meanwhile_counts() -> None:
    talk = Talk("yes", "no", "yes")
    search = talk.search("yes")
    search.step(1)
    assert search.current == "0"
    new = talk.says("yes")
    search.changed([new, "gone"])
    assert (search.number, len(search), search.current) == (3, 3, "0")
    before = talk.entries["1"]
    assert isinstance(before, Message)
    talk.entries["1"] = replace(before, text="yes now")
    search.changed(["1"])
    assert (search.number, len(search)) == (4, 4)
    assert "1" in search
    talk.entries["0"] = replace(before, text=None, is_deleted=True)
    search.changed(["0"])
    assert "0" not in search
    assert (search.number, search.current) == (1, new), "what was deleted is not shown any more"


def test_what_was_deleted_and_what_no_member_wrote_is_not_found() -> None:
    talk = Talk("yes")
    message = talk.entries["0"]
    assert isinstance(message, Message)
    talk.entries["0"] = replace(message, text=None, is_deleted=True)
    talk.entries["1"] = Note("1", 0.0, "yes")
    assert len(talk.search("yes")) == 0


def test_what_was_found_is_shown_as_it_was_written() -> None:
    assert ways_written(fold("strasse"), "Straße, STRASSE und Straße") == ("Straße", "STRASSE")
    assert ways_written(fold("cafe"), "Un cafe\u0301!") == ("cafe",)
    assert ways_written(fold("s"), "ß") == ("ß",)
    assert Talk().search("very good").ways("so **very** good", is_markdown=True) == ("very good",)
    assert Talk().search("").ways("anything", is_markdown=True) == ()


def test_what_is_looked_for_and_shown_is_bounded() -> None:
    assert Talk("a" * (QUERY_LIMIT + 1)).search("a" * QUERY_LIMIT + "b").current == "0", "the rest is left out"
    assert ways_written("a", "b" * SHOWN_LETTERS_LIMIT + "a") == ()
    every_way = "".join(f"a{chr(mark)} " for mark in range(0x300, 0x340))
    assert len(ways_written(fold("a "), every_way)) == SHOWN_LIMIT


def test_a_search_in_very_many_messages_works_in_slices() -> None:
    talk = Talk(*(f"Message {number} with a few words, also such as Straße" for number in range(MANY)))
    search = talk.begin("strasse")
    slices = []
    while not search.is_done:
        begun = time.process_time()
        search.work(lambda begun=begun: time.process_time() - begun > 0.008)  # type: ignore[misc]
        slices.append(time.process_time() - begun)
    assert len(search) == MANY
    assert len(slices) > 1
    assert max(slices) < 0.05


def test_a_slice_looks_at_one_message_at_least() -> None:
    search = Talk("yes", "yes").begin("yes")
    search.work(lambda: True)
    assert (len(search), search.is_done) == (1, False)


def test_what_is_shown_is_found_and_not_what_was_written() -> None:
    """A message that mentions a member shows the member's present name."""
    talk = Talk("Hello @Bobby")
    search = Search("@Robert", list(talk.entries), talk.entries.get, talk.place_of, lambda _: "Hello @Robert")
    search.work(lambda: False)
    assert len(search) == 1
    assert len(talk.search("@Robert")) == 0


def test_letters_without_end_are_remembered_within_bounds() -> None:
    for code in range(0x20000, 0x20000 + 3 * FOLDS_LIMIT):
        fold(chr(code))
    assert len(_FOLDS) <= FOLDS_LIMIT
    assert fold("Straße") == "strasse"


def test_a_slice_says_what_it_has_found() -> None:
    talk = Talk("yes", "no", "yes")
    search = talk.begin("yes")
    found: list[str] = []
    while not search.is_done:
        found += search.work(lambda: True)
    assert found == [entry_id for entry_id in reversed(talk.entries) if entry_id in search]
    assert len(found) == 2
