from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from volly_browser.tools.console import SetupError
from volly_browser.tools.site import build, sources


@pytest.fixture
def fingerprints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str]], None]:
    """An empty cache, and sources whose fingerprint is, call after call, what a test says."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def follow(values: list[str]) -> None:
        answers: Iterator[str] = iter(values)
        monkeypatch.setattr(sources, "fingerprint", lambda *_: next(answers))

    return follow


def building(monkeypatch: pytest.MonkeyPatch, results: list[str | Exception]) -> None:
    """Stand-ins for the builds that will follow: what each writes, or how it fails."""

    def make(site: Path, _: str | None) -> None:
        result = results.pop(0)
        if isinstance(result, Exception):
            raise result
        site.mkdir()
        (site / "index.html").write_text(result)

    monkeypatch.setattr(build, "_build", make)


def test_a_site_is_built_once(fingerprints: Callable[[list[str]], None], monkeypatch: pytest.MonkeyPatch) -> None:
    fingerprints(["a"] * 4)
    building(monkeypatch, ["first"])
    assert build.build() == build.build()


def test_sources_that_change_meanwhile_are_built_again(
    fingerprints: Callable[[list[str]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprints(["a", "b", "b", "b", "a", "a"])
    building(monkeypatch, ["half a, half b", "all b", "all a"])
    assert (build.build() / "index.html").read_text() == "all b"
    assert (build.build() / "index.html").read_text() == "all a"


def test_a_build_that_fails_over_a_change_is_tried_again(
    fingerprints: Callable[[list[str]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprints(["a", "b", "b", "b"])
    building(monkeypatch, [SetupError("a file went away"), "all b"])
    assert (build.build() / "index.html").read_text() == "all b"


def test_a_build_that_fails_by_itself_is_not(
    fingerprints: Callable[[list[str]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprints(["a", "a"])
    building(monkeypatch, [SetupError("web/page.mjs is broken")])
    with pytest.raises(SetupError, match="is broken"):
        build.build()


def test_a_copy_replaces_what_was_there(tmp_path: Path) -> None:
    site, target = tmp_path / "site", tmp_path / "dist"
    for folder, name in ((site, "new.html"), (target, "old.html")):
        folder.mkdir()
        (folder / name).touch()
    build.publish(site, target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dist", "site"]
    assert [path.name for path in target.iterdir()] == ["new.html"]
