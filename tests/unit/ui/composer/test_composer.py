import pytest

from tests.unit.ui.fake_page import FakeDocument, FakeListeners
from volly_browser.room.labels import TEXT_BYTES_LIMIT
from volly_browser.ui.composer.composer import About, Composer, Script
from volly_browser.ui.element import Page

pytestmark = pytest.mark.usefixtures("faults")


class Desk:
    """A message box, and what was sent with it."""

    def __init__(self) -> None:
        self.document = FakeDocument()
        self.listeners = FakeListeners()
        self.sent: list[str] = []
        self.keys = 0
        self.about: list[About | None] = []
        self.composer = Composer(
            Page(self.document), self.listeners, Script(self._fill, self._plain), self._send, self._key
        )

    def _fill(self, text: str) -> None:
        self.document.shown("composer-text").value = text

    @staticmethod
    def _plain(text: str) -> str:
        return text.replace("*", "")

    def _send(self, text: str, about: About | None) -> None:
        self.sent.append(text)
        self.about.append(about)

    def _key(self) -> None:
        self.keys += 1

    def type(self, text: str) -> None:
        self.document.shown("composer-text").value = text
        self.document.shown("composer-text").dispatch("input")

    def send(self, text: str) -> None:
        self.document.shown("composer-text").value = text
        assert self.document.shown("composer").dispatch("submit").default_prevented

    @property
    def left_over(self) -> str:
        return self.document.shown("composer-text").value


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_message_is_handed_over_and_the_box_is_empty_again(desk: Desk) -> None:
    desk.send("\n  def f():\n    pass \n\n")
    assert desk.sent == ["  def f():\n    pass"]
    assert desk.left_over == ""


BLANKS = [
    "",
    "   ",
    "\n\n",
    "\u00a0",
    "\u3000",
    "\u3164",
    "\u2800",
    "\u200b",
    "\u00ad",
    "\u200b\u2060",
    "\u3164\n\u2800",
]


@pytest.mark.parametrize("text", BLANKS)
def test_nothing_is_not_sent(desk: Desk, text: str) -> None:
    desk.send(text)
    assert desk.sent == []


def test_a_message_that_is_too_long_stays_in_the_box_with_a_reason(desk: Desk) -> None:
    desk.send("ä" * (TEXT_BYTES_LIMIT // 2 + 50))
    assert desk.sent == []
    assert len(desk.left_over) > 0
    problem = desk.document.shown("composer-problem")
    assert "too long by about 100 letters" in problem.textContent
    assert not problem.hidden
    desk.send("ä" * (TEXT_BYTES_LIMIT // 2))
    assert problem.hidden
    assert len(desk.sent) == 1


def test_a_user_that_has_something_in_the_box_is_writing(desk: Desk) -> None:
    desk.type("H")
    desk.type("Hi")
    assert desk.keys == 2
    desk.type("")
    for text in BLANKS:
        desk.type(text)
    assert desk.keys == 2, "an empty box is no message"


def test_half_a_character_does_not_stop_the_rest(desk: Desk) -> None:
    desk.send("a\ud83db")
    assert desk.sent == ["a?b"]


def test_after_the_visit_nothing_listens_any_more(desk: Desk) -> None:
    desk.listeners.close()
    desk.document.shown("composer-text").value = "too late"
    assert not desk.document.shown("composer").dispatch("submit").default_prevented
    assert desk.sent == []
