"""What members set for the room, on the wire."""

import pytest

from volly_browser.room.content.settings import (
    SETTINGS_LIMIT,
    Origin,
    Pin,
    Setting,
    Settings,
    Timer,
    Title,
    Topic,
    read_settings,
    settings_part,
)
from volly_browser.room.mimi import SETTINGS, Content, ContentError, Disposition, Part, text_content

ALL = (
    Setting(Title("Tea"), 1),
    Setting(Topic("and biscuits"), (1 << 64) - 1),
    Setting(Timer(3600), 0),
    Setting(Pin(b"m" * 32, 1), 7, Origin(b"a" * 16, "Alice")),
)


def content(*parts: Part) -> Content:
    return Content(bytes(16), 0, None, b"", None, None, parts)


def test_settings_are_read_as_they_were_written() -> None:
    carried = content(settings_part(ALL))
    assert read_settings(carried) == ALL
    assert (carried.is_setting, carried.text, carried.target) == (True, None, None)


def test_a_message_sets_nothing() -> None:
    message = text_content("hello", bytes(16), 0.0)
    assert read_settings(message) == ()
    assert not message.is_setting


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param((Setting(Timer(1), 1),), id="a time that there is not"),
        pytest.param((ALL[0],) * (SETTINGS_LIMIT + 1), id="too many"),
    ],
)
def test_what_no_page_sets_is_refused(settings: tuple[Setting, ...]) -> None:
    with pytest.raises(ContentError):
        read_settings(content(Part(Disposition.UNSPECIFIED, "", SETTINGS, Settings(settings).encode())))


def test_bytes_that_are_no_settings_are_refused() -> None:
    with pytest.raises(ContentError, match="malformed"):
        read_settings(content(Part(Disposition.UNSPECIFIED, "", SETTINGS, b"\x01")))


def test_as_much_as_is_allowed_is_read() -> None:
    settings = (Setting(Title("Tea"), 1),) * SETTINGS_LIMIT
    assert read_settings(content(settings_part(settings))) == settings
