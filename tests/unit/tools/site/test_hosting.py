import hashlib
from pathlib import Path

import pytest

from volly_browser.server import headers
from volly_browser.tools.site import hosting

LIVEKIT = "wss://livekit.example.org"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("page")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "page-1.mjs").write_text("script")
    hosting.write(tmp_path, LIVEKIT)
    return tmp_path


def parsed(site: Path) -> dict[str, list[str]]:
    blocks: dict[str, list[str]] = {}
    for line in (site / "_headers").read_text().splitlines():
        if line.startswith("/"):
            blocks[line] = []
        else:
            blocks[list(blocks)[-1]].append(line.strip())
    return blocks


def test_every_path_gets_the_headers_that_our_own_server_sends(site: Path) -> None:
    everywhere = dict(line.split(": ", 1) for line in parsed(site)["/*"])
    assert everywhere == {**headers.for_path("/", LIVEKIT), "Cache-Control": headers.REVALIDATE}


def test_the_lab_takes_back_the_strict_policy_before_it_sets_its_own(site: Path) -> None:
    lab = headers.for_path("/lab.html", LIVEKIT)["Content-Security-Policy"]
    assert parsed(site)["/lab.html"] == ["! Content-Security-Policy", f"Content-Security-Policy: {lab}"]


def test_hashed_folders_are_kept(site: Path) -> None:
    assert parsed(site)["/assets/*"][-1] == f"Cache-Control: {headers.IMMUTABLE}"


def test_no_line_is_longer_than_hosts_allow(site: Path) -> None:
    assert all(len(line) < 2000 for line in (site / "_headers").read_text().splitlines())


def test_every_nginx_location_has_every_header(site: Path) -> None:
    locations = (site / "nginx.conf").read_text().split("location ")[1:]
    assert len(locations) == 3
    for location in locations:
        for name in headers.for_path("/", LIVEKIT):
            assert f'add_header {name} "' in location
        assert LIVEKIT in location


def test_nginx_writes_no_address_down_where_an_invite_may_have_strayed_into_it(site: Path) -> None:
    everywhere, *locations = (site / "nginx.conf").read_text().split("location ")
    assert {"access_log off;", "log_not_found off;"} <= set(everywhere.splitlines())
    assert not any("log" in location for location in locations)


def test_the_manifest_has_every_other_file(site: Path) -> None:
    listed = dict(reversed(line.split("  ")) for line in (site / "manifest.sha256").read_text().splitlines())
    assert listed.keys() == {"index.html", "assets/page-1.mjs", "_headers", "nginx.conf"}
    assert listed["index.html"] == hashlib.sha256(b"page").hexdigest()
