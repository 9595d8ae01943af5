import os
import threading
import time
from pathlib import Path

import pytest

from volly_browser.tools import cache


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "volly"


def write(folder: Path, text: str) -> None:
    (folder / "file").write_text(text)


def test_a_folder_is_made_once() -> None:
    first = cache.once("thing", lambda folder: write(folder, "first"))
    second = cache.once("thing", lambda folder: write(folder, "second"))
    assert first == second
    assert (second / "file").read_text() == "first"


def test_a_half_made_folder_is_never_used() -> None:
    def fail(folder: Path) -> None:
        write(folder, "half")
        (folder / "debris").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.once("thing", fail)
    folder = cache.once("thing", lambda folder: write(folder, "whole"))
    assert (folder / "file").read_text() == "whole"
    assert not (folder / "debris").exists()


def test_two_at_once_make_it_once() -> None:
    made: list[int] = []
    started = threading.Barrier(4)

    def make(folder: Path) -> None:
        made.append(1)
        time.sleep(0.1)
        write(folder, "whole")

    def use() -> None:
        started.wait()
        assert (cache.once("thing", make) / "file").read_text() == "whole"

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_a_program_is_only_there_when_it_is_whole(own_cache: Path) -> None:
    def fail(folder: Path) -> Path:
        (folder / "server").write_text("half")
        raise OSError("the network went away")

    def build(folder: Path) -> Path:
        (folder / "server").write_text("whole")
        return folder / "server"

    with pytest.raises(OSError, match="went away"):
        cache.program("server-1", fail)
    assert not (own_cache / "bin" / "server-1").exists()
    assert cache.program("server-1", build).read_text() == "whole"
    assert cache.program("server-1", fail).read_text() == "whole"


def test_the_key_follows_the_content_and_the_borders_of_its_parts(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    file.write_text("a")
    before = cache.key(file)
    file.write_text("b")
    assert cache.key(file) != before
    assert cache.key("ab", "c") != cache.key("a", "bc")
    assert cache.key("a") == cache.key(b"a")


def test_only_what_is_old_and_not_among_the_last_used_is_forgotten(own_cache: Path) -> None:
    for number, days in enumerate((5, 4, 3, 0)):
        folder = cache.once(f"site-{number}", lambda folder: write(folder, ""))
        then = time.time() - days * 86400
        os.utime(folder / ".complete", (then, then))
    cache.once("other-1", lambda folder: write(folder, ""))
    cache.forget("site", keep=2, older_than=86400)
    assert sorted(path.name for path in own_cache.glob("*-*")) == ["other-1", "site-2", "site-3"]
