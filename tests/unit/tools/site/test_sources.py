from pathlib import Path

import pytest

from volly_browser.tools.site import sources


def shipped() -> set[str]:
    return {path.relative_to(sources.PACKAGE).as_posix() for path in sources.shipped()}


def test_what_only_cpython_needs_is_never_shipped() -> None:
    names = shipped()
    assert {"__init__.py", "errors.py", "crypto/engine.py"} <= names
    assert not [name for name in names if name.startswith(("server/", "tools/", "terminal/", "bridge/typings/"))]
    assert not names & {"__main__.py", "crypto/native.py", "transport/posting_native.py"}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one file of every kind."""
    monkeypatch.setattr(sources, "PROJECT", tmp_path)
    monkeypatch.setattr(sources, "PACKAGE", tmp_path / "volly_browser")
    monkeypatch.setattr(sources, "WEB", tmp_path / "web")
    for name in (
        "volly_browser/room/room.py",
        "volly_browser/server/app.py",
        "volly_browser/server/headers.py",
        "volly_browser/tools/node.py",
        "volly_browser/tools/site/build.py",
        "volly_browser/tools/serve.py",
        "web/view/view.mjs",
        "web/package-lock.json",
        "volly_browser/tools/requirements/page.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("as it was")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "volly_browser/room/room.py",
        "volly_browser/server/headers.py",
        "volly_browser/tools/site/build.py",
        "web/view/view.mjs",
        "web/package-lock.json",
        "volly_browser/tools/requirements/page.txt",
    ],
)
def test_the_fingerprint_follows_every_input(checkout: Path, name: str) -> None:
    before = sources.fingerprint()
    assert sources.fingerprint() == before
    (checkout / name).write_text("changed")
    assert sources.fingerprint() != before


@pytest.mark.parametrize("name", ["volly_browser/server/app.py", "volly_browser/tools/serve.py"])
def test_the_fingerprint_does_not_follow_what_is_no_part_of_the_site(checkout: Path, name: str) -> None:
    before = sources.fingerprint()
    (checkout / name).write_text("changed")
    (checkout / "web" / ".swp").touch()
    assert sources.fingerprint() == before


def test_a_site_for_another_server_is_another_site(checkout: Path) -> None:
    assert sources.fingerprint("wss://livekit.example.org") != sources.fingerprint()
