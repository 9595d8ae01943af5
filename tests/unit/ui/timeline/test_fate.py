import pytest

from volly_browser.ui.timeline.fate import received_by


@pytest.mark.parametrize(
    ("received", "recipients", "words"),
    [(1, 1, "Received"), (1, 2, "Received by 1 of 2"), (2, 2, "Received by all"), (199, 199, "Received by all")],
)
def test_how_many_have_a_text_is_said_in_few_words(received: int, recipients: int, words: str) -> None:
    assert received_by(received, recipients).words == words
