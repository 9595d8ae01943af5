"""What a terminal shows of a visit, as data: the conversation, the people, how things stand."""

from collections.abc import Callable

from volly_browser.chat.chat import Chat
from volly_browser.chat.mentions import Mentioned
from volly_browser.chat.message import Message, Stage
from volly_browser.chat.settings import News, key_of
from volly_browser.chat.timeline import Changed, Timeline
from volly_browser.room.events import (
    ConnectionsLost,
    HistoryReceived,
    MembersChanged,
    MessageDelivered,
    MessageQueued,
    MessageReceived,
    MessageSent,
    MessagesRead,
    OtherConversation,
    RoomEvent,
    RoomMember,
    RoomState,
    StateChanged,
    Typing,
)
from volly_browser.room.presence.typing import Typists
from volly_browser.terminal.numbers import Numbers
from volly_browser.ui import wording
from volly_browser.ui.people.company import Company
from volly_browser.ui.people.mentionables import mentioned_of
from volly_browser.ui.people.people import Acquaintances
from volly_browser.ui.rooms.room_to_show import RoomToShow
from volly_browser.ui.timeline.conversation import Remark
from volly_browser.ui.timeline.fate import waiting_in
from volly_browser.ui.timeline.marks import Marks, marks_of
from volly_browser.ui.wording import Place, Remedy, Status

_ADVICE = {
    Remedy.TRY_NOW: "/now tries at once.",
    Remedy.TAKE_OVER: "/now takes it back.",
    Remedy.START_OVER: "Leave with Ctrl-D, and come back.",
    Remedy.JOIN_OTHER: "/join goes there.",
}
"""What to type against what is wrong."""

_NOTHING: Changed = frozenset()


class Story:
    """What has happened in a room.

    Args:
        room: what is shown.
        chat: of the room.
        policy: of the room.
        clock: seconds since 1970.
        now: seconds of any clock that runs evenly, for notices of typing.
        history: how many messages from before they came newcomers are told of.

    Attributes:
        company: the people.
        numbers: of the messages.
        notice: the sentence that is to be read at once; empty if there is none.
        sentence: explains the state of the visit.
        other: the group id of another conversation in the same room; empty if there is none.
    """

    def __init__(
        self,
        room: RoomToShow,
        chat: Chat,
        policy: str,
        clock: Callable[[], float],
        now: Callable[[], float],
        *,
        history: int = 0,
    ) -> None:
        self._room = room
        self._chat = chat
        self._policy = policy
        self._clock = clock
        self._now = now
        self._typists = Typists()
        self._unsent: set[str] = set()
        self.company = Company(Acquaintances(), history)
        self.numbers = Numbers(chat.timeline)
        self.notice = ""
        self.sentence = ""
        self.other = ""

    # What happens

    def take(self, event: RoomEvent) -> Changed:
        """Take what happened in the room; return the ids of the entries that look different."""
        changed = self._numbered(self._take(event))
        for news in self._chat.take_news():
            sentence = wording.was_set(news, self.company.called, self._room.member_id)
            changed |= self.remark(sentence, is_warning=not news.is_taken)
        return changed

    def let_go(self, gone: Changed) -> Changed:
        """Note that these messages have disappeared."""
        return self._numbered(gone)

    def said(self, message_id: str) -> None:
        """Note that the room has a message of ours, possibly before it says so."""
        if message_id not in self.timeline:
            self._unsent.add(message_id)

    def remark(self, sentence: str, *, is_warning: bool = False) -> Changed:
        """Put a line at the end that no member wrote."""
        return self._numbered(self.timeline.note(Remark(sentence, is_warning), self._clock()))

    def _numbered(self, changed: Changed) -> Changed:
        self.numbers.follow(changed)
        return changed

    def _take(self, event: RoomEvent) -> Changed:
        match event:
            case MessageReceived() | MessageQueued() | MessageSent() | MessageDelivered() | MessagesRead():
                self._note_talk(event)
                return self._chat.take(event)
            case HistoryReceived(messages):
                self.company.met.hear_of((told.message.sender, told.message.name) for told in messages)
                return self._chat.take(event)
            case Typing(member_id):
                self._typists.writes(member_id, self._now())
            case MembersChanged(members):
                self._chat.take(event)
                return self._members_are(members)
            case StateChanged(_, sentence):
                self.sentence = sentence
                return self._waiting
            case OtherConversation(group_id):
                self.other = group_id
                self.notice = f"{wording.other_conversation(event)} {_ADVICE[Remedy.JOIN_OTHER]}"
            case ConnectionsLost():
                pass  # they are members as before
            case _:
                return self._say(event)
        return _NOTHING

    def _note_talk(self, event: RoomEvent) -> None:
        match event:
            case MessageReceived(content=content) if content.is_setting:
                pass
            case MessageReceived(sender):
                self.company.wrote(sender)
                self._typists.finished_writing(sender)
            case MessageQueued(message_id):
                self._unsent.add(message_id)
            case MessageSent(message_id):
                self._unsent.discard(message_id)
                self.company.were_told()

    def _say(self, event: RoomEvent) -> Changed:
        """Note an event for which a sentence is enough."""
        saying = wording.SAYINGS.get(type(event))
        if saying is None:
            return self._chat.take(event) if type(event) not in wording.SAYINGS else _NOTHING
        sentence = saying.sentence(event, self.company.called)
        if saying.place is Place.NOTICE:
            self.notice = sentence
            return _NOTHING
        return self.remark(sentence, is_warning=saying.place is Place.WARNING)

    def _members_are(self, members: tuple[RoomMember, ...]) -> Changed:
        was_outside = not self.company.here
        sentences = list(self.company.take(members))
        if members and was_outside and self.company.is_alone:
            sentences.append(wording.FIRST_HERE)
        self._typists.members_are(self.company.here)
        changed = [self.remark(sentence) for sentence in sentences]
        return self._waiting.union(*changed)

    # What there is

    @property
    def timeline(self) -> Timeline:
        """The conversation."""
        return self._chat.timeline

    @property
    def state(self) -> RoomState:
        """The state of the visit."""
        return self._room.state

    @property
    def status(self) -> Status:
        """How things stand, and what can be done about it."""
        return wording.status_of(self.state, is_alone=self.company.is_alone, policy=self._policy)

    @property
    def trouble(self) -> str:
        """Say what is wrong, and what to do about it; empty if nothing is."""
        remedy = self.status.remedy
        return f"{self.sentence} {_ADVICE[remedy]}" if remedy is not Remedy.NONE else ""

    @property
    def unsent(self) -> int:
        """How many of our messages, edits and reactions the network has not taken."""
        return len(self._unsent)

    @property
    def typing(self) -> str:
        """Say which members are writing; empty if none is."""
        here = self.company.here
        names = [here[member_id].in_a_sentence for member_id in self._typists.at(self._now()) if member_id in here]
        return "".join(wording.typing(names))

    @property
    def typing_until(self) -> float | None:
        """When that is to be looked at again, by `now`."""
        return self._typists.deadline()

    @property
    def title(self) -> str:
        """The title of the room; empty if it has none."""
        return self._chat.settings.title_text

    def room_lines(self) -> list[str]:
        """Say what is set for the room, by whom, and what is pinned."""
        settings = self._chat.settings
        changes = [*filter(None, (settings.title, settings.topic, settings.timer)), *settings.pins]
        said = [wording.was_set(News(change), self.company.called, self._room.member_id) for change in changes]
        pins = [number for change in settings.pins if (number := self.numbers.of(key_of(change.value)))]
        return [*said, *([f"Pinned: {', '.join(map(str, pins))}."] if pins else [])] or [wording.NOTHING_SET]

    @property
    def mentioned(self) -> Mentioned:
        """The others that are here, by the words that stand for them in a text."""
        return mentioned_of(self.company.here)

    def marks(self, message: Message) -> Marks:
        """Say whose word a message is, and what became of it if it is ours."""
        waits_as = waiting_in(self.state, is_alone=self.company.is_alone)
        return marks_of(message, self.company.met, waits_as)

    def author(self, message: Message) -> str:
        """Return how the author of a message is called, without marks."""
        return self.company.met.person(message.sender, message.name).full_name

    @property
    def _waiting(self) -> Changed:
        """The messages that wait to be sent, which look different when they wait for something else."""
        found = map(self.timeline.find, self._unsent)
        return frozenset(
            entry.message_id
            for entry in found
            if isinstance(entry, Message) and entry.delivery and entry.delivery.stage is Stage.WAITING
        )
