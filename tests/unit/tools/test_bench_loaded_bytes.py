import json
from pathlib import Path

import pytest

from volly_browser.tools.bench.loaded_bytes import Transfer, expected, surprises

WANTED = {"/", "/assets/page-1.mjs", "/assets/icon-1.svg", "/pyodide-1/a.wasm"}
EVERYTHING = [Transfer(path, 10) for path in sorted(WANTED)]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with two files for Python, one of which a browser needs only sometimes."""
    files = [{"name": "a.wasm"}, {"name": "b.zip"}]
    config = {"wasmCryptoUrl": "/pyodide-1/", "boot": {"files": files, "modules": {"noble": "noble.mjs"}}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="/assets/style-1.css"><script type="module" src="/assets/page-1.mjs"></script>'
        '<a href="https://example.org/elsewhere">x</a><a href="#here">y</a>'
    )
    return tmp_path


def test_a_page_may_load_what_it_names(site: Path) -> None:
    assert expected(site) == {
        "/",
        "/assets/style-1.css",
        "/assets/page-1.mjs",
        "/pyodide-1/a.wasm",
        "/pyodide-1/b.zip",
    }


def test_nothing_surprises_where_everything_is_loaded_once() -> None:
    assert surprises(EVERYTHING, WANTED) == []


@pytest.mark.parametrize("path", ["/assets/page-1.mjs.map", "/lab-1/pyscript/core.js", "/pyodide-1/noble.mjs"])
def test_what_the_page_does_not_name_is_a_surprise(path: str) -> None:
    assert surprises([*EVERYTHING, Transfer(path, 10)], WANTED) == [f"Unexpected: {path}"]


def test_loading_twice_is_a_surprise() -> None:
    """A preload that the later request does not match costs the bytes twice."""
    again = Transfer("/pyodide-1/a.wasm", 10)
    assert surprises([*EVERYTHING, again], WANTED) == ["Loaded 2 times: /pyodide-1/a.wasm"]


def test_a_program_that_is_announced_but_not_loaded_is_a_surprise() -> None:
    without = [transfer for transfer in EVERYTHING if transfer.path != "/pyodide-1/a.wasm"]
    assert surprises(without, WANTED) == ["Announced, but not loaded: /pyodide-1/a.wasm"]


def test_a_browser_need_not_load_the_icon() -> None:
    without = [transfer for transfer in EVERYTHING if transfer.path != "/assets/icon-1.svg"]
    assert surprises(without, WANTED) == []
