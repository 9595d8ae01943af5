"""The screen without a terminal: keys come from a pipe, and what would be drawn is looked at."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from tests.unit.terminal.telling import Telling
from tests.unit.ui.fake_room import BOB
from volly_browser.room.content.settings import Setting, Title
from volly_browser.room.events import Problem, RoomState
from volly_browser.room.events import Typing as WritingNotice
from volly_browser.terminal.screen import Conversation, Screen
from volly_browser.terminal.viewport import Viewport

PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"


class Sitting:
    """A user before a screen."""

    def __init__(self, keys: PipeInput) -> None:
        self.telling = Telling()
        self.keys = keys
        self.taken: list[str] = []
        self.noticed = 0
        self.screen = Screen(self.telling.story, self.telling.lines, self._take, self._typing)

    async def _take(self, line: str) -> None:
        self.taken.append(line)

    def _typing(self) -> None:
        self.noticed += 1

    async def types(self, keys: str) -> None:
        self.keys.send_text(keys)
        await asyncio.sleep(0.05)

    @property
    def activity(self) -> str:
        return "".join(fragment[1] for fragment in self.screen._activity())

    @property
    def bar(self) -> str:
        return "".join(fragment[1] for fragment in self.screen._bar())


@asynccontextmanager
async def sitting() -> AsyncIterator[Sitting]:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        user = Sitting(keys)
        running = asyncio.create_task(user.screen.run())
        await asyncio.sleep(0.05)
        yield user
        user.screen.leave()
        await running


async def test_enter_says_what_was_typed_and_empties_the_line() -> None:
    async with sitting() as user:
        await user.types("one\rtwo\n/who\r")
        assert user.taken == ["one", "two", "/who"]


async def test_tab_completes_a_command_and_changes_no_text() -> None:
    async with sitting() as user:
        await user.types("/rep\t1 hi\ra\tb\r")
        assert user.taken == ["/reply 1 hi", "ab"]


async def test_pasted_lines_are_one_text() -> None:
    async with sitting() as user:
        await user.types(f"{PASTE_BEGINS}one\ntwo{PASTE_ENDS}\r")
        assert user.taken == ["one\ntwo"]


async def test_texts_are_noticed_as_writing_and_commands_are_not() -> None:
    async with sitting() as user:
        await user.types("/react 1")
        assert user.noticed == 0
        await user.types("\r")
        await user.types("hi")
        assert user.noticed == 2


async def test_what_is_to_be_typed_on_never_replaces_what_is_typed() -> None:
    async with sitting() as user:
        user.screen.ask_again("/edit 1 hello")
        user.screen.ask_again("other")
        await user.types("!\r")
        assert user.taken == ["/edit 1 hello!"]


async def test_both_keys_leave() -> None:
    for key in "\x03\x04":
        async with sitting() as user:
            user.keys.send_text(key)
            await asyncio.sleep(0.1)
            assert not user.screen._app.is_running


async def test_ctrl_d_behind_a_text_does_not_leave() -> None:
    async with sitting() as user:
        await user.types("text\x04")
        assert user.screen._app.is_running


async def test_scrolling_keeps_its_place_and_counts_what_comes() -> None:
    async with sitting() as user:
        user.screen._conversation.create_content(80, 10)
        for number in range(40):
            user.telling.hears(f"text {number}")
        await user.types("\x1b[5~")
        user.screen.changed(frozenset([user.telling.hears("later")]))
        assert user.activity.startswith("1 new below")
        await user.types("\x1b[F")
        assert user.activity == ""


async def test_no_title_and_no_name_takes_the_place_of_what_the_bar_says() -> None:
    async with sitting() as user:
        user.telling.members(replace(BOB, name="Bob · Sealed"))
        user.screen._conversation.width = 200
        for version, title in enumerate(("Broken · Alice (you)”", "x" * 250), 1):
            user.telling.receives(user.telling.contents.settings((Setting(Title(title), version),)))
            volly, label, shown, people = user.bar.split(" · ")
            assert (volly, label, people) == (" Volly", "Sealed, post-quantum", "Alice (you), Bob ‧ Sealed")
            assert (shown[0], shown[-1], shown.count("”")) == ("“", "”", 1)
        user.screen._conversation.width = 30
        assert user.bar == " Volly · Sealed, post-quantum…"


async def test_the_most_important_thing_is_said_first() -> None:
    async with sitting() as user:
        assert user.bar == " Volly · Sealed, post-quantum · Alice (you), Bob"
        user.telling.happens(WritingNotice("b" * 32, "Bob"))
        assert user.activity == "Bob is typing…"
        user.telling.is_in(RoomState.UNREACHABLE, "No answer.")
        assert user.activity == "No answer. /now tries at once."
        user.telling.happens(Problem("Look \x1b[2Jhere!"))
        assert user.activity == "Look �[2Jhere!"


def test_the_last_line_is_at_the_bottom_and_nothing_is_drawn_but_clean_letters() -> None:
    telling = Telling()
    telling.hears("\x1b]0;x\x07 \u202e hi")
    content = Conversation(Viewport(telling.story.timeline, telling.lines.of)).create_content(80, 10)
    shown = ["".join(fragment[1] for fragment in content.get_line(row)) for row in range(content.line_count)]
    assert len(shown) == 10
    assert shown[0] == ""
    assert shown[-1].endswith("hi")
    assert all(line.isprintable() for line in shown)
