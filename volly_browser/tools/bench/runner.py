"""Takes the measurements that were asked for, prints their tables, and writes the JSON file."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import volly_browser
from volly_browser.errors import LocalError
from volly_browser.tools import browsers
from volly_browser.tools.bench import engines, groups, loaded_bytes, messages, page_ready, report
from volly_browser.tools.bench.figures import Measurement
from volly_browser.tools.bench.laboratory import Laboratory

MEASUREMENTS: Mapping[str, Callable[[Laboratory, int], Measurement]] = {
    "bytes": loaded_bytes.measure,
    "page": page_ready.measure,
    "engines": engines.measure,
    "messages": messages.measure,
    "groups": groups.measure,
}


class UnknownMeasurement(LocalError):
    """There is no measurement of that name."""


def run(options: argparse.Namespace) -> int:
    """Measure.  The exit code says whether it could be measured, not whether it was fast."""
    names = options.only or list(MEASUREMENTS)
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        raise UnknownMeasurement(f"There is no measurement {unknown[0]!r}; there are {', '.join(MEASUREMENTS)}.")
    browsers.install_chromium()
    with Laboratory() as laboratory:
        machine = _machine(laboratory)
        print("; ".join(f"{key} {value}" for key, value in machine.items()), end="\n\n")
        done = {name: _take(laboratory, name, options.rounds) for name in names}
    if options.json:
        _write(Path(options.json), machine, done)
    return 0


def _take(laboratory: Laboratory, name: str, rounds: int) -> Measurement:
    print(f"Measuring {name}", file=sys.stderr, flush=True)
    measurement = MEASUREMENTS[name](laboratory, rounds)
    print(report.text(measurement), flush=True)
    return measurement


def _machine(laboratory: Laboratory) -> dict[str, Any]:
    return {
        "version": volly_browser.__version__,
        "browser": laboratory.browser_version,
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _write(path: Path, machine: Mapping[str, Any], done: Mapping[str, Measurement]) -> None:
    measurements = {name: report.as_json(measurement) for name, measurement in done.items()}
    path.write_text(json.dumps({"machine": machine, "measurements": measurements}, indent=1) + "\n")
