"""What the lab's cells need before they run."""

import asyncio
import sys

import pytest

from volly_browser.ui import lab


def fail(message: str) -> None:
    raise ValueError(message)


def shown(capsys: pytest.CaptureFixture[str], filename: str = "<exec>", message: str = "no key") -> str:
    """What is shown of an error that came about in a file of that name."""
    code = compile(f"def inner():\n  fail({message!r})\ninner()", filename, "exec")
    try:
        exec(code, {"fail": fail})
    except ValueError as error:
        lab.show_exception(type(error), error, error.__traceback__)
    return capsys.readouterr().err


def test_an_error_names_the_line_of_the_cell(capsys: pytest.CaptureFixture[str]) -> None:
    assert 'File "&lt;exec&gt;", line 3, in &lt;module&gt;' in shown(capsys)


def test_an_error_is_text_wherever_it_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    report = shown(capsys, message="<img src=x> & 'more'")
    assert report.endswith("ValueError: &lt;img src=x&gt; &amp; 'more'\n")
    assert "<" not in report


def test_the_interpreter_s_own_frames_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    report = shown(capsys, filename="/lib/python314.zip/_pyodide/_base.py")
    assert "_pyodide" not in report
    assert "in fail" in report


def test_modules_are_found_by_name_as_in_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "volly_page", None)
    noble = object()
    lab.provide_modules({"noble": noble})
    from volly_page import module

    assert asyncio.run(module("noble")) is noble
