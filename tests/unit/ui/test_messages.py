import pytest

from tests.unit.ui.fake_page import FakeDocument, FakeListeners
from volly_browser.ui import messages
from volly_browser.ui.element import Page
from volly_browser.ui.fate import FAILED, QUEUED, SENT, received_by
from volly_browser.ui.messages import MessagesView
from volly_browser.ui.people import Person

BOB = Person("b" * 32, "Bob", is_self=False)
ALICE = Person("a" * 32, "Alice", is_self=True)

pytestmark = pytest.mark.usefixtures("faults")


@pytest.fixture
def document() -> FakeDocument:
    return FakeDocument()


@pytest.fixture
def view(document: FakeDocument) -> MessagesView:
    return MessagesView(Page(document), FakeListeners(), lambda seconds: f"{seconds:.0f} o'clock")


def test_a_message_shows_its_sender_its_text_and_its_time(view: MessagesView, document: FakeDocument) -> None:
    view.add(BOB, "Hello", 1000.0)
    assert document.lines("messages") == ["BBobHello1000 o'clock"]
    stamp = document.shown("messages").querySelector("time")
    assert stamp
    assert stamp.attributes["datetime"] == "1970-01-01T00:16:40Z"


def test_markup_in_a_message_stays_text(view: MessagesView, document: FakeDocument) -> None:
    view.add(BOB, "<img src=x onerror=alert(1)>", 0.0)
    text = document.shown("messages").querySelector(".text")
    assert text
    assert text.children == ["<img src=x onerror=alert(1)>"]


def test_a_link_opens_elsewhere_and_tells_nobody_where_it_was_found(view: MessagesView, document: FakeDocument) -> None:
    view.add(BOB, "look: https://example.org/x.", 0.0)
    text = document.shown("messages").querySelector(".text")
    assert text
    assert text.textContent == "look: https://example.org/x."
    link = text.querySelector("a")
    assert link
    assert link.attributes == {
        "href": "https://example.org/x",
        "dir": "ltr",
        "target": "_blank",
        "rel": "noopener noreferrer nofollow",
    }


def test_a_link_with_look_alike_letters_says_where_it_leads(view: MessagesView, document: FakeDocument) -> None:
    view.add(BOB, "https://\u0430pple.example/ is safe", 0.0)
    assert "https://\u0430pple.example/ (xn--pple-43d.example) is safe" in document.lines("messages")[0]


@pytest.mark.parametrize(
    ("person", "after", "together"),
    [(BOB, 10.0, True), (BOB, messages.TOGETHER + 1, False), (ALICE, 10.0, False)],
)
def test_messages_of_one_person_stand_under_one_name(
    view: MessagesView, document: FakeDocument, person: Person, after: float, together: bool
) -> None:
    view.add(BOB, "one", 0.0)
    view.add(person, "two", after)
    assert ("same" in document.shown("messages").elements[1].classes) is together


def test_a_note_ends_the_group(view: MessagesView, document: FakeDocument) -> None:
    view.add(BOB, "one", 0.0)
    view.note("Carol came in.")
    view.add(BOB, "two", 1.0)
    assert "same" not in document.shown("messages").elements[2].classes


def test_a_message_of_ours_says_what_became_of_it(view: MessagesView, document: FakeDocument) -> None:
    shown = view.add(ALICE, "Hi", 0.0)
    for delivery, words in [
        (QUEUED, "Waiting to be sent"),
        (SENT, "Sent"),
        (received_by(1, 1), "Received"),
        (received_by(2, 3), "Received by 2 of 3"),
        (received_by(3, 3), "Received by all"),
        (FAILED, "Not sent"),
    ]:
        shown.show(delivery)
        assert document.lines("messages")[0].endswith(words)
    entry = document.shown("messages").elements[0]
    assert "own" in entry.classes
    assert entry.attributes["data-delivery"] == "failed"


def test_what_becomes_of_a_message_is_announced_to_nobody(view: MessagesView, document: FakeDocument) -> None:
    view.add(ALICE, "Hi", 0.0).show(SENT)
    words = document.shown("messages").querySelector(".delivery")
    assert words
    assert words.attributes["aria-live"] == "off", "it stands in a log, whose changes are announced"


def test_the_page_does_not_grow_for_ever(
    view: MessagesView, document: FakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "SHOWN_LIMIT", 3)
    for number in range(5):
        view.note(f"{number}")
    assert document.lines("messages") == ["2", "3", "4"]
