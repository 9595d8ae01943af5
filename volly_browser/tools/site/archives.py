"""Zip archives whose bytes depend on their content alone, stored uncompressed.

Uncompressed, because Brotli on the way does better over the whole, and Python starts faster without unpacking.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)


def write(target: Path, files: Mapping[str, bytes]) -> None:
    """Write these names and contents, sorted by name, without times or owners."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name])


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every file below the folder, by its name relative to it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write_tree(folder: Path, files: Mapping[str, bytes]) -> None:
    """The reverse of `read_tree`."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
