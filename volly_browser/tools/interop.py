"""`build.py interop`: groups of Volly's MLS with ts-mls and with OpenMLS, whose driver is compiled first."""

import argparse
import subprocess
import sys

from tests.interop import drivers
from volly_browser.tools.environment import PROJECT


def run(options: argparse.Namespace) -> int:
    """Build what is missing, then run pytest; return its exit code."""
    drivers.ts_mls()
    drivers.build_openmls()
    command = [sys.executable, "-m", "pytest", "tests/interop", *options.pytest_arguments]
    return subprocess.run(command, cwd=PROJECT, check=False).returncode
