"""The linter, the formatter and the type checker have nothing to say."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = ["build.py", "volly_browser", "tests"]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["ruff", "check", *SOURCES], id="ruff check"),
        pytest.param(["ruff", "format", "--check", *SOURCES], id="ruff format"),
        pytest.param(["mypy"], id="mypy"),
    ],
)
def test_nothing_to_complain_about(command: list[str]) -> None:
    program = str(Path(sys.executable).parent / command[0])
    result = subprocess.run([program, *command[1:]], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
