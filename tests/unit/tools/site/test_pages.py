import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from volly_browser.tools.console import SetupError
from volly_browser.tools.node import Node
from volly_browser.tools.site import pages
from volly_browser.tools.site.pages import Assets


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    """An asset that needs no bundler."""
    for name in ("web", "dist"):
        (tmp_path / name).mkdir()
    (tmp_path / "web" / "icon.svg").write_text("<svg/>")
    return Assets(Node(Path("node"), tmp_path / "node_modules"), tmp_path / "web", tmp_path / "dist")


def test_an_asset_gets_an_address_that_follows_its_content(assets: Assets) -> None:
    first = pages.fill('<img src="{{asset icon.svg}}">{{ asset icon.svg }}', assets, {})
    [published] = (assets.target / "assets").iterdir()
    assert first == f'<img src="/assets/{published.name}">/assets/{published.name}'
    assert published.read_text() == "<svg/>"
    (assets.source / "icon.svg").write_text("<svg></svg>")
    again = Assets(assets.node, assets.source, assets.target)
    assert again.address("icon.svg") != f"/assets/{published.name}"


def test_values_are_filled_in(assets: Assets) -> None:
    assert pages.fill("a {{lab}} b {{config}}", assets, {"lab": "/lab-1/", "config": "{}"}) == "a /lab-1/ b {}"


@pytest.mark.parametrize("template", ["{{unknown}}", "{{asset}}", "{{config now}}", "{{asset missing.css}}"])
def test_what_nobody_knows_stops_the_build(assets: Assets, template: str) -> None:
    with pytest.raises(SetupError):
        pages.fill(template, assets, {"config": "{}"})


def test_braces_of_scripts_and_styles_are_left_alone(assets: Assets) -> None:
    for text in ("{a}", "${name}", "{{}}", "a{b{c}}"):
        assert pages.fill(text, assets, {}) == text


def test_a_data_block_cannot_end_its_element() -> None:
    value = {"name": "</script><script>alert(1)</script><!--"}
    block = pages.data_block(value)
    assert "<" not in block
    assert json.loads(block) == value


def test_modules_and_other_files_are_announced_in_their_own_way() -> None:
    files = [{"name": "a.mjs", "sha256": "AAA="}, {"name": "b.wasm", "sha256": "BBB="}]
    assert pages.preload_links("/pyodide-1/", files).splitlines() == [
        '<link rel="modulepreload" href="/pyodide-1/a.mjs" integrity="sha256-AAA=">',
        '<link rel="preload" as="fetch" crossorigin href="/pyodide-1/b.wasm">',
    ]


def test_the_hash_of_an_asset_is_of_what_is_published(assets: Assets) -> None:
    [hashed] = re.findall(r"^sha256-(.*)$", pages.fill("{{integrity icon.svg}}", assets, {}))
    [published] = (assets.target / "assets").iterdir()
    assert base64.b64decode(hashed) == hashlib.sha256(published.read_bytes()).digest()
