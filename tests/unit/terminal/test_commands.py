import pytest

from volly_browser.chat.emoji import is_emoji
from volly_browser.terminal import commands
from volly_browser.terminal.commands import Intent, WrongCommand, completion_of, help_text, intent_of


@pytest.mark.parametrize(
    ("line", "intent"),
    [
        ("hello", commands.Say("hello")),
        (" /who", commands.Say(" /who")),
        ("two\nlines", commands.Say("two\nlines")),
        ("//etc/passwd", commands.Say("/etc/passwd")),
        ("/reply 3 I agree", commands.Reply(3, "I agree")),
        ("/reply #3  I agree ", commands.Reply(3, "I agree")),
        ("/reply 3 two\nlines", commands.Reply(3, "two\nlines")),
        ("/edit 3 other words", commands.Edit(3, "other words")),
        ("/edit 3", commands.Edit(3, "")),
        ("/delete 12", commands.Delete(12)),
        ("/react 3 👍", commands.React(3, "👍")),
        ("/react 3 :heart:", commands.React(3, "❤️")),
        ("/unreact 3 +1", commands.Unreact(3, "👍")),
        ("/show 3", commands.Show(3)),
        ("/history", commands.History(commands.DEFAULT_HISTORY)),
        ("/history 5", commands.History(5)),
        ("/who ", commands.Who()),
        ("/now", commands.TryNow()),
        ("/join", commands.JoinOther()),
        ("/help", commands.Help()),
        ("/quit", commands.Leave()),
        ("", None),
        ("  \n", None),
    ],
)
def test_a_line_is_understood(line: str, intent: Intent | None) -> None:
    assert intent_of(line) == intent


@pytest.mark.parametrize(
    "line",
    [
        *("/", "/nothing", "/reply", "/reply 3", "/reply x y", "/edit x y", "/delete", "/delete 3 4", "/react 3"),
        *("/show -1", "/show ٣", "/history many", "/who cares", "/show 99999999999999999999"),
    ],
)
def test_a_line_that_is_not_is_refused_with_a_sentence(line: str) -> None:
    with pytest.raises(WrongCommand) as refused:
        intent_of(line)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        *(("/rep", "ly "), ("/re", ""), ("/rea", "ct "), ("/r", ""), ("/quit", " "), ("/quit ", "")),
        *(("/who else", ""), ("/x", ""), ("", ""), ("reply", "")),
    ],
)
def test_a_name_is_completed_as_far_as_it_is_certain(line: str, rest: str) -> None:
    assert completion_of(line) == rest


def test_help_names_every_command_and_every_word_is_an_emoji() -> None:
    assert all(command.usage in help_text() for command in commands.COMMANDS)
    assert all(map(is_emoji, commands.EMOJI.values()))


def test_a_name_that_was_begun_is_completed_as_far_as_it_is_certain() -> None:
    people = ["@Alice", "@Alan", "@Bob (k3f9-7qzx)"]
    assert commands.mention_completion("hi @B", people) == "ob (k3f9-7qzx) "
    assert commands.mention_completion("@A", people) == "l"
    assert commands.mention_completion("hi @X", people) == commands.mention_completion("hi", people) == ""


def test_what_is_set_for_the_room_is_typed() -> None:
    assert intent_of("/title Tea at five") == commands.Set("title", "Tea at five")
    assert intent_of("/topic") == commands.Set("topic", "")
    assert intent_of("/timer 1h") == commands.Set("timer", "1h")
    assert intent_of("/pin 3") == commands.Pin(3, is_pinned=True)
    assert intent_of("/unpin 3") == commands.Pin(3, is_pinned=False)
    assert intent_of("/room") == commands.Room()
    with pytest.raises(WrongCommand):
        intent_of("/timer 2min")
