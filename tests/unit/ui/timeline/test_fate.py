import pytest

from volly_browser.chat.message import Delivery, Stage
from volly_browser.ui.timeline.fate import QUEUED, fate_of, received_by


@pytest.mark.parametrize(
    ("received", "recipients", "words"),
    [(1, 1, "Received"), (1, 2, "Received by 1 of 2"), (2, 2, "Received by all"), (199, 199, "Received by all")],
)
def test_how_many_have_a_text_is_said_in_few_words(received: int, recipients: int, words: str) -> None:
    assert received_by(received, recipients).words == words


@pytest.mark.parametrize(
    ("readers", "recipients", "words"), [(1, 1, "Read"), (2, 3, "Read by 2 of 3"), (3, 3, "Read by all")]
)
def test_what_was_read_says_by_how_many(readers: int, recipients: int, words: str) -> None:
    delivery = Delivery(Stage.SENT, recipients, recipients, tuple(map(str, range(readers))))
    assert fate_of(delivery, QUEUED, is_untried=False).words == words
