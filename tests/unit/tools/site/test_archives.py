import os
import zipfile
from pathlib import Path

from volly_browser.tools.site import archives

FILES = {"b/c.pyc": b"two", "a.pyc": b"one"}


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    archives.write(first, FILES)
    os.utime(first, (0, 0))
    archives.write(second, dict(reversed(FILES.items())))
    assert first.read_bytes() == second.read_bytes()


def test_nothing_is_compressed(tmp_path: Path) -> None:
    archives.write(tmp_path / "a.zip", FILES)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {entry.filename: archive.read(entry) for entry in archive.infolist()} == FILES
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in archive.infolist())


def test_a_tree_is_read_as_it_was_written(tmp_path: Path) -> None:
    archives.write_tree(tmp_path, FILES)
    assert archives.read_tree(tmp_path) == FILES
