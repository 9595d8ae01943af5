"""Puts rooms of some sizes under load, one after the other, prints their tables, and writes the JSON file."""

import argparse
import ipaddress
import json
import os
import platform
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import volly_browser
from volly_browser.server.listen import loopback_sockets
from volly_browser.tools import browsers, livekit
from volly_browser.tools.bench import report
from volly_browser.tools.console import SetupError, Stage
from volly_browser.tools.livekit import External, LiveKit
from volly_browser.tools.load.measure import Outcome, Plan, measure
from volly_browser.tools.site import build
from volly_browser.tools.stack import Stack


def run(options: argparse.Namespace) -> int:
    """Measure.  The exit code is 1 if a text was lost or read twice."""
    if options.page and min(options.members) < 3:
        raise SetupError("With a page among them there must be three members: one has to leave and come again.")
    plans = [
        Plan(members, options.policy, options.rate, 60 * options.minutes, options.arrivals, options.page)
        for members in options.members
    ]
    machine = _machine()
    print("; ".join(f"{key} {value}" for key, value in machine.items()), end="\n\n", flush=True)
    with ExitStack() as opened:
        site = _site(options.page) or Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="volly-load-")))
        stack = opened.enter_context(Stack(site, loopback_sockets(0), _of_this_machine(livekit.find())))
        outcomes = [_take(stack, plan) for plan in plans]
    if options.json:
        _write(Path(options.json), machine, outcomes)
    return 0 if all(outcome.complete for outcome in outcomes) else 1


def _site(with_page: bool) -> Path | None:
    """Build the site if a page is to be opened; members without a page do not need it."""
    if not with_page:
        return None
    browsers.install_chromium()
    return build.build()


def _of_this_machine(kind: LiveKit) -> LiveKit:
    if isinstance(kind, External) and not _is_loopback(urlsplit(kind.url).hostname or ""):
        raise SetupError(f"Only a server of this machine is put under load, and LIVEKIT_URL names {kind.url}.")
    return kind


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _take(stack: Stack, plan: Plan) -> Outcome:
    with Stage(f"A room of {plan.members} members") as stage:
        outcome = measure(stack, plan, stage.detail)
    print(report.text(outcome.measurement), flush=True)
    return outcome


def _machine() -> dict[str, Any]:
    return {
        "version": volly_browser.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _write(path: Path, machine: Mapping[str, Any], outcomes: list[Outcome]) -> None:
    rooms = [report.as_json(outcome.measurement) for outcome in outcomes]
    path.write_text(json.dumps({"machine": machine, "rooms": rooms}, indent=1) + "\n")
