from tests.unit.ui.fake_page import FakeDocument, FakeListeners
from volly_browser.ui.element import Page
from volly_browser.ui.status.attention import Attention


def test_the_title_counts_what_came_while_nobody_looked() -> None:
    document = FakeDocument()
    attention = Attention(Page(document), FakeListeners())
    document.title = "Volly"
    attention.message_came()
    assert document.title == "Volly"
    document.hidden = True
    attention.message_came()
    attention.message_came()
    assert document.title == "(2) Volly"
    document.hidden = False
    document.dispatch("visibilitychange")
    assert document.title == "Volly"
    document.hidden = True
    attention.message_came()
    assert document.title == "(1) Volly"
    attention.message_came(is_for_us=True)
    assert document.title == "(2, @1) Volly"
