import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from volly_browser.tools import verbs
from volly_browser.tools.environment import lock_file

PROJECT = Path(__file__).resolve().parents[3]


def build_py(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run build.py with a Python that has the standard library alone."""
    command = [sys.executable, "-S", "build.py", *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_alone_it_explains_itself() -> None:
    result = build_py()
    assert result.returncode == 0
    shown = " ".join(result.stdout.split())
    assert all(f"{verb.name} {verb.summary}" in shown for verb in verbs.VERBS)


@pytest.mark.parametrize("verb", verbs.VERBS, ids=lambda verb: verb.name)
def test_every_verb_explains_itself_before_anything_is_installed(verb: verbs.Verb) -> None:
    result = build_py(verb.name, "--help")
    assert result.returncode == 0
    assert verb.summary in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    "arguments",
    [["sreve"], ["serve", "--prot", "1"], ["serve", "--port", "http"], ["serve", "--port", "65536"], ["site", "extra"]],
)
def test_a_mistyped_command_is_refused_with_a_sentence(arguments: list[str]) -> None:
    result = build_py(*arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1].startswith("build.py")


@pytest.mark.parametrize(
    ("arguments", "unit", "handed_on"),
    [
        (["--unit", "-k", "invite", "-x"], True, ["-k", "invite", "-x"]),
        (["-k", "an invite", "--unit"], True, ["-k", "an invite"]),
        (["tests/unit/tools", "-x"], False, ["tests/unit/tools", "-x"]),
        (["-x", "tests/unit/tools", "--lf"], False, ["-x", "tests/unit/tools", "--lf"]),
        (["--", "-k", "invite"], False, ["-k", "invite"]),
        ([], False, []),
    ],
)
def test_what_is_not_ours_goes_to_pytest(arguments: list[str], unit: bool, handed_on: list[str]) -> None:
    chosen = verbs.parse(["test", *arguments])
    assert chosen is not None
    verb, options = chosen
    assert (verb.name, options.unit, options.handed_on) == ("test", unit, handed_on)


def test_tests_run_in_the_page_where_that_is_wished() -> None:
    chosen = verbs.parse(["test", "--in-page", "tests/unit/ui", "-k", "links"])
    assert chosen is not None
    _, options = chosen
    assert options.in_page
    assert options.handed_on == ["tests/unit/ui", "-k", "links"]


def test_every_verb_has_its_lock_file_and_its_module() -> None:
    for verb in verbs.VERBS:
        assert lock_file(verb.requirements).is_file()
        assert find_spec(f"volly_browser.tools.{verb.module}")


def test_the_set_up_needs_the_standard_library_alone() -> None:
    """What build.py imports before anything is installed."""
    modules = ["verbs", "environment", "console", "cache", "node", "livekit", "browsers"]
    imports = "; ".join(f"import volly_browser.tools.{name}" for name in modules)
    subprocess.run([sys.executable, "-S", "-c", imports], cwd=PROJECT, check=True)
