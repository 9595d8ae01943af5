"""All that the page says about the room, with a status for each state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from volly_browser.chat.settings import News
from volly_browser.room.content.settings import Pin, Timer, Title, Topic, Value
from volly_browser.room.events import (
    FrameRefused,
    HistoryReceived,
    MemberMisbehaved,
    MembersRemoved,
    MessageGap,
    MessageQueued,
    MessageUnreadable,
    Misbehaviour,
    OtherConversation,
    Problem,
    RenewalOverdue,
    RoomState,
    WasRemoved,
)

NAMED_TYPISTS = 3
"""Number of writers up to which they are named."""


class Tone(StrEnum):
    """How a status looks; the page's style sheet and its icons go by these names."""

    SEALED = "sealed"
    CLASSICAL = "classical"
    BUSY = "busy"
    ALONE = "alone"
    BROKEN = "broken"


class Place(StrEnum):
    """The part of the page that shows a sentence about an event."""

    NOTE = "between the messages"
    WARNING = "between the messages, and not to be overlooked"
    NOTICE = "under the bar"


Called = Callable[[str, str], str]
"""Gives what a member of an id and a name is called in a sentence."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What the page says of one kind of event.

    Attributes:
        place: the part of the page that says it.
        sentence: takes the event, and what names members in it.
    """

    place: Place
    sentence: Callable[[Any, Called], str]


class Remedy(StrEnum):
    """What the user can do about it: the words on the button."""

    NONE = ""
    TRY_NOW = "Try now"
    TAKE_OVER = "Take over"
    START_OVER = "Start over"
    JOIN_OTHER = "Join it"


@dataclass(frozen=True, slots=True)
class Status:
    """What is always shown, and what it means.

    Attributes:
        tone: how it looks.
        label: two or three words.
        remedy: what can be done; a status with a remedy is also shown as a notice.
        meanwhile: says what happens to a text written now, if it is not sent at once.
    """

    tone: Tone
    label: str
    remedy: Remedy = Remedy.NONE
    meanwhile: str = ""


_FOR_LINK = "Your messages wait for the connection."

_STATUSES = {
    RoomState.NEW: Status(Tone.BUSY, "Getting ready"),
    RoomState.CONNECTING: Status(Tone.BUSY, "Connecting", meanwhile=_FOR_LINK),
    RoomState.UNREACHABLE: Status(Tone.BROKEN, "No connection", Remedy.TRY_NOW, _FOR_LINK),
    RoomState.WAITING_FOR_KEYS: Status(Tone.BUSY, "Waiting for keys", meanwhile="Your messages wait for the keys."),
    RoomState.FULL: Status(Tone.BROKEN, "Room is full", Remedy.START_OVER, "Your messages wait for a place."),
    RoomState.RECONNECTING: Status(Tone.BUSY, "Reconnecting", meanwhile=_FOR_LINK),
    RoomState.DISPLACED: Status(
        Tone.BROKEN, "Place taken", Remedy.TAKE_OVER, "Your messages wait until you take over."
    ),
    RoomState.LEFT: Status(Tone.BROKEN, "You have left"),
    RoomState.FAILED: Status(Tone.BROKEN, "Closed", Remedy.START_OVER),
}

_ALONE = Status(Tone.ALONE, "Nobody else here")
_SEALED = Status(Tone.SEALED, "Sealed, post-quantum")
_CLASSICAL = Status(Tone.CLASSICAL, "Sealed, not post-quantum")

_ALONE_SENTENCE = "You are alone in the room. Send the invite link to whoever you want to talk to."
_SEALED_SENTENCE = (
    "Messages and names are sealed from end to end: only the people in the room can read them, and a quantum computer"
    " does not change that."
)
_CLASSICAL_SENTENCE = (
    "Messages and names are sealed from end to end, but with classical keys only: whoever records them now could read"
    " them once there are quantum computers. Make a new room to be safe from that."
)


def status_of(state: RoomState, *, is_alone: bool, policy: str) -> Status:
    """Return the status to show in a state of a room of this policy."""
    if state is not RoomState.JOINED:
        return _STATUSES[state]
    if is_alone:
        return _ALONE
    return _CLASSICAL if policy == "classical" else _SEALED


def joined_sentence(*, is_alone: bool, policy: str) -> str:
    """Say what it means to be in a room of this policy."""
    if is_alone:
        return _ALONE_SENTENCE
    return _CLASSICAL_SENTENCE if policy == "classical" else _SEALED_SENTENCE


def listing(names: list[str]) -> str:
    """Join names as in "Alice, Bob and Carol"."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def came(names: list[str]) -> str:
    """Say that people came into the room."""
    return f"{listing(names)} came in."


def went(names: list[str]) -> str:
    """Say that people left the room."""
    return f"{listing(names)} left."


def renamed(before: str, now: str) -> str:
    """Say that a member changed its name."""
    return f"{before} is called {now} now."


FIRST_HERE = "You are in the room, and the first here."


def found_here(names: list[str], history: int) -> str:
    """Tell a newcomer which people are in the room, and how many messages from before it is shown."""
    verb = "is" if len(names) == 1 else "are"
    before = "What was written before you came is not shown."
    if history:
        before = f"Newcomers are shown {shown_to_newcomers(history)}."
    return f"You are in the room. {listing(names)} {verb} here. {before}"


def epoch(number: int) -> str:
    """Say which epoch of the group it is; 0 if there is none."""
    return f"{number} (the keys change whenever somebody comes or goes)"


def shown_to_newcomers(history: int) -> str:
    """Say how much of what was written before they came newcomers are shown."""
    if history == 0:
        return "nothing from before they came"
    return f"the last {'message' if history == 1 else f'{history} messages'} from before they came"


def relayed(by: str, *, is_confirmed: bool) -> str:
    """Say in a few words whose page has told of a message."""
    return f"from {by}'s page" if is_confirmed else f"from {by}'s page, not confirmed"


def not_confirmed(name: str) -> str:
    """Say that only another member says that this one has reacted."""
    return f"{name} (not confirmed)"


def why_relayed(by: str, author: str, *, is_confirmed: bool) -> str:
    """Say what it means that another than its author has told of a message."""
    if is_confirmed:
        return (
            f"This was written before you came. {by}'s page passed it on to you, and {author} has confirmed every"
            f" letter: it is as if {author} had said it to you."
        )
    return (
        f"This was written before you came, as {by}'s page says. {author}, who is said to have written it, was not"
        f" there to confirm it. So {by} could have changed it, or made it up."
    )


def typing(names: list[str]) -> tuple[str, str]:
    """Name the writers, and say that they are writing; both empty if none is."""
    if not names:
        return "", ""
    who = listing(names) if len(names) <= NAMED_TYPISTS else "Several people"
    return who, f" {'is' if len(names) == 1 else 'are'} typing…"


def unseen(count: int, for_us: int) -> str:
    """Count messages that were not seen, for the title of the tab, and those of them that mention the user."""
    return f"{count}, @{for_us}" if for_us else f"{count}"


_DURATIONS = {300: "5 minutes", 3600: "1 hour", 86_400: "1 day", 604_800: "1 week"}


def duration(seconds: float) -> str:
    """Write how long a message stays."""
    if seconds in _DURATIONS:
        return _DURATIONS[int(seconds)]
    whole = max(1, round(seconds))
    size, name = next(((size, name) for size, name in _LENGTHS if whole >= 2 * size), (1, "seconds"))
    return "1 second" if whole == 1 else f"{whole // size} {name}"


_LENGTHS = ((604_800, "weeks"), (86_400, "days"), (3600, "hours"), (60, "minutes"))


def disappears(seconds: float) -> str:
    """Say that a message disappears, and after how long."""
    return f"disappears after {duration(seconds)}"


def set_by(setter: str, teller: str) -> str:
    """Say by whom something was set, and whose page says so if that is another one."""
    return f"set by {setter}, as {teller}'s page says" if teller else f"set by {setter}"


def was_set(news: News, called: Called, own: str) -> str:
    """Say what a member has set for the room.

    Args:
        news: what was set.
        called: names members.
        own: our member id.
    """
    change = news.change
    is_own = change.setter == own
    setter = "You" if is_own else called(change.setter, change.name)
    deed = _deed_of(change.value, 1 + news.others)
    absent = f"{setter}, who has left," if not news.others else "members who have left"
    says = f"{called(change.by, change.teller)}'s page says that {absent} {deed}."
    if not news.is_taken:
        return f"{says} This page has not heard that, and does not believe it."
    if not change.is_first_hand:
        return says
    return f"{setter} {deed}{' before you came' if news.is_from_before else ''}."


def _deed_of(value: Value, count: int) -> str:
    match value:
        case Title(text) | Topic(text):
            what = "title" if isinstance(value, Title) else "topic"
            return f"set the {what} to “\u2068{text}\u2069”" if text else f"took the {what} away"
        case Timer(seconds):
            return f"set messages to disappear after {duration(seconds)}" if seconds else "set messages to stay"
        case Pin(_, is_pinned) if count == 1:
            return "pinned a message" if is_pinned else "took down a message that was pinned"
        case Pin(_, is_pinned):
            return f"pinned {count} messages" if is_pinned else f"took down {count} messages that were pinned"


NOTHING_SET = "Nothing is set for this room."
PINNED = "pinned"
HAS_DISAPPEARED = "The message that you were about to answer or change has disappeared."


def missing(count: int, name: str) -> str:
    """Say how many messages of a member could not be had."""
    return f"1 message from {name} is missing." if count == 1 else f"{count} messages from {name} are missing."


def found(number: int, count: int, *, is_done: bool) -> str:
    """Say which of how many messages that were found is shown."""
    if not is_done:
        return f"{number} of {count}, searching…" if count else "Searching…"
    return f"{number} of {count}" if count else "Not found"


def read_by(readers: list[str], received: int, recipients: int) -> str:
    """Say in full what became of a message of ours."""
    sentences = [f"Read by {listing(readers)}."] if readers else []
    if recipients:
        sentences.append(f"Received by {received} of {recipients}.")
    return " ".join(sentences) or "Nobody else was in the room yet."


def late(sent: str, came: str) -> str:
    """Write both times of a message that was long on its way."""
    return f"{sent}, arrived {came}"


def unreadable(message: MessageUnreadable, called: Called) -> str:
    """Say that a message arrived and cannot be read."""
    name = called(message.sender, message.name)
    return f"A message from {name} cannot be shown: it is malformed."


def others(count: int) -> str:
    """So many more than were named."""
    return "1 more" if count == 1 else f"{count} more"


def damaged(count: int) -> str:
    """Say that so many kept messages could not be used."""
    if count == 1:
        return "1 message kept on this device was damaged, or does not belong here. It is left out."
    return f"{count} messages kept on this device were damaged, or do not belong here. They are left out."


BROKEN_RULES: Mapping[Misbehaviour, str] = {
    Misbehaviour.CHANGED_MESSAGE: "{name} has changed a message after it was sent. You see what came first.",
    Misbehaviour.FALSE_RECEIPT: "{name} claims to have received something that you did not send.",
    Misbehaviour.TWO_ORDERS: "{name} told different members different things about who is in this room.",
    Misbehaviour.UNUSABLE_COMMIT: (
        "{name} changed the keys of this room in a way that this page cannot follow. {name} has a broken page, or wants"
        " to shut you out."
    ),
    Misbehaviour.OLD_KEYS: "{name} came in with keys that {name} had replaced before. Perhaps these were stolen.",
}
"""What is said if no other member has to be named."""


def misbehaved(event: MemberMisbehaved, called: Called) -> str:
    """Say that a member's page broke a rule of the protocol."""
    name = called(event.member_id, event.name)
    witness = called(event.witness, event.witness_name) if event.witness else ""
    if event.what is Misbehaviour.DIFFERENT_MESSAGES:
        return f"{name} wrote something else to {witness} than to you, or {witness} says so without reason."
    if event.what is Misbehaviour.TWO_ORDERS and event.witness not in ("", event.member_id):
        return (
            f"{name} told {witness} something else than you about who is in this room, or {witness} says so without"
            " reason."
        )
    if event.what is Misbehaviour.FALSE_HISTORY:
        return (
            f"{name} told you something that {witness} is said to have written before you came, and {witness} says"
            " otherwise. It is not shown."
        )
    return BROKEN_RULES[event.what].format(name=name)


def removed(event: MembersRemoved, called: Called) -> str:
    """Say that a member removed others that were still there."""
    names = listing([f"\u2068{name or 'somebody'}\u2069" for name in event.names])
    by = called(event.by, event.by_name)
    return f"{by} removed {names}. You could still hear them; whether {by} could is not known."


def was_removed(event: WasRemoved, called: Called) -> str:
    """Say that a member removed the user."""
    by = called(event.by, event.by_name)
    return f"{by} removed you, as pages do with one that they do not hear. You come back by yourself."


def overdue(event: RenewalOverdue, _: Called) -> str:
    """Say that the user's keys are old."""
    minutes = max(1, round(event.seconds / 60))
    return (
        f"Your keys have not been renewed for {minutes} minutes, though this page tried. Perhaps the server lets some"
        " of what you send get lost. If this goes on, leave and come back."
    )


def other_conversation(event: OtherConversation) -> str:
    """Ask whether to join another conversation in the same room."""
    people = "1 person" if event.members == 1 else f"{event.members} people"
    return (
        f"Another conversation is going on under this link, with {people} as they say. If you join it, you leave the"
        " people who are with you now, unless they join it as well."
    )


SAYINGS: Mapping[type, Saying | None] = {
    MessageGap: Saying(Place.WARNING, lambda gap, called: missing(gap.count, called(gap.sender, gap.name))),
    MessageUnreadable: Saying(Place.WARNING, unreadable),
    MemberMisbehaved: Saying(Place.WARNING, misbehaved),
    MembersRemoved: Saying(Place.WARNING, removed),
    MessageQueued: None,  # the page shows it already
    WasRemoved: Saying(Place.WARNING, was_removed),
    HistoryReceived: None,  # likewise
    RenewalOverdue: Saying(Place.NOTICE, overdue),
    Problem: Saying(Place.NOTICE, lambda problem, _: problem.sentence),
    FrameRefused: None,  # noise from outside of the conversation, which the room has dealt with
}
"""The events for which a sentence is enough; None says nothing."""

SEND_AGAIN = "Send again"
TAKE_BACK = "Edit"
SHOW_ALL = "Show all"

ANSWERING = "Answer to"
EDITING = "Change your message"
BOX_IN_USE = "Please send what is in the box first, or take it out: your message would take its place."
GONE_BY = "This was said before you came back into the room, and cannot be changed or answered any more."
NOT_DONE = "A fault in this page kept that from being done."

NEW_MESSAGES = "New messages"
NEW_MESSAGE = "A new message has come."
EDITED = "edited"
MENTIONS_YOU = "mentions you"
DELETED = "This message was deleted."
ONLY_NEWER = "Only a newer Volly can show this message."
NOT_HERE = "A message that is not here"
YOU = "you"

NOTHING_TO_SEE = "There is nothing to be seen in this message."
CONNECTION_LOST = "connection lost"
NAME_NOT_SHOWN = "This name cannot be shown."
MESSAGE_NOT_SHOWN = "This message cannot be shown."
NOTE_NOT_SHOWN = "Something happened here that cannot be shown."
ALL_OTHERS = "Everyone you talked with has left. The people here now are others, also those of the same name."
FROM_DEVICE = "The messages above were kept on this device."
NOT_KEPT = "What is said here is not kept on this device any more: the browser did not store it."
NOT_ALL_SHOWN = "A fault in this page keeps it from showing all of what happens. The conversation goes on."
NOT_TAKEN = "A fault in this page kept your message from being sent. It is still here: please try again."
NOT_INSIDE = "You are not in the room now. Start over to come back; what you wrote stays here."
FAULT = "A fault in this page has ended your visit. What was not sent is marked. Start over to come back into the room."


CLOCK_TOLERANCE = 120.0
"""Seconds by which a clock can be wrong before the user is told."""

_SPANS = ((2 * 365 * 86400.0, 365.25 * 86400.0, "years"), (2 * 86400.0, 86400.0, "days"), (7200.0, 3600.0, "hours"))
"""From how many seconds on an error is given in which unit, and the unit's seconds."""


def wrong_clock(seconds: float) -> str:
    """Say that the clock is so many seconds ahead of the server's (behind it if negative); empty if they are few."""
    if abs(seconds) < CLOCK_TOLERANCE:
        return ""
    _, length, unit = next((span for span in _SPANS if abs(seconds) >= span[0]), (0.0, 60.0, "minutes"))
    return (
        f"According to the server, the clock of this device is {round(abs(seconds) / length)} {unit}"
        f" {'ahead' if seconds > 0 else 'behind'}. Please set it: with a wrong clock the others may not let you in."
    )
