"""What people type, and what they want by it: a text is said, a line that begins with `/` is a command."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os.path import commonprefix

from volly_browser.errors import LocalError

EMOJI = {
    "+1": "👍",
    "-1": "👎",
    "heart": "❤️",
    "joy": "😂",
    "wow": "😮",
    "sad": "😢",
    "party": "🎉",
    "eyes": "👀",
    "ok": "👌",
    "yes": "✅",
}
"""Words for emoji that many keyboards have not."""


class WrongCommand(LocalError):
    """What was typed is no command, or lacks something; the text says what."""


@dataclass(frozen=True, slots=True)
class Say:
    """Say a text."""

    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer the message of a number."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Let our message of a number say something else; without a text, ask for one."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Take our message of a number back."""

    number: int


@dataclass(frozen=True, slots=True)
class React:
    """Put an emoji under the message of a number."""

    number: int
    emoji: str


@dataclass(frozen=True, slots=True)
class Unreact:
    """Take our emoji from under the message of a number."""

    number: int
    emoji: str


@dataclass(frozen=True, slots=True)
class Set:
    """Set something for the room: "title", "topic" or "timer"."""

    what: str
    value: str


@dataclass(frozen=True, slots=True)
class Pin:
    """Pin the message of a number, or take it down."""

    number: int
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class Room:
    """Say what is set for the room."""


@dataclass(frozen=True, slots=True)
class Show:
    """Show all of the message of a number: its whole text, and what it said before."""

    number: int


@dataclass(frozen=True, slots=True)
class History:
    """Show the last so many messages again."""

    count: int


@dataclass(frozen=True, slots=True)
class Who:
    """Say which people are here."""


@dataclass(frozen=True, slots=True)
class TryNow:
    """Try to reach the server now, or take our place back."""


@dataclass(frozen=True, slots=True)
class JoinOther:
    """Go to the other conversation in the room."""


@dataclass(frozen=True, slots=True)
class Help:
    """Name the commands."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the room."""


TIMERS = {"off": 0, "5min": 300, "1h": 3600, "1d": 86_400, "1w": 604_800}
"""Words for the times after which messages disappear."""

Intent = (
    Say
    | Reply
    | Edit
    | Delete
    | React
    | Unreact
    | Set
    | Pin
    | Room
    | Show
    | History
    | Who
    | TryNow
    | JoinOther
    | Help
    | Leave
)

DEFAULT_HISTORY = 20
"""Messages that `/history` shows if it is not told how many."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        usage: how it is typed.
        summary: what it does.
        read: makes an intent of what follows the name.  Raises ValueError.
    """

    usage: str
    summary: str
    read: Callable[[str], Intent]

    @property
    def name(self) -> str:
        """What it begins with, without the slash."""
        return self.usage.split()[0][1:]


def intent_of(line: str) -> Intent | None:
    """Return what is wanted by a line; None if it is blank.

    A line that begins with `//` is said without the first slash.

    Raises:
        WrongCommand: it begins with a slash and is no command.
    """
    if not line.strip():
        return None
    if not line.startswith("/") or line.startswith("//"):
        return Say(line.removeprefix("/"))
    name, rest = _split(line[1:])
    command = _BY_NAME.get(name)
    if command is None:
        raise WrongCommand(f"There is no command /{name[:20]}. /help names those that there are.")
    try:
        return command.read(rest)
    except ValueError as error:
        raise WrongCommand(f"{command.usage}: {command.summary}.") from error


def completion_of(line: str) -> str:
    """Return what certainly follows in the name of a command that was begun; empty if nothing does."""
    names = [f"/{name} " for name in _BY_NAME if f"/{name} ".startswith(line)]
    common = commonprefix(names)  # noqa: RUF071 - letter by letter is what is wanted
    return common[len(line) :] if line.startswith("/") else ""


def mention_completion(line: str, words: Sequence[str]) -> str:
    """Return what certainly follows in the words for a person, as `@Alice`, that were begun; empty if nothing does."""
    begun = line[line.rfind("@") :] if "@" in line else ""
    fitting = [f"{each} " for each in words if each.startswith(begun)] if begun else []
    return commonprefix(fitting)[len(begun) :]  # noqa: RUF071 - letter by letter is what is wanted


def help_text() -> str:
    """Name all commands, a line each."""
    width = max(len(command.usage) for command in COMMANDS)
    lines = [f"{command.usage:{width}}  {command.summary}" for command in COMMANDS]
    words = ", ".join(f"{word} {emoji}" for word, emoji in EMOJI.items())
    return "\n".join(
        [
            *lines,
            f"Instead of an emoji there are words: {words}.",
            "A text that begins with / is //text.",
            "@Name mentions a person; Tab completes it.",
        ]
    )


def _split(text: str) -> tuple[str, str]:
    """Return the first word, and what follows it."""
    first = next(iter(text.split()), "")
    return first, text.lstrip().removeprefix(first).strip()


def _number(text: str) -> int:
    """Read a number with or without a `#`.  Raises ValueError."""
    digits = text.removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):
        raise ValueError(text)
    return int(digits)


def _numbered(text: str) -> tuple[int, str]:
    number, rest = _split(text)
    return _number(number), rest


def _reply(text: str) -> Intent:
    number, said = _numbered(text)
    if not said:
        raise ValueError(text)
    return Reply(number, said)


def _edit(text: str) -> Intent:
    return Edit(*_numbered(text))


def _history(text: str) -> Intent:
    return History(_number(text) if text else DEFAULT_HISTORY)


def _emoji(text: str) -> tuple[int, str]:
    number, said = _numbered(text)
    if not said:
        raise ValueError(text)
    return number, EMOJI.get(said.strip(":"), said)


def _timer(text: str) -> Intent:
    if text not in TIMERS:
        raise ValueError(text)
    return Set("timer", text)


def _nothing(intent: Intent) -> Callable[[str], Intent]:
    def read(text: str) -> Intent:
        if text:
            raise ValueError(text)
        return intent

    return read


COMMANDS = (
    Command("/reply N TEXT", "answer message N", _reply),
    Command("/edit N TEXT", "change your message N; without a text, type on what it says", _edit),
    Command("/delete N", "take your message N back", lambda text: Delete(_number(text))),
    Command("/react N EMOJI", "put an emoji under message N", lambda text: React(*_emoji(text))),
    Command("/unreact N EMOJI", "take your emoji away again", lambda text: Unreact(*_emoji(text))),
    Command("/title TEXT", "set the title of the room; without a text, take it away", lambda text: Set("title", text)),
    Command("/topic TEXT", "set the topic of the room, likewise", lambda text: Set("topic", text)),
    Command("/timer TIME", "let messages from now on disappear: off, 5min, 1h, 1d or 1w", _timer),
    Command("/pin N", "pin message N", lambda text: Pin(_number(text), is_pinned=True)),
    Command("/unpin N", "take message N down", lambda text: Pin(_number(text), is_pinned=False)),
    Command("/room", "say what is set for the room, and what is pinned", _nothing(Room())),
    Command("/show N", "show all of message N, and what it said before", lambda text: Show(_number(text))),
    Command("/history [N]", "show the last N messages again", _history),
    Command("/who", "say which people are here", _nothing(Who())),
    Command("/now", "try to reach the server now, or take your place back", _nothing(TryNow())),
    Command("/join", "go to the other conversation in the room, if there is one", _nothing(JoinOther())),
    Command("/help", "name the commands", _nothing(Help())),
    Command("/quit", "leave, as Ctrl-D does", _nothing(Leave())),
)
"""All commands."""

_BY_NAME = {command.name: command for command in COMMANDS}
