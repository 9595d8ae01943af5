import pytest

from tests.unit.ui.fake_page import FakeDocument, FakeListeners
from volly_browser.ui import messages
from volly_browser.ui.element import Page
from volly_browser.ui.fate import FAILED, QUEUED, SENT, received_by
from volly_browser.ui.log import TOGETHER
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


def test_a_link_opens_elsewhere_and_does_not_tell_its_page(view: MessagesView, document: FakeDocument) -> None:
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
    [(BOB, 10.0, True), (BOB, TOGETHER + 1, False), (ALICE, 10.0, False)],
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


@pytest.mark.parametrize("text", ["\u3164", "\u200b\u2060", "\u2800\n", " "])
def test_a_message_in_which_nothing_can_be_seen_says_so(view: MessagesView, document: FakeDocument, text: str) -> None:
    view.add(BOB, text, 0.0)
    assert document.lines("messages") == ["BBobThere is nothing to be seen in this message.0 o'clock"]


@pytest.mark.parametrize(
    ("sent_at", "came_at", "times"),
    [
        (0.0, 600.0, "0 o'clock, arrived 600 o'clock"),
        (0.0, messages.LATE, "0 o'clock"),
        (600.0, 0.0, "600 o'clock"),
        (600.2, 600.4, "600 o'clock"),
    ],
)
def test_a_message_that_was_long_on_its_way_shows_when_it_came(
    view: MessagesView, document: FakeDocument, sent_at: float, came_at: float, times: str
) -> None:
    view.add(BOB, "Hello", sent_at, came_at)
    assert document.lines("messages") == [f"BBobHello{times}"]


def test_a_late_message_within_the_minute_has_one_time(document: FakeDocument) -> None:
    view = MessagesView(Page(document), FakeListeners(), lambda _: "12:34")
    view.add(BOB, "Hello", 0.0, 50.0)
    assert document.lines("messages") == ["BBobHello12:34"]


@pytest.mark.parametrize("text", ["x" * 4000, "x\n" * 50])
def test_of_a_long_message_the_beginning_is_seen_until_the_user_wants_all(
    view: MessagesView, document: FakeDocument, text: str
) -> None:
    view.add(BOB, text, 0.0)
    conversation = document.shown("messages")
    place, button = conversation.querySelector(".text"), conversation.querySelector("button")
    assert place
    assert button
    assert (place.textContent, button.textContent) == (text, "Show all")
    assert "folded" in place.classes
    conversation.dispatch("click", button)
    assert "folded" not in place.classes
    assert not conversation.querySelector("button")


def test_the_last_choices_are_those_that_there_are(view: MessagesView, document: FakeDocument) -> None:
    done: list[str] = []
    shown = view.add(ALICE, "Hi", 0.0)
    for words in ("one", "two"):
        shown.offer({words: lambda words=words: done.append(words)})
    conversation = document.shown("messages")
    buttons = [node for node in conversation.descendants() if node.tag == "button"]
    assert [button.textContent for button in buttons] == ["two"]
    conversation.dispatch("click", buttons[0])
    assert done == ["two"]


def test_a_click_between_the_buttons_does_nothing(view: MessagesView, document: FakeDocument) -> None:
    view.add(BOB, "Hello", 0.0)
    conversation = document.shown("messages")
    conversation.dispatch("click", conversation.elements[0])
    conversation.dispatch("click", conversation)


def test_an_address_in_letters_of_two_directions_keeps_its_order(view: MessagesView, document: FakeDocument) -> None:
    view.add(BOB, "\u202ehttps://\u05d0pple.example/", 0.0)
    text = document.shown("messages").querySelector(".text")
    assert text
    assert [(node.tag, node.attributes["dir"]) for node in text.elements] == [("a", "ltr"), ("bdi", "ltr")]
