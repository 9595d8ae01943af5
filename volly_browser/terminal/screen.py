"""A chat on the whole screen: the conversation, a line on how things stand, and a line to type in."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition, Filter
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import (
    BufferControl,
    Dimension,
    FormattedTextControl,
    HSplit,
    Layout,
    UIContent,
    UIControl,
    Window,
)
from prompt_toolkit.layout.processors import BeforeInput
from prompt_toolkit.styles import Style

from volly_browser.chat.message import Message
from volly_browser.chat.timeline import Changed
from volly_browser.terminal.cleaning import clean, one_line
from volly_browser.terminal.commands import completion_of, mention_completion
from volly_browser.terminal.faults import silence
from volly_browser.terminal.lines import Line, Lines, Piece
from volly_browser.terminal.story import Story
from volly_browser.terminal.viewport import Viewport
from volly_browser.terminal.wrapping import cut, wrap
from volly_browser.ui.wording import Remedy

REDRAW = 1 / 30
"""Seconds between two pictures: many events make one."""

ACTIVITY_LINES = 3
"""Lines that a notice takes."""

INPUT_LINES = 6
"""Lines of what is typed that are seen."""

TITLE_CELLS = 40
"""Cells that the title of the room takes at most in the bar."""

STYLE = Style.from_dict(
    {
        "bar": "reverse",
        "bar.broken": "reverse ansired",
        "day": "ansibrightblack",
        "number": "ansibrightblack",
        "time": "ansibrightblack",
        "margin": "ansibrightblack",
        "mark": "ansibrightblack italic",
        "queued": "bold",
        "failed": "ansired",
        "for-us": "bold ansiyellow",
        "quote": "ansibrightblack",
        "stand-in": "ansibrightblack italic",
        "hint": "ansibrightblack italic",
        "note": "ansibrightblack",
        "warning": "bold ansired",
        "notice": "bold",
        "activity": "ansibrightblack italic",
        "prompt": "bold",
        "name": "bold",
        "hue-0": "ansigreen",
        "hue-1": "ansimagenta",
        "hue-2": "ansicyan",
        "hue-3": "ansired",
        "hue-4": "ansibrightmagenta",
        "hue-5": "ansibrightblue",
        "own": "nobold",
    }
)
"""Colours that every theme of a terminal has made readable."""


class Conversation(UIControl):
    """The part of the screen that shows the conversation.

    Args:
        viewport: what is seen of it.
    """

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self.width, self.height = WIDTH_BEFORE, HEIGHT_BEFORE

    def create_content(self, width: int, height: int) -> UIContent:
        """Draw as many lines as there is place for, the last one at the bottom."""
        self.width, self.height = width, height
        lines = self._viewport.lines(width, height)
        above: list[Line] = [()] * (height - len(lines))
        shown = [_fragments(line) for line in [*above, *lines]]
        return UIContent(get_line=shown.__getitem__, line_count=len(shown), show_cursor=False)


WIDTH_BEFORE, HEIGHT_BEFORE = 80, 24
"""The size of the conversation before it is drawn for the first time."""


class Screen:
    """Shows a story on the whole screen until the user leaves.

    Args:
        story: what is shown.
        lines: of the story.
        take: takes each line that was typed.
        typing: called at every key by which a text grows.
    """

    def __init__(
        self, story: Story, lines: Lines, take: Callable[[str], Awaitable[None]], typing: Callable[[], None]
    ) -> None:
        self._story = story
        self._lines = lines
        self._take = take
        self._typing = typing
        self._viewport = Viewport(story.timeline, lines.of)
        self._conversation = Conversation(self._viewport)
        self._buffer = Buffer(multiline=True, on_text_insert=lambda _: self._typed())
        self._new_below = 0
        self._taking: set[asyncio.Task[None]] = set()
        self._app: Application[None] = Application(
            layout=Layout(self._parts(), focused_element=self._buffer),
            key_bindings=self._keys(),
            style=STYLE,
            full_screen=True,
            min_redraw_interval=REDRAW,
        )

    def changed(self, ids: Changed) -> None:
        """Draw anew, soon."""
        if not self._viewport.is_at_end:
            self._new_below += sum(1 for entry_id in ids if self._is_new(entry_id))
        self._app.invalidate()
        if (until := self._story.typing_until) is not None and self._app.is_running:
            asyncio.get_running_loop().call_at(until, self._app.invalidate)

    def show_all(self, message_id: str) -> None:
        """Show all of a message from now on."""
        self._lines.unfolded.add(message_id)
        self._app.invalidate()

    def show_last(self, count: int) -> None:
        """Scroll back by so many messages."""
        messages = [entry for entry in self._story.timeline if isinstance(entry, Message)][-count:]
        if messages:
            self._viewport.to(messages[0].message_id, self._conversation.width, self._conversation.height)
        self._app.invalidate()

    def ask_again(self, line: str) -> None:
        """Put a line where the user types, unless something is there."""
        if not self._buffer.text:
            self._buffer.insert_text(line)

    def leave(self) -> None:
        """Clear the screen and let `run` return."""
        if self._app.is_running and not self._app.is_done:
            self._app.exit()

    async def run(self) -> None:
        """Show the screen until `leave`."""
        try:
            with silence(), contextlib.suppress(EOFError):  # which says that the terminal is gone
                await self._app.run_async(handle_sigint=False, set_exception_handler=False)
        finally:
            for task in self._taking:
                task.cancel()

    # What is seen

    def _parts(self) -> HSplit:
        prompt = BeforeInput([("class:prompt", "> ")])
        typed = BufferControl(self._buffer, input_processors=[prompt])
        return HSplit(
            [
                Window(FormattedTextControl(self._bar), height=1, style="class:bar"),
                Window(self._conversation),
                Window(
                    FormattedTextControl(self._activity),
                    height=Dimension(min=1, max=ACTIVITY_LINES),
                    dont_extend_height=True,
                ),
                Window(typed, height=Dimension(min=1, max=INPUT_LINES), wrap_lines=True, dont_extend_height=True),
            ]
        )

    def _bar(self) -> StyleAndTextTuples:
        """Say how things stand, and behind that what members say: none of them can take its place."""
        status = self._story.status
        title = _quoted(cut(one_line(self._story.title), TITLE_CELLS)) if self._story.title else ""
        text = one_line(" · ".join(filter(None, ("Volly", status.label, title, ", ".join(self._people())))))
        look = "class:bar.broken" if status.remedy is not Remedy.NONE else "class:bar"
        return [(look, cut(f" {text}", self._conversation.width))]

    def _people(self) -> list[str]:
        here = self._story.company.here.values()
        names = ((_apart(person.full_name), person.is_self) for person in here)
        return [f"{name} (you)" if is_self else name for name, is_self in names]

    def _activity(self) -> StyleAndTextTuples:
        """Say what is most important now."""
        status = self._story.status
        if self._story.notice:
            look, said = "notice", self._story.notice
        elif self._story.trouble:
            look, said = "notice", self._story.trouble
        elif status.meanwhile:
            look, said = "activity", status.meanwhile
        elif self._new_below:
            look, said = "activity", f"{self._new_below} new below: End shows the last."
        else:
            look, said = "activity", self._story.typing
        lines = wrap(one_line(said), self._conversation.width)[:ACTIVITY_LINES]
        return [(f"class:{look}", "\n".join(lines))]

    def _is_new(self, entry_id: str) -> bool:
        timeline = self._story.timeline
        return isinstance(timeline.find(entry_id), Message) and timeline.index(entry_id) == len(timeline) - 1

    # What is typed

    def _typed(self) -> None:
        if not self._buffer.text.startswith("/"):
            self._typing()

    def _complete(self) -> None:
        """Put in what certainly follows: in the name of a command, or in that of a person behind an @."""
        before = self._buffer.document.text_before_cursor
        people = list(self._story.mentioned)
        self._buffer.insert_text(completion_of(before) or mention_completion(before, people))

    def _enter(self) -> None:
        line = self._buffer.text
        self._buffer.reset(append_to_history=False)
        self._to_end()
        task = asyncio.ensure_future(self._take(line))
        self._taking.add(task)
        task.add_done_callback(self._taken)

    def _taken(self, task: asyncio.Task[None]) -> None:
        self._taking.discard(task)
        self._app.invalidate()

    def _scroll(self, lines: int) -> None:
        self._viewport.scroll(lines, self._conversation.width, self._conversation.height)
        if self._viewport.is_at_end:
            self._new_below = 0

    def _to_end(self) -> None:
        self._viewport.to_end()
        self._new_below = 0

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        is_empty = Condition(lambda: not self._buffer.text)
        on_first_line = Condition(lambda: self._buffer.document.on_first_line)
        on_last_line = Condition(lambda: self._buffer.document.on_last_line)

        def page() -> int:
            return max(1, self._conversation.height - 1)

        def bind(*names: str, to: Callable[[], object], when: Filter | None = None) -> None:
            def act(_: KeyPressEvent) -> None:
                to()

            keys.add(*names, filter=True if when is None else when)(act)

        bind("c-c", to=self.leave)
        bind("c-d", to=self.leave, when=is_empty)
        bind("enter", to=self._enter)
        bind("c-j", to=self._enter)  # as Enter comes that was pressed before the screen was there
        bind("tab", to=self._complete)
        bind("escape", "enter", to=lambda: self._buffer.insert_text("\n"))
        bind("pageup", to=lambda: self._scroll(page()))
        bind("pagedown", to=lambda: self._scroll(-page()))
        bind("up", to=lambda: self._scroll(1), when=on_first_line)
        bind("down", to=lambda: self._scroll(-1), when=on_last_line)
        bind("end", to=self._to_end, when=is_empty)
        keys.add("c-l")(lambda event: event.app.renderer.clear())
        keys.add("c-z")(lambda event: event.app.suspend_to_background())
        return keys


def _apart(words: str) -> str:
    """Take from what a member says the sign that stands between the parts of the bar."""
    return one_line(words).replace("·", "‧")


def _quoted(words: str) -> str:
    """Mark what a member says as that: it has no such marks within."""
    return f"“{_apart(words).translate(_OTHER_QUOTES)}”"


_OTHER_QUOTES = dict.fromkeys(map(ord, "“”„‟〝〞"), "'")


def _fragments(line: Line) -> StyleAndTextTuples:
    """Give the terminal nothing but clean letters, whatever made the line."""
    return [(_style(piece), clean(piece.text).replace("\n", " ")) for piece in line]


def _style(piece: Piece) -> str:
    return " ".join(f"class:{look}" for look in piece.look.split())
