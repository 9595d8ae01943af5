"""web/text/highlighting.mjs: colours for programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.ui.scripts import Script

Parts = list[list[str]] | None

LANGUAGES = [
    "js",
    "ts",
    "py",
    "css",
    "html",
    "json",
    "yaml",
    "sh",
    "c",
    "cpp",
    "rust",
    "go",
    "java",
    "sql",
    "md",
    "php",
]
SIGNS = [
    *"\"'`/*#<>{}()[]=.;:\\\n -@$&!|~",
    "//",
    "/*",
    "*/",
    "<!--",
    "${",
    '"""',
    "a",
    "1",
    "if",
    "def ",
    "<a ",
    "</a>",
]


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Script]:
    script = Script("text/highlighting.mjs", tmp_path_factory.mktemp("highlighting"))
    yield script
    script.close()


def coloured(script: Script, code: str, language: str) -> Parts:
    parts: Parts = script.call("coloured", code, language)
    return parts


def test_what_has_a_colour_is_told_apart(script: Script) -> None:
    assert coloured(script, "def f():\n    return 'a'  # b", "py") == [
        ["keyword", "def"],
        ["", " f():\n    "],
        ["keyword", "return"],
        ["", " "],
        ["string", "'a'"],
        ["", "  "],
        ["comment", "# b"],
    ]
    script_parts = coloured(script, "const a = `b`; // c\nd", "ts") or []
    assert [kind for kind, _ in script_parts] == ["keyword", "", "string", "", "comment", ""]


@pytest.mark.parametrize("language", ["", "klingon", "__proto__", "constructor", "x" * 1000])
def test_a_language_that_is_not_known_has_none(script: Script, language: str) -> None:
    assert coloured(script, "a = 1", language) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(SIGNS) | st.text(max_size=3), max_size=60).map("".join), st.sampled_from(LANGUAGES))
def test_the_parts_are_the_whole_program_or_there_are_none(script: Script, code: str, language: str) -> None:
    parts = coloured(script, code, language)
    assert parts is None or "".join(part for _, part in parts) == code
    assert {kind for kind, _ in parts or []} <= {"", "keyword", "string", "comment", "name"}


def test_a_long_program_and_one_of_many_parts_get_no_colours(script: Script) -> None:
    assert coloured(script, "a" * 5000, "py")
    assert coloured(script, "a" * 5001, "py") is None
    assert coloured(script, "1," * 999, "py")
    assert coloured(script, "1," * 1001, "py") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_program_takes_long(script: Script, language: str) -> None:
    for sign in [*SIGNS, *(one + other for one in SIGNS for other in ("[", "<", "'", "a", " "))]:
        code = sign * (5000 // len(sign))
        for _ in range(3):  # possibly something else was compiled or thrown away in this time
            script.call("coloured", code, language)
            if script.seconds < 0.02:
                break
        assert script.seconds < 0.02, sign
