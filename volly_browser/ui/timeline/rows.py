"""Rows: all that is drawn of a message or a note; two that are equal look alike."""

from dataclasses import astuple, dataclass, fields


@dataclass(frozen=True, slots=True)
class Choice:
    """A button under a message.

    Attributes:
        intent: what pressing it asks for.
        words: what stands on it.
    """

    intent: str
    words: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What a message answers.

    Attributes:
        row_id: of the message that is answered; empty if it is not here.
        name: its author's, with the tag; empty likewise.
        text: the beginning of what it says, or what stands in for that.
        is_markdown: whether `text` is Markdown; its marks are left out.
    """

    row_id: str
    name: str
    text: str
    is_markdown: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A place in a text that names a member.

    Attributes:
        start, length: the place, as JavaScript counts letters (in units of UTF-16).
        words: stand there now.
        tag: tells the member from others of such a name.
        is_self: whether it is us.
    """

    start: int
    length: int
    words: str
    tag: str
    is_self: bool


@dataclass(frozen=True, slots=True)
class Relayed:
    """How a message from before we came reached us.

    Attributes:
        words: say so in a few.
        why: says what it means.
    """

    words: str
    why: str


@dataclass(frozen=True, slots=True)
class Emoji:
    """An emoji under a message.

    Attributes:
        emoji: the emoji.
        count: how many have put it there.
        is_own: whether we are among them.
        names: of those that have.
        is_doubtful: whether some are only said to have, by another.
    """

    emoji: str
    count: int
    is_own: bool
    names: str
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the list.

    Attributes:
        row_id: stays the same as long as the row is there.
        kind: "message" or "note".
        look: style classes.
        day: stands over the row if another day begins with it.
        unread: stands over the row if it is the first that was not read.
        initial: for the round picture.
        name: of the author.
        tag: tells the author from others of such a name.
        quote: what it answers.
        text: what it says.
        is_markdown: whether `text` is Markdown.
        mentions: the places in it that name members.
        is_stand_in: whether `text` is ours, in place of what cannot be shown.
        is_folded: whether only the beginning of the text is seen.
        found: what is looked for, in each way in which the text writes it.
        time: when it was sent, and possibly when it came.
        stamp: when it was sent, for programs.
        edited: says so if it was.
        timer: says when it disappears, if it does.
        pinned: says so if it is.
        relayed: says so if another than its author has told of it.
        fate: how it is drawn what became of the message.
        fate_words: the same in words.
        details: says more of that, and names people.
        choices: buttons.
        reactions: the emoji under it.
        can: what can be done with it: "react", "reply", "pin" or "unpin", "edit", "delete", "copy", "details".
    """

    row_id: str
    kind: str = "message"
    look: str = ""
    day: str = ""
    unread: str = ""
    initial: str = ""
    name: str = ""
    tag: str = ""
    quote: Quote | None = None
    text: str = ""
    is_markdown: bool = False
    mentions: tuple[Named, ...] = ()
    is_stand_in: bool = False
    is_folded: bool = False
    found: tuple[str, ...] = ()
    time: str = ""
    stamp: str = ""
    edited: str = ""
    timer: str = ""
    pinned: str = ""
    relayed: Relayed | None = None
    fate: str = ""
    fate_words: str = ""
    details: str = ""
    choices: tuple[Choice, ...] = ()
    reactions: tuple[Emoji, ...] = ()
    can: tuple[str, ...] = ()

    @property
    def packed(self) -> dict[str, object]:
        """All that is not as always, for JSON."""
        return {name: _packed(value) for name, value in self._values if value != _ALWAYS.get(name)}

    @property
    def _values(self) -> list[tuple[str, object]]:
        return [(name, getattr(self, name)) for name in _NAMES]


def _packed(value: object) -> object:
    match value:
        case tuple():
            return [_packed(each) for each in value]
        case Emoji(is_doubtful=False):
            return list(astuple(value))[:-1]
        case Choice() | Emoji() | Named() | Quote() | Relayed():
            return list(astuple(value))
    return value


_NAMES = tuple(field.name for field in fields(Row))
_ALWAYS = {field.name: field.default for field in fields(Row)}
