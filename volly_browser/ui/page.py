"""The chat page's Python: tests the engines, then sees one visitor after the other through a room.

web/page.mjs has shown the page, taken a name and a link, and loaded Python; it calls `main` and hands over visits.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import js
from pyodide.ffi import to_js

from volly_browser.bridge import ready_queue
from volly_browser.bridge.fetching import post_json
from volly_browser.bridge.modules import load_module
from volly_browser.bridge.proxies import Listeners
from volly_browser.bridge.values import to_bytes, to_object, to_uint8_array
from volly_browser.crypto import Crypto, initialize_crypto
from volly_browser.room.invite import Invite
from volly_browser.room.room import Room
from volly_browser.transport.livekit import LiveKitTransport
from volly_browser.transport.tokens import TokenService
from volly_browser.ui.composer.composer import Composer, Script
from volly_browser.ui.device.keeper import Change, Part, Store
from volly_browser.ui.element import Page
from volly_browser.ui.people.mentionables import Mentionables
from volly_browser.ui.people.naming import Naming
from volly_browser.ui.people.people import PeopleView
from volly_browser.ui.rooms.room_view import RoomView
from volly_browser.ui.rooms.scene import Setting, Views
from volly_browser.ui.rooms.visit import Visit
from volly_browser.ui.settings.settings import Settings
from volly_browser.ui.status.activity import Activity
from volly_browser.ui.status.attention import Attention, Signals
from volly_browser.ui.status.status import StatusView
from volly_browser.ui.timeline.drawing import Clock
from volly_browser.ui.timeline.searching import SearchView
from volly_browser.ui.timeline.view import ListOfRows, TimelineView

LEAVE = "volly:leave"
"""The event of the document by which page.mjs says that the user wants to leave."""

INTENT = "volly:intent"
"""The event of the document by which view/intents.mjs says what the user wants of the conversation."""

DEVICE = "volly:device"
"""The event of the document by which devices/keeping.mjs says what has happened to the store of the room."""

MINUTE, QUARTER = 60, 900
"""Seconds of a minute and of a quarter of an hour, by which the zones of the world differ."""

TIMES_KEPT = 512
"""So many times are not asked for again."""

PAUSE = 0.004
"""Seconds between two slices of a long work, in which the browser does what it has to."""

FRAME = 1 / 60
"""Seconds within which changes of the conversation are drawn together."""


async def main(shell: Any) -> None:  # noqa: ANN401 - a JavaScript object
    """Run the page.  Ends only with an error, which page.mjs shows.

    Args:
        shell: `bridge()` of page.mjs.

    Raises:
        SelfTestFailed: an engine cannot be trusted.
        WrongEngineChoice: the site's configuration is wrong.
    """
    ready_queue.install(asyncio.get_running_loop())
    config = json.loads(shell.config)
    shell.step("Testing the encryption.")
    crypto = await initialize_crypto(config["engines"])
    livekit = await load_module("livekit")
    shell.ready()
    while True:
        visit = _prepared(await shell.nextVisit(), config, livekit.Room, crypto, shell)
        await _see_through(visit, shell)
        shell.left()


def _prepared(wanted: Any, config: dict[str, Any], room_class: Any, crypto: Crypto, shell: Any) -> Visit:  # noqa: ANN401
    """Make a visit to the room and under the name that the user asks for."""
    invite = Invite.parse(wanted.fragment)

    def open_room() -> Room:
        return Room(invite, LiveKitTransport(room_class, tokens), crypto.engines, wanted.name)

    setting = Setting(invite.policy, wanted.name, time.time, _engine_facts(crypto), invite.history)
    visit = Visit(open_room, setting, shell.takeBack, shell.keepTexts, _store(shell))
    visit.settings = Settings.of(json.loads(shell.settings()))
    tokens = TokenService(
        post_json,
        config["tokenUrl"],
        invite.room_id,
        config["signalingUrl"],
        tell_clock_error=visit.tell_clock_error,
    )
    return visit


def _store(shell: Any) -> Store:  # noqa: ANN401
    """Make the store of the room on the device, which web/devices seals."""

    def take() -> Part | None:
        part = shell.takeOpened()
        if part is None:
            return None
        records = tuple((int(position), to_bytes(data)) for position, data in part.records)
        return Part(records, int(part.damaged), bool(part.isLast))

    def write(changes: Sequence[Change]) -> None:
        shell.keepRecords(to_js([[position, data and to_uint8_array(data)] for position, data in changes]))

    def soon(step: Callable[[], None], seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, step)

    return Store(take, write, soon)


async def _see_through(visit: Visit, shell: Any) -> None:  # noqa: ANN401
    """Run one visit, and remove its event handlers at the end."""
    page, listeners = Page(js.document), Listeners("addEventListener", "removeEventListener")
    people = PeopleView(page)
    loop = asyncio.get_running_loop()
    timeline = TimelineView(
        visit.conversation, visit.drawing(people.met, _clock()), ListOfRows(shell.patch, _at_the_next_frame)
    )
    views = Views(
        status=StatusView(page, listeners, visit.remedy),
        people=people,
        timeline=timeline,
        activity=Activity(page),
        attention=Attention(page, listeners, Signals(shell.notify, shell.withdraw, shell.sound, shell.badge)),
        composer=Composer(page, listeners, Script(shell.fill, shell.plain), visit.send, visit.typing),
        mentionables=Mentionables(shell.offerMentions),
        room=RoomView(shell.showRoom, people.met, visit.conversation),
        search=SearchView(
            page,
            visit.conversation,
            timeline,
            Naming(people.met),
            schedule=lambda work: loop.call_later(PAUSE, work),
            now=loop.time,
        ),
        show_alone=shell.showAlone,
        save=shell.save,
    )
    try:
        page.listen(listeners, LEAVE, lambda _event: visit.leave())
        page.listen(listeners, DEVICE, lambda event: visit.device(event.detail))
        page.listen(listeners, "visibilitychange", lambda _event: visit.flush())
        page.listen(listeners, INTENT, lambda event: visit.intent(*json.loads(event.detail)))
        listeners.listen(js.window, "beforeunload", _ask_before_losing(visit))
        await visit.run(views, shell.keptTexts())
    finally:
        listeners.close()


def _ask_before_losing(visit: Visit) -> Callable[[Any], None]:
    """Let the browser ask before it closes a page that messages have not left yet."""

    def closing(event: Any) -> None:  # noqa: ANN401 - a DOM event
        if visit.unsent:
            event.preventDefault()

    return closing


def _at_the_next_frame(draw: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(FRAME, draw)


def _clock() -> Clock:
    """Write times in the browser's language, each asked for once: no zone begins a minute or a day in between."""
    time_of = _written({"hour": "2-digit", "minute": "2-digit"})
    day_of = _written({"weekday": "long", "day": "numeric", "month": "long"})
    return Clock(
        lambda seconds: time_of(seconds // MINUTE * MINUTE), lambda seconds: day_of(seconds // QUARTER * QUARTER)
    )


def _written(parts: dict[str, str]) -> Callable[[float], str]:
    form = js.Intl.DateTimeFormat.new(js.navigator.language, to_object(parts)).format
    return lru_cache(TIMES_KEPT)(lambda seconds: str(form(1000 * seconds)))


def _engine_facts(crypto: Crypto) -> dict[str, str]:
    """Name the engines that compute here, for the particulars."""
    by_engine: dict[str, list[str]] = {}
    for result in crypto.self_test:
        by_engine.setdefault(result.engine, []).append(result.algorithm)
    return {f"Computed by {engine}": ", ".join(algorithms) for engine, algorithms in by_engine.items()}
