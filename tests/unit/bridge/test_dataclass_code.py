"""Methods of dataclasses that were compiled before."""

import dataclasses
import marshal
from collections.abc import Iterator
from pathlib import Path

import pytest

from volly_browser.bridge import dataclass_code


@pytest.fixture(autouse=True)
def dataclasses_as_they_were() -> Iterator[None]:
    yield
    vars(dataclasses).pop("exec", None)


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> dict[bytes, bytes]:
    """What the list has; to be filled before `install`."""
    listed: dict[bytes, bytes] = {}
    monkeypatch.setattr("pkgutil.get_data", lambda *_: marshal.dumps(listed))
    return listed


def point() -> type:
    return dataclasses.make_dataclass("Point", [("x", int), ("y", int, 2)], frozen=True)


def sources_of_a_point(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sources: list[str] = []

    def execute(source: str, *namespaces: dict[str, object]) -> None:
        sources.append(source)
        exec(source, *namespaces)

    monkeypatch.setattr(dataclasses, "exec", execute, raising=False)
    point()
    monkeypatch.undo()
    return sources


def test_what_is_listed_is_taken_from_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = sources_of_a_point(monkeypatch)
    texts = {source: source.replace("==", " is ") for source in sources}
    assert any(source != text for source, text in texts.items())
    listed = {
        dataclass_code.key_of(source): marshal.dumps(compile(text, "<dataclass>", "exec"))
        for source, text in texts.items()
    }
    monkeypatch.setattr("pkgutil.get_data", lambda *_: marshal.dumps(listed))
    dataclass_code.install()
    changed = point()
    assert changed(1) != changed(1)


def test_what_is_not_listed_is_compiled(listed: dict[bytes, bytes]) -> None:
    dataclass_code.install()
    made = point()
    assert made(1) == made(1, 2)
    assert repr(made(3)) == "Point(x=3, y=2)"


def test_without_a_list_nothing_changes() -> None:
    assert not Path(dataclass_code.__file__).with_name(dataclass_code.FILE).exists()
    with pytest.raises(FileNotFoundError):
        dataclass_code.install()
    assert "exec" not in vars(dataclasses)
