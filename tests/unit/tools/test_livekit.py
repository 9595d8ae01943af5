from pathlib import Path

import pytest

from tests.unit.tools.stand_ins import add_program
from volly_browser.tools import livekit
from volly_browser.tools.console import SetupError
from volly_browser.tools.livekit import Container, External, Program


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its PATH but what a test puts there, and an empty cache."""
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def install(machine: Path, name: str, script: str = "exit 0") -> Path:
    return add_program(machine / "bin" / name, script)


def give(monkeypatch: pytest.MonkeyPatch, url: str, key: str = "key", secret: str = "secret") -> None:
    monkeypatch.setenv("LIVEKIT_URL", url)
    monkeypatch.setenv("LIVEKIT_API_KEY", key)
    monkeypatch.setenv("LIVEKIT_API_SECRET", secret)


def test_a_given_server_comes_first(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(bare_machine, "livekit-server")
    give(monkeypatch, "wss://livekit.example.org/")
    assert livekit.find() == External("wss://livekit.example.org", "key", "secret")


def test_a_given_server_may_be_named_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, "https://livekit.example.org")
    assert livekit.find() == External("wss://livekit.example.org", "key", "secret")


@pytest.mark.parametrize(
    ("key", "secret", "missing"),
    [("", "secret", "LIVEKIT_API_KEY is"), ("key", "", "LIVEKIT_API_SECRET is"), ("", "", "LIVEKIT_API_KEY and")],
)
def test_half_of_the_variables_is_a_mistake(
    monkeypatch: pytest.MonkeyPatch, key: str, secret: str, missing: str
) -> None:
    give(monkeypatch, "wss://livekit.example.org", key, secret)
    with pytest.raises(SetupError, match=missing):
        livekit.find()


@pytest.mark.parametrize("url", ["livekit.example.org", "ftp://livekit.example.org", "wss://"])
def test_a_url_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    give(monkeypatch, url)
    with pytest.raises(SetupError, match="must look like"):
        livekit.find()


def test_an_installed_server_comes_before_a_cached_one(bare_machine: Path) -> None:
    cached = bare_machine / "cache" / "volly" / "bin" / "livekit-server-1.13.5"
    cached.parent.mkdir(parents=True)
    cached.touch()
    assert livekit.find() == Program(cached)
    installed = install(bare_machine, "livekit-server")
    assert livekit.find() == Program(installed)


def test_docker_counts_only_if_its_engine_answers(bare_machine: Path) -> None:
    docker = install(bare_machine, "docker")
    assert livekit.find() == Container(docker, livekit.IMAGE)
    install(bare_machine, "docker", "exit 1")
    go = 'case "$1" in version) echo go version go1.26.8 linux/amd64;; install) echo built > "$GOBIN/server";; esac'
    install(bare_machine, "go", go)
    assert isinstance(livekit.find(), Program)


def test_a_server_is_built_once(bare_machine: Path) -> None:
    script = f"""\
case "$1" in
  version) echo go version go1.26.8 linux/amd64 ;;
  install) echo "$3" >> {bare_machine}/builds; echo built > "$GOBIN/server" ;;
esac"""
    install(bare_machine, "go", script)
    first = livekit.find()
    assert first == livekit.find()
    assert (bare_machine / "builds").read_text() == f"{livekit.MODULE}\n"


def test_a_failed_build_says_why_and_leaves_nothing(bare_machine: Path) -> None:
    install(bare_machine, "go", '[ "$1" = version ] && echo go1.26 || { echo "no route to host"; exit 1; }')
    with pytest.raises(SetupError, match="no route to host"):
        livekit.find()
    assert not list((bare_machine / "cache" / "volly").glob("bin/*"))
