import gzip
import hashlib
from pathlib import Path

import brotli
import pytest

from volly_browser.tools.site import compression

TEXT = b"the same again and again " * 100
NOISE = hashlib.shake_256(b"noise").digest(256)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    site = tmp_path / "site"
    site.mkdir()
    (site / "page.html").write_bytes(TEXT)
    (site / "noise.bin").write_bytes(NOISE)
    return site


def test_packed_files_unpack_to_the_original(folder: Path) -> None:
    compression.compress_files(folder)
    assert brotli.decompress((folder / "page.html.br").read_bytes()) == TEXT
    assert gzip.decompress((folder / "page.html.gz").read_bytes()) == TEXT


def test_what_gains_nothing_has_no_packed_form(folder: Path) -> None:
    compression.compress_files(folder)
    assert not list(folder.glob("noise.bin.*"))


def test_packing_again_changes_nothing_and_packs_no_packed_file(folder: Path) -> None:
    compression.compress_files(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    compression.compress_files(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_changed_content_is_packed_anew(folder: Path) -> None:
    compression.compress_files(folder)
    (folder / "page.html").write_bytes(TEXT + b"!")
    compression.compress_files(folder)
    assert brotli.decompress((folder / "page.html.br").read_bytes()) == TEXT + b"!"
