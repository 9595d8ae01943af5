"""What the page loads: every file, as it travels and unpacked, and whether anything is loaded for nothing."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession

from volly_browser.room.invite import Invite
from volly_browser.tools.bench.figures import Figure, Measurement
from volly_browser.tools.bench.laboratory import Laboratory, wait_until

AFTERWARDS = 3_000
"""Milliseconds for which the page is watched after it is ready."""

_LINKED = re.compile(r'(?:src|href)="(/[^"#?]+)"')


@dataclass(frozen=True, slots=True)
class Transfer:
    """One answer of the server: its path, and its bytes on the wire with the headers."""

    path: str
    travelled: int


def measure(laboratory: Laboratory, rounds: int) -> Measurement:
    """Open the page once: it always loads the same files, so one round is enough."""
    transfers = _watch(laboratory)
    sizes = Counter[str]()
    for transfer in transfers:
        sizes[transfer.path] += transfer.travelled
    figures = [_figure(path, size) for path, size in sizes.most_common()]
    return Measurement(
        "Bytes that the page loads until it is ready",
        "In a fresh profile: bytes as they travel, packed by Brotli ahead of time, with their headers.",
        (*figures, _figure("all", sizes.total())),
        remarks=_remarks(surprises(transfers, expected(laboratory.site))),
    )


def _watch(laboratory: Laboratory) -> list[Transfer]:
    with laboratory.new_profile() as profile:
        page = profile.new_page()
        watched = _Network(profile.new_cdp_session(page))
        page.goto(laboratory.url(f"#{Invite.create(policy='hybrid').fragment}"), wait_until="commit")
        wait_until(page, "performance.getEntriesByName('volly:ready').length")
        page.wait_for_timeout(AFTERWARDS)
        return watched.transfers


class _Network:
    """Follows what the browser itself says about its network."""

    def __init__(self, session: CDPSession) -> None:
        self.transfers: list[Transfer] = []
        self._paths: dict[str, str] = {}
        session.on("Network.responseReceived", self._got_response)
        session.on("Network.requestServedFromCache", self._got_cached)
        session.on("Network.loadingFinished", self._got_end)
        session.send("Network.enable")

    def _got_response(self, event: Mapping[str, Any]) -> None:
        response = event["response"]
        if not response.get("fromDiskCache"):
            self._paths[event["requestId"]] = urlsplit(response["url"]).path

    def _got_cached(self, event: Mapping[str, Any]) -> None:
        self._paths.pop(event["requestId"], None)

    def _got_end(self, event: Mapping[str, Any]) -> None:
        path = self._paths.pop(event["requestId"], None)
        if path is not None and event["encodedDataLength"] > 0:
            self.transfers.append(Transfer(path, int(event["encodedDataLength"])))


def expected(site: Path) -> set[str]:
    """The paths that the page is there to load: itself, what its markup names, and the files of boot.json."""
    index = (site / "index.html").read_text()
    config = json.loads((site / "config.json").read_text())
    boot = {config["wasmCryptoUrl"] + file["name"] for file in config["boot"]["files"]}
    return {"/", *_LINKED.findall(index), *boot}


def surprises(transfers: Iterable[Transfer], wanted: set[str]) -> list[str]:
    """Name the files that should not have been loaded, were loaded twice, or were not loaded."""
    counts = Counter(transfer.path for transfer in transfers)
    return [
        *(f"Unexpected: {path}" for path in sorted(counts.keys() - wanted)),
        *(f"Loaded {number} times: {path}" for path, number in sorted(counts.items()) if number > 1),
        *(f"Announced, but not loaded: {path}" for path in sorted(wanted - counts.keys()) if _is_program(path)),
    ]


def _is_program(path: str) -> bool:
    """Whether the page loads this path; icons and the manifest are left to the browser."""
    return not path.endswith((".svg", ".webmanifest", ".html", ".png"))


def _figure(path: str, size: int) -> Figure:
    return Figure.of(path, "B", [[size]])


def _remarks(found: list[str]) -> tuple[str, ...]:
    return tuple(found) or ("Nothing was loaded that the page does not use, and nothing twice.",)
