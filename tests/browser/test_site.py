"""The built site: whole, nothing that is not needed, and nothing of what must stay at home."""

import base64
import gzip
import hashlib
import json
import re
import zipfile
from pathlib import Path

import brotli
import pytest

from volly_browser.tools import environment, node
from volly_browser.tools.site import needs, packages, stdlib
from volly_browser.tools.site.compiler import Compiler
from volly_browser.tools.site.needs import Library


@pytest.fixture(scope="module")
def engine(site: Path) -> Path:
    [folder] = site.glob("pyodide-*")
    return folder


@pytest.fixture(scope="module")
def boot(engine: Path) -> dict[str, object]:
    return json.loads((engine / "boot.json").read_text())


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_every_page_names_only_what_is_there(site: Path) -> None:
    for page in site.glob("*.html"):
        text = page.read_text()
        assert "{{" not in text
        for address in re.findall(r'(?:src|href)="(/[^"#]+)"', text):
            assert (site / address.lstrip("/")).is_file(), f"{page.name}: {address}"


def test_the_configuration_is_inlined_as_it_is_published(site: Path, engine: Path) -> None:
    published = json.loads((site / "config.json").read_text())
    assert published["wasmCryptoUrl"] == f"/{engine.name}/"
    assert published["tokenUrl"] == "/token"
    inlined = re.search(r'id="volly-config"[^>]*>(.*?)</script>', (site / "index.html").read_text())
    assert inlined
    assert json.loads(inlined[1]) == published


def test_the_boot_list_describes_the_files_as_they_are(engine: Path, boot: dict[str, object]) -> None:
    for entry in boot["files"]:
        content = (engine / entry["name"]).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == base64.b64encode(hashlib.sha256(content).digest()).decode()
        packed = engine / f"{entry['name']}.br"
        assert entry["transfer"] == (packed if packed.exists() else engine / entry["name"]).stat().st_size


def test_the_lock_file_pins_every_wheel_by_its_hash(engine: Path, boot: dict[str, object]) -> None:
    lock = json.loads((engine / "pyodide-lock.json").read_text())
    assert sorted(lock["packages"]) == sorted(boot["packages"])
    for entry in lock["packages"].values():
        assert entry["sha256"] == hashlib.sha256((engine / entry["file_name"]).read_bytes()).hexdigest()


def test_the_page_gets_no_server_no_tools_and_no_sources(engine: Path) -> None:
    [wheel] = engine.glob("volly_browser-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "volly_browser/__init__.pyc" in names
    assert not [name for name in names if name.endswith(".py")]
    assert not [name for name in names if re.match(r"volly_browser/(server|tools|bridge/typings|crypto/native)", name)]


def test_the_folder_of_the_page_has_nothing_that_the_page_does_not_load(engine: Path, boot: dict[str, object]) -> None:
    known = {entry["name"] for entry in boot["files"]} | set(boot["modules"].values()) | {"boot.json"}
    assert {path.name.removesuffix(".br").removesuffix(".gz") for path in files(engine)} == known


def test_there_are_no_source_maps(site: Path) -> None:
    assert not [path for path in files(site) if path.suffix == ".map"]


def test_only_the_lab_has_an_editor(site: Path) -> None:
    with_editor = {path.relative_to(site).parts[0] for path in files(site) if "codemirror" in path.name}
    assert len(with_editor) == 1
    assert with_editor.pop().startswith("lab-")


def test_compressed_files_unpack_to_what_stands_beside_them(site: Path) -> None:
    for path in files(site):
        if path.suffix in {".br", ".gz"}:
            unpack = brotli.decompress if path.suffix == ".br" else gzip.decompress
            assert unpack(path.read_bytes()) == path.with_suffix("").read_bytes()


def test_everything_large_is_compressed(site: Path) -> None:
    for path in files(site):
        if path.suffix not in {".br", ".gz"} and path.stat().st_size > 10_000 and path.parent != site:
            assert path.with_name(f"{path.name}.br").is_file(), path


def test_the_manifest_can_be_checked(site: Path) -> None:
    listed = dict(reversed(line.split("  ")) for line in (site / "manifest.sha256").read_text().splitlines())
    assert listed.keys() == {path.relative_to(site).as_posix() for path in files(site)} - {"manifest.sha256"}
    for name, digest in listed.items():
        assert hashlib.sha256((site / name).read_bytes()).hexdigest() == digest


@pytest.fixture(scope="module")
def library() -> Library:
    """What is in the whole of Python's library, as it comes with Pyodide."""
    return stdlib.library(Compiler(node.prepare()))


@pytest.fixture(scope="module")
def kept(engine: Path) -> set[str]:
    """The modules of Python's library that the page has."""
    return set(map(stdlib.module_name, zipfile.ZipFile(engine / "python_stdlib.zip").namelist()))


def test_the_standard_library_has_all_that_the_code_imports_anywhere(library: Library, kept: set[str]) -> None:
    for package in packages.collect():
        if package.name != packages.LAB_ONLY:
            for reading in stdlib.read(package.files).values():
                assert (reading.early | reading.late) & library.modules.keys() <= kept
    assert set(stdlib.recorded()) <= kept
    assert len(kept) < len(library.modules) / 2


def test_the_standard_library_has_the_codecs_that_the_code_names(kept: set[str]) -> None:
    """The library itself names `idna`, which encodes with `punycode` in turn."""
    assert {"encodings.idna", "encodings.punycode", "stringprep", "encodings.utf_8"} <= kept


def test_nothing_is_left_out_of_the_standard_library_that_nothing_asks_for(library: Library, kept: set[str]) -> None:
    """Lines in the list of what is left out that nothing needs would allow what they were not made for."""
    for module in needs.LEFT_OUT.keys() & library.modules.keys():
        assert needs.left_out_by(module, kept, library) == set(needs.LEFT_OUT[module]), module
    shipped = [name for package in packages.collect() for name in stdlib.read(package.files)]
    assert needs.LEFT_OUT.keys() <= {*library.modules, *shipped}


def test_only_what_cannot_be_read_is_recorded(library: Library) -> None:
    files = [package.files for package in packages.collect() if package.name != packages.LAB_ONLY]
    shipped = {name: reading for some in files for name, reading in stdlib.read(some).items()}
    assert not needs.reached(shipped, library) & set(stdlib.recorded())


def test_the_same_sources_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = Compiler(node.prepare())
    sources = {"a.py": b"x = {'b', 'a', 'c'}\ndef f(p=frozenset('xyz')): return p in {'k', 'l'}\n", "b.txt": b"text"}
    compiled = []
    for name in ("first", "second"):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name))
        compiled.append(compiler.compile("Test", sources, "/lib"))
    assert compiled[0] == compiled[1]
    assert compiled[0].keys() == {"a.pyc", "b.txt"}


def test_the_licenses_of_what_is_inside_are_there(site: Path) -> None:
    text = (site / "licenses.txt").read_text()
    parts = ["pyodide 314", "livekit-client", "@noble/post-quantum", "kyber-py", "dilithium-py", "graphemeu"]
    parts += ["@lezer/markdown", "sugar-high", "gemoji"]
    for part in (*parts, "Apache License", "UNICODE LICENSE V3"):
        assert part in text


def test_no_registry_is_named_in_what_is_locked() -> None:
    locked = [*environment.REQUIREMENTS.iterdir(), environment.PROJECT / "web" / "package-lock.json"]
    for path in locked:
        assert not re.search(r'"resolved"|--(extra-)?index-url|--find-links', path.read_text()), path
