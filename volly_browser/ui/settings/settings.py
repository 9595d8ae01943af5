"""What a user has chosen: web/view/preferences.mjs keeps it and asks; here is what Python goes by."""

from dataclasses import dataclass
from enum import StrEnum


class Notices(StrEnum):
    """What notifications say."""

    OFF = "off"
    PLAIN = "plain"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user has chosen; what was not, or is not understood, is as it is at first.

    Attributes:
        tells_reading: whether the others are told up to where this user has read.
        notices: what notifications say, if there are any.
        has_sound: whether a message that comes in the background is heard.
        has_badge: whether the icon of an installed page counts such messages.
        has_count: whether the title of the tab counts them.
        is_undisturbed: whether there are neither notifications nor sounds for now.
    """

    tells_reading: bool = True
    notices: Notices = Notices.OFF
    has_sound: bool = False
    has_badge: bool = True
    has_count: bool = True
    is_undisturbed: bool = False

    @classmethod
    def of(cls, chosen: object) -> "Settings":
        """Read what the page says, names and words, of which none is trusted."""
        words = chosen if isinstance(chosen, dict) else {}
        notices = words.get("notices")
        return cls(
            tells_reading=words.get("receipts") != "off",
            notices=Notices(notices) if notices in tuple(Notices) else Notices.OFF,
            has_sound=words.get("sound") == "on",
            has_badge=words.get("badge") != "off",
            has_count=words.get("count") != "off",
            is_undisturbed=words.get("undisturbed") == "on",
        )
