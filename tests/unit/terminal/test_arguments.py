import os
import subprocess
import sys
from pathlib import Path

import pytest

from volly_browser.terminal.arguments import LINK_VARIABLE, Options, parse
from volly_browser.terminal.exits import Exit
from volly_browser.tools import environment

PROJECT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LINK_VARIABLE, raising=False)


def volly(*arguments: str, bare: bool = False, **variables: str) -> subprocess.CompletedProcess[str]:
    options = ["-S"] if bare else []
    return subprocess.run(
        [sys.executable, *options, "-m", "volly_browser", *arguments],
        cwd=PROJECT,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_given_is_taken() -> None:
    options = parse(["chat", "LINK", "--name", "Alice", "--token-url", "https://x/token", "--plain"])
    assert options == Options("LINK", "Alice", "https://x/token", is_plain=True)


def test_what_is_left_out_is_asked_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse(["chat"]) == Options(None, None, None, is_plain=False)
    monkeypatch.setenv(LINK_VARIABLE, "a link")
    assert parse(["chat"]) == Options("a link", None, None, is_plain=False)


@pytest.mark.parametrize("url", ["", "x", "ftp://x", "https://", "https://["])
def test_a_token_url_that_is_none_is_refused(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["chat", "LINK", "--token-url", url])
    assert ended.value.code == Exit.WRONG_USE
    assert "is needed" in capsys.readouterr().err


def test_help_lists_the_chat_and_needs_no_packages() -> None:
    for arguments in ([], ["--help"]):
        shown = volly(*arguments, bare=True)
        assert shown.returncode == 0
        assert "chat  " in shown.stdout
    shown = volly("chat", "--help", bare=True)
    assert all(f"{code} " in shown.stdout.partition("exit codes:")[2] for code in Exit)


def test_the_packages_of_the_chat_are_locked() -> None:
    locked = environment.lock_file("chat").read_text()
    assert "prompt-toolkit==" in locked
    assert locked.count("--hash=sha256:") > locked.count("==")


@pytest.mark.parametrize("link", ["https://chat.example/", "https://chat.example/#v1.short", "\x1b]0;title\x07", ""])
def test_a_wrong_link_is_a_sentence_and_an_exit_code(link: str) -> None:
    ended = volly("chat", link)
    assert ended.returncode == Exit.WRONG_USE
    assert "link" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "\x1b" not in ended.stderr + ended.stdout


def test_a_script_without_a_link_is_told_where_to_put_it() -> None:
    ended = volly("chat")
    assert ended.returncode == Exit.WRONG_USE
    assert LINK_VARIABLE in ended.stderr
