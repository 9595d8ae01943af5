"""One visit to one room, from the door to the leaving: binds what happens in the room to what is seen in the page."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass

from volly_browser.errors import VollyError
from volly_browser.mls.suites import suite_for
from volly_browser.room.events import (
    FrameRefused,
    MembersChanged,
    MessageDelivered,
    MessageGap,
    MessageReceived,
    MessageSent,
    Problem,
    RoomEvent,
    RoomMember,
    RoomState,
    StateChanged,
    Typing,
)
from volly_browser.ui import wording
from volly_browser.ui.activity import Activity
from volly_browser.ui.attention import Attention
from volly_browser.ui.fate import FOR_KEYS, FOR_SOMEBODY, QUEUED
from volly_browser.ui.messages import MessagesView
from volly_browser.ui.people import NAMELESS, PeopleView, Person, people_of
from volly_browser.ui.room_to_show import RoomToShow
from volly_browser.ui.sent_texts import SentTexts
from volly_browser.ui.status import StatusView
from volly_browser.ui.wording import Remedy


@dataclass(frozen=True, slots=True)
class Views:
    """The parts of the page that a conversation fills."""

    status: StatusView
    people: PeopleView
    messages: MessagesView
    activity: Activity
    attention: Attention


class ShownRoom:
    """One visit.

    Args:
        room: not joined yet.
        policy: of the room.
        name: ours.
        clock: seconds since 1970.
        facts: particulars to list besides those of the room.
    """

    def __init__(
        self,
        room: RoomToShow,
        policy: str,
        name: str,
        clock: Callable[[], float],
        facts: Mapping[str, str] | None = None,
    ) -> None:
        self._room = room
        self._policy = policy
        self._self = Person("0" * 32, name or NAMELESS, is_self=True)
        self._clock = clock
        self._more_facts = facts or {}
        self._views: Views
        self._people: dict[str, Person] = {}
        self._sentence = ""
        self._sent_texts = SentTexts(room.send_text, self._warn)
        self._leaving: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def unsent(self) -> int:
        """How many messages would be lost by closing the page."""
        return len(self._sent_texts)

    async def run(self, views: Views) -> None:
        """Join, talk, and return when somebody wants to leave and the room is left.

        An error that nobody expected, wherever it happened, ends the visit and is raised here.
        """
        self._views = views
        views.messages.clear()
        views.people.show([self._self])
        views.status.no_notice()
        self._show_status()
        self._start(self._read())
        self._start(self._join())
        try:
            await self._leaving
            await self._room.leave()
        finally:
            views.activity.close()
            for task in self._tasks:
                task.cancel()

    def leave(self) -> None:
        """End the visit."""
        if not self._leaving.done():
            self._leaving.set_result(None)

    def send(self, text: str) -> None:
        """Show a message of ours, and send it as soon as somebody can read it."""
        self._sent_texts.add(text, self._views.messages.add(self._self, text, self._clock()))
        self._start(self._sent_texts.deliver())

    def typing(self) -> None:
        """Somebody is writing here."""
        self._room.typing()

    def remedy(self, remedy: Remedy) -> None:
        """Somebody pressed the button of a notice."""
        if remedy in (Remedy.TRY_NOW, Remedy.TAKE_OVER):
            self._room.try_now()
        if remedy is Remedy.START_OVER:
            self.leave()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) and not self._leaving.done():
            self._leaving.set_exception(error)

    async def _join(self) -> None:
        try:
            await self._room.join()
        except VollyError as error:
            self._sentence = str(error)
            self._views.status.show(wording.status_of(RoomState.FAILED, is_alone=True, policy=self._policy), str(error))

    async def _read(self) -> None:
        async for event in self._room.events():
            self._take(event)

    def _take(self, event: RoomEvent) -> None:
        match event:
            case MessageReceived():
                self._show_message(event)
            case MessageSent(message_id):
                self._sent_texts.message_sent(message_id)
            case MessageDelivered(message_id, received, recipients):
                self._sent_texts.message_received(message_id, received, recipients)
            case Typing(member_id):
                self._views.activity.writes(member_id)
            case MessageGap(sender, name, count):
                self._views.messages.note(wording.missing(count, self._called(sender, name)), is_warning=True)
            case MembersChanged(members):
                self._show_members(members)
            case StateChanged(_, sentence):
                self._sentence = sentence
                self._show_status()
            case Problem(sentence):
                self._warn(sentence)
            case FrameRefused():
                pass  # noise from outside the conversation, which the room has dealt with

    def _warn(self, sentence: str) -> None:
        self._views.status.notice(sentence)

    def _show_message(self, message: MessageReceived) -> None:
        person = self._people.get(message.sender) or Person(message.sender, message.name or NAMELESS, is_self=False)
        self._views.messages.add(person, message.text, min(message.sent_at, self._clock()))
        self._views.activity.has_written(message.sender)
        self._views.attention.message_came()

    def _called(self, sender: str, name: str) -> str:
        person = self._people.get(sender) or Person(sender, name or NAMELESS, is_self=False)
        return person.in_a_sentence

    def _show_members(self, members: Sequence[RoomMember]) -> None:
        before, self._people = self._people, people_of(members, self._people)
        self._views.people.show(list(self._people.values()))
        self._views.activity.people_are(self._people)
        self._note_changes(before)
        self._show_status()

    def _note_changes(self, before: dict[str, Person]) -> None:
        others = {key: person for key, person in self._people.items() if not person.is_self}
        came = [person.in_a_sentence for key, person in others.items() if key not in before]
        went = [
            person.in_a_sentence for key, person in before.items() if key not in self._people and not person.is_self
        ]
        if went:
            self._views.messages.note(wording.went(went))
        if came:
            self._views.messages.note(wording.came(came) if before else wording.found_here(came))

    def _show_status(self) -> None:
        state = self._room.state
        is_alone = len(self._room.members) <= 1
        status = wording.status_of(state, is_alone=is_alone, policy=self._policy)
        is_joined = state is RoomState.JOINED
        sentence = wording.joined_sentence(is_alone=is_alone, policy=self._policy) if is_joined else self._sentence
        self._views.status.show(status, sentence)
        self._views.activity.waits_for(status.meanwhile)
        if is_joined:
            self._views.status.show_alone(is_alone)
            self._views.status.show_facts(self._facts())
        self._show_whether_to_wait(state, is_alone=is_alone)
        self._start(self._sent_texts.deliver())

    def _show_whether_to_wait(self, state: RoomState, *, is_alone: bool) -> None:
        if state is not RoomState.JOINED:
            self._sent_texts.close(FOR_KEYS if state is RoomState.WAITING_FOR_KEYS else QUEUED)
        elif is_alone:
            self._sent_texts.close(FOR_SOMEBODY)
        else:
            self._sent_texts.open()

    def _facts(self) -> dict[str, str]:
        return {
            "Keys and signatures": suite_for(self._policy).name,
            "People with keys": str(len(self._room.members)),
            "Epoch": f"{self._room.epoch} (the keys change whenever somebody comes or goes)",
            **self._more_facts,
        }
