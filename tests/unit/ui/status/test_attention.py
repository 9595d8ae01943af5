"""What draws attention to messages, and what does not."""

import pytest

from tests.unit.ui.fake_page import FakeDocument, FakeListeners
from volly_browser.ui.element import Page
from volly_browser.ui.settings.settings import Notices, Settings
from volly_browser.ui.status.attention import Attention, Signals


class Tab:
    """A tab in the background, and what the browser was asked to do."""

    def __init__(self, settings: Settings) -> None:
        self.document = FakeDocument()
        self.document.title = "Volly"
        self.notices: list[tuple[str, str, bool, str]] = []
        self.withdrawn = 0
        self.sounds = 0
        self.badges: list[int] = []
        signals = Signals(lambda *notice: self.notices.append(notice), self._withdraw, self._sound, self.badges.append)
        self.attention = Attention(Page(self.document), FakeListeners(), signals)
        self.attention.use(settings)
        self.document.hidden = True

    def _withdraw(self) -> None:
        self.withdrawn += 1

    def _sound(self) -> None:
        self.sounds += 1

    def comes_to_the_front(self) -> None:
        self.document.hidden = False
        self.document.dispatch("visibilitychange")


def test_the_title_and_the_icon_count_what_came_unseen() -> None:
    tab = Tab(Settings())
    tab.comes_to_the_front()
    tab.attention.message_came("1/a", "Bob", "Hello")
    assert (tab.document.title, tab.badges[-1]) == ("Volly", 0)
    tab.document.hidden = True
    tab.attention.message_came("1/a", "Bob", "Hello")
    tab.attention.message_came("1/a", "Bob", "Hello")
    assert (tab.document.title, tab.badges[-1]) == ("(2) Volly", 2)
    tab.comes_to_the_front()
    assert (tab.document.title, tab.badges[-1]) == ("Volly", 0)
    tab.document.hidden = True
    tab.attention.message_came("1/a", "Bob", "Hello")
    assert (tab.document.title, tab.badges[-1]) == ("(1) Volly", 1)
    assert (tab.notices, tab.sounds) == ([], 0), "they were not asked for"


def test_neither_counts_if_the_user_does_not_want_it() -> None:
    tab = Tab(Settings(has_badge=False, has_count=False))
    tab.attention.message_came("1/a", "Bob", "Hello")
    assert (tab.document.title, tab.badges[-1]) == ("Volly", 0)


@pytest.mark.parametrize(
    ("notices", "shown"),
    [
        (Notices.OFF, []),
        (Notices.PLAIN, [("Volly", "A new message has come.", False, "")]),
        (Notices.FULL, [("Bob", "**Hello**", True, "A new message has come.")]),
    ],
)
def test_a_notification_says_as_much_as_was_chosen(notices: Notices, shown: list[tuple[str, str, bool, str]]) -> None:
    tab = Tab(Settings(notices=notices))
    tab.attention.message_came("1/a", "Bob", "**Hello**", is_markdown=True)
    assert tab.notices == shown


def test_who_does_not_want_to_be_disturbed_is_not() -> None:
    tab = Tab(Settings(notices=Notices.FULL, has_sound=True))
    tab.attention.message_came("1/a", "Bob", "Hello")
    assert (len(tab.notices), tab.sounds) == (1, 1)
    tab.attention.use(Settings(notices=Notices.FULL, has_sound=True, is_undisturbed=True))
    tab.attention.message_came("1/a", "Bob", "Hello")
    assert (len(tab.notices), tab.sounds) == (1, 1)
    assert tab.document.title == "(2) Volly"


def test_a_browser_that_fails_at_one_signal_gives_the_others(faults: list[BaseException]) -> None:
    tab = Tab(Settings(notices=Notices.FULL))

    def fails(_: int) -> None:
        raise OSError

    tab.attention._signals = Signals(lambda *notice: tab.notices.append(notice), tab._withdraw, tab._sound, fails)
    tab.attention.message_came("1/a", "Bob", "Hello")
    assert (len(tab.notices), [type(fault) for fault in faults]) == (1, [OSError])
    faults.clear()


def test_messages_that_mention_the_user_are_counted_by_themselves() -> None:
    tab = Tab(Settings())
    tab.attention.message_came("1/a", "Bob", "Hello")
    tab.attention.message_came("1/a", "Bob", "Hello, Alice", is_for_us=True)
    assert (tab.document.title, tab.badges[-1]) == ("(2, @1) Volly", 2)
    tab.comes_to_the_front()
    tab.document.hidden = True
    tab.attention.message_came("1/a", "Bob", "Hello")
    assert tab.document.title == "(1) Volly"


def test_a_notification_that_says_what_a_message_says_no_longer_is_withdrawn() -> None:
    tab = Tab(Settings(notices=Notices.FULL))
    tab.attention.message_came("1/a", "Bob", "secret")
    tab.attention.says_now("secret")
    assert (tab.attention.row_id, tab.withdrawn) == ("1/a", 0)
    tab.attention.says_now("")
    assert (tab.attention.row_id, tab.withdrawn) == ("", 1)
    tab.attention.use(Settings(notices=Notices.PLAIN))
    tab.attention.message_came("1/b", "Bob", "secret")
    assert tab.attention.row_id == "", "it says nothing of the message"
    tab.attention.use(Settings(notices=Notices.FULL))
    tab.attention.message_came("1/c", "Bob", "secret")
    tab.comes_to_the_front()
    assert tab.attention.row_id == ""
