"""`python3 -m volly_browser chat`: from the command line to the exit code."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from io import TextIOWrapper

from volly_browser.crypto import initialize_crypto
from volly_browser.errors import VollyError
from volly_browser.room.invite import Invite, InviteError
from volly_browser.room.room import Room
from volly_browser.terminal import faults
from volly_browser.terminal.arguments import LINK_VARIABLE, Options
from volly_browser.terminal.cleaning import one_line
from volly_browser.terminal.exits import Exit
from volly_browser.terminal.plain import Plain, Streams
from volly_browser.terminal.screen import Screen
from volly_browser.terminal.site import Site, find_site
from volly_browser.terminal.visit import Front, Parts, Setting, Visit
from volly_browser.transport.livekit_native import NativeLiveKitTransport
from volly_browser.transport.posting_native import get_json, post_json
from volly_browser.transport.tokens import TokenService
from volly_browser.ui.faults import report

_INPUT = 0
_INTERRUPTED = 130


def run(options: Options) -> int:
    """Visit a room; return the exit code."""
    faults.contain()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        link, name = _asked(options)
        return asyncio.run(_visit(Invite.parse(link), link, name, options))
    except InviteError as error:
        _tell(str(error))
        return Exit.WRONG_USE
    except (KeyboardInterrupt, EOFError):
        return _INTERRUPTED
    except Exception as fault:
        report(fault)
        return Exit.FAILED


async def _visit(invite: Invite, link: str, name: str, options: Options) -> Exit:
    faults.contain_loop(asyncio.get_running_loop())
    try:
        crypto = await initialize_crypto()
    except VollyError as error:
        _tell(str(error))
        return Exit.FAILED
    try:
        site = Site(options.token_url) if options.token_url else await find_site(link, get_json)
    except VollyError as error:
        _tell(str(error))
        return Exit.NO_CONNECTION

    def open_room(tell_clock_error: Callable[[float], None]) -> Room:
        tokens = TokenService(
            post_json, site.token_url, invite.room_id, site.signaling_url, tell_clock_error=tell_clock_error
        )
        transport = NativeLiveKitTransport(tokens)
        return Room(invite, transport, crypto.engines, name, choose_other=None if _is_typed() else False)

    progress = _tell if sys.stderr.isatty() else _say_nothing
    setting = Setting(
        invite.policy, invite.history, name, ends_with_room=not _is_typed(), tell=_tell, progress=progress
    )
    visit = Visit(open_room, setting, _plain if options.is_plain or not _has_screen() else _screen)
    _leave_on_signals(visit)
    return await visit.run()


def _asked(options: Options) -> tuple[str, str]:
    """Return the link and the name; ask for what is missing, if there is a terminal to ask.  Raises InviteError."""
    link, name = options.link, options.name
    if link is None and not _is_typed():
        raise InviteError(f"There is no invite link: give it as an argument, or in ${LINK_VARIABLE}.")
    if link is None:
        link = _ask("Invite link: ")
    if name is None:
        name = _ask("Your name, which the others see: ") if _is_typed() else ""
    return link, name


def _ask(question: str) -> str:
    print(question, end="", file=sys.stderr, flush=True)
    return input()


def _plain(parts: Parts) -> Front:
    streams = Streams(_INPUT, sys.stdout, sys.stderr)
    take = parts.obey if _is_typed() else parts.say
    return Plain(parts.story, parts.lines, take, streams, has_commands=_is_typed())


def _screen(parts: Parts) -> Front:
    return Screen(parts.story, parts.lines, parts.obey, parts.typing)


def _is_typed() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _has_screen() -> bool:
    return _is_typed() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _leave_on_signals(visit: Visit) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, visit.leave)


def _tell(sentence: str) -> None:
    print(one_line(sentence), file=sys.stderr, flush=True)


def _say_nothing(_: str) -> None:
    """Say nothing: no person watches."""
