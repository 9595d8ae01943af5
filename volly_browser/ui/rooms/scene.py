"""Shows what happens in a room: every event, and the state."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from volly_browser.chat.chat import Chat
from volly_browser.chat.message import Message
from volly_browser.chat.settings import key_of
from volly_browser.chat.timeline import Changed
from volly_browser.mls.suites import suite_for
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
    RoomState,
    StateChanged,
    Typing,
)
from volly_browser.room.identity.names import clean_name
from volly_browser.ui import wording
from volly_browser.ui.composer.composer import Composer
from volly_browser.ui.faults import GoingOn, report
from volly_browser.ui.people.company import Company
from volly_browser.ui.people.mentionables import Mentionables
from volly_browser.ui.people.naming import Naming
from volly_browser.ui.people.people import NAMELESS, PeopleView, Person
from volly_browser.ui.rooms.room_to_show import RoomToShow
from volly_browser.ui.rooms.room_view import RoomView
from volly_browser.ui.status.activity import Activity
from volly_browser.ui.status.attention import Attention
from volly_browser.ui.status.status import StatusView
from volly_browser.ui.timeline.conversation import Conversation, Remark
from volly_browser.ui.timeline.fate import waiting_in
from volly_browser.ui.timeline.searching import SearchView
from volly_browser.ui.timeline.view import TimelineView
from volly_browser.ui.wording import Place, Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """The parts of the page that a conversation fills.

    Attributes:
        show_alone: says whether to offer the invite link in the middle of the page.
        save: hands the user a file of a form, "text" or "json", with this text.
    """

    status: StatusView
    people: PeopleView
    timeline: TimelineView
    activity: Activity
    attention: Attention
    composer: Composer
    mentionables: Mentionables
    room: RoomView
    search: SearchView
    show_alone: Callable[[bool], object]
    save: Callable[[str, str], object]


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same during a visit.

    Attributes:
        policy: of the room.
        name: the user's.
        clock: seconds since 1970.
        facts: particulars to list besides those of the room.
        history: how many messages from before they came newcomers are told of.
    """

    policy: str
    name: str
    clock: Callable[[], float]
    facts: Mapping[str, str]
    history: int = 0

    @property
    def person(self) -> Person:
        """How the user is shown."""
        return Person("0" * 32, clean_name(self.name) or NAMELESS, is_self=True)


class Scene:
    """Shows events.  A fault while one of them is shown is reported and told to the user, and the rest goes on.

    Args:
        room: its source.
        views: show them.
        setting: of the visit.
        chat: takes what is said.
        conversation: of the visit; has the chat's timeline as its last.
    """

    def __init__(
        self, room: RoomToShow, views: Views, setting: Setting, chat: Chat, conversation: Conversation
    ) -> None:
        self._room = room
        self._views = views
        self._setting = setting
        self._chat = chat
        self._conversation = conversation
        self._company = Company(views.people.met, setting.history)
        self._revision = 0
        self._sentence = ""
        self._failed = False
        self._other = ""
        self._unknown: set[type] = set()
        self._going_on = GoingOn(lambda: views.status.notice(wording.NOT_ALL_SHOWN))

    def begin(self) -> None:
        """Show that nothing has happened yet."""
        self.show_settings()
        self._going_on.each(
            lambda: self._views.people.show([self._setting.person]),
            self._views.status.no_notice,
            self.show_status,
        )

    def end(self) -> None:
        """Show that the visit has ended."""
        self._going_on.each(self._views.activity.close, lambda: self._views.mentionables.people_are({}))

    def take(self, event: RoomEvent) -> None:
        """Show an event."""
        with self._going_on:
            self._take(event)
        with self._going_on:
            self._show_news()

    def show_settings(self) -> None:
        """Show what is set for the room, and the pinned messages as they are now."""
        settings = self._chat.settings
        self._revision = settings.revision
        self._going_on.each(
            lambda: self._views.room.show(settings),
            lambda: self._views.timeline.pinned_are(frozenset(key_of(change.value) for change in settings.pins)),
        )

    def refresh_pins(self, ids: Changed) -> None:
        """Show the pinned messages as they are now, if one of them is among these rows."""
        if any(self._chat.settings.is_pinned(row_id.partition("/")[2]) for row_id in ids):
            self.show_settings()

    def _show_news(self) -> None:
        for news in self._chat.take_news():
            sentence = wording.was_set(news, self._company.called, self._room.member_id)
            self._conversation.remark(Remark(sentence, is_warning=not news.is_taken))
        if self._revision != self._chat.settings.revision:
            self.show_settings()

    def join_other(self) -> None:
        """Go to the other conversation that was found last."""
        self._views.status.no_notice()
        if self._other:
            self._room.join_other(self._other)

    def fail(self, sentence: str) -> None:
        """Show why the visit cannot go on."""
        self._failed = True
        self._sentence = sentence
        self.show_status()

    def show_status(self) -> None:
        """Show the state of the visit."""
        self._going_on.each(self._show_standing, self._show_facts, self._show_what_is_waited_for)

    @property
    def state(self) -> RoomState:
        """The state of the visit."""
        return RoomState.FAILED if self._failed else self._room.state

    def _take(self, event: RoomEvent) -> None:
        match event:
            case MessageReceived():
                self._show_message(event)
            case HistoryReceived(messages):
                self._company.met.hear_of((told.message.sender, told.message.name) for told in messages)
                self._conversation.changed(self._chat.take(event))
            case MessageQueued():
                self._conversation.queued(event)
                self._conversation.changed(self._chat.take(event))
            case MessageSent(message_id):
                self._company.were_told()
                self._conversation.sent(message_id)
                self._conversation.changed(self._chat.take(event))
            case MessageDelivered() | MessagesRead():
                self._conversation.changed(self._chat.take(event))
            case Typing(member_id):
                self._views.activity.writes(member_id)
            case MembersChanged(members):
                self._chat.take(event)
                self._show_members(self._company.take(members))
            case ConnectionsLost(member_ids):
                self._views.people.lose(member_ids)
            case StateChanged(RoomState.FAILED, sentence):
                self.fail(sentence)
            case StateChanged(_, sentence):
                self._sentence = sentence
                self.show_status()
            case OtherConversation(group_id):
                self._other = group_id
                self._views.status.offer(wording.other_conversation(event), Remedy.JOIN_OTHER)
            case _:
                self._say(event)

    def _say(self, event: RoomEvent) -> None:
        """Show an event for which a sentence is enough."""
        kind = type(event)
        if kind in wording.SAYINGS:
            saying = wording.SAYINGS[kind]
            if saying:
                self._show_sentence(saying.place, saying.sentence(event, self._company.called))
        elif kind not in self._unknown:
            self._unknown.add(kind)
            report(LookupError(f"The page has no words for the event {kind.__name__}."))

    def _show_sentence(self, place: Place, sentence: str) -> None:
        if place is Place.NOTICE:
            self._views.status.notice(sentence)
        else:
            self._conversation.remark(Remark(sentence, is_warning=place is Place.WARNING))

    def _show_message(self, received: MessageReceived) -> None:
        self._going_on.each(lambda: self._conversation.hear(received))
        changed = self._chat.take(received)
        if received.content.is_setting:
            return
        self._company.wrote(received.sender)
        message = self._chat.timeline.find(received.message_id) if received.message_id in changed else None
        if isinstance(message, Message):
            naming = Naming(self._company.met)
            is_for_us = naming.is_for_us(message)
            row_id = self._conversation.here(received.message_id)
            self._going_on.each(
                lambda: self._views.timeline.message_came(row_id, is_for_us=is_for_us),
                lambda: self._draw_attention(row_id, message, naming.text(message), is_for_us=is_for_us),
            )
        self._going_on.each(
            lambda: self._conversation.changed(changed),
            lambda: self._views.activity.finished_writing(received.sender),
        )

    def _draw_attention(self, row_id: str, message: Message, text: str, *, is_for_us: bool) -> None:
        name = self._company.met.person(message.sender, message.name).full_name
        is_markdown = message.is_markdown
        self._views.attention.message_came(row_id, name, text, is_markdown=is_markdown, is_for_us=is_for_us)

    def _show_members(self, changes: Iterator[str]) -> None:
        people = self._company.here
        self._going_on.each(
            lambda: self._views.people.show(list(people.values())),
            lambda: self._views.activity.people_are(people),
            lambda: self._views.mentionables.people_are(people),
            self._views.timeline.people_changed,
            lambda: self._remark_all(changes),
            self.show_status,
        )

    def _show_standing(self) -> None:
        is_joined, is_alone = self.state is RoomState.JOINED, self._is_alone
        policy = self._setting.policy
        status = wording.status_of(self.state, is_alone=is_alone, policy=policy)
        sentence = wording.joined_sentence(is_alone=is_alone, policy=policy) if is_joined else self._sentence
        self._going_on.each(
            lambda: self._views.status.show(status, sentence),
            lambda: self._views.activity.waits_for(status.meanwhile),
        )

    def _show_facts(self) -> None:
        if self.state is RoomState.JOINED:
            self._views.show_alone(self._is_alone)
            self._views.status.show_facts(self._facts())

    def _remark_all(self, sentences: Iterator[str]) -> None:
        for sentence in sentences:
            self._conversation.remark(Remark(sentence))
        self.show_settings()

    def _show_what_is_waited_for(self) -> None:
        self._conversation.sends(self.state is RoomState.JOINED and not self._is_alone)
        self._views.timeline.waits_as(waiting_in(self.state, is_alone=self._is_alone))

    @property
    def _is_alone(self) -> bool:
        return len(self._room.members) <= 1

    def _facts(self) -> dict[str, str]:
        return {
            "Keys and signatures": suite_for(self._setting.policy).name,
            "People with keys": str(len(self._room.members)),
            "Epoch": wording.epoch(self._room.epoch if self._room.members else 0),
            "Newcomers are shown": wording.shown_to_newcomers(self._setting.history),
            **self._setting.facts,
        }
