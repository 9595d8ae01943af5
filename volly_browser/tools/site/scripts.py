"""JavaScript and CSS through esbuild: imports inlined, unused code left out, minified, no source maps."""

import os
import subprocess
from pathlib import Path

from volly_browser.tools.console import SetupError
from volly_browser.tools.node import Node

TARGET = "es2022"

OLD_TARGET = "es2017"
"""The target of the script that tells old browsers that they are too old."""


def bundle(node: Node, source: Path, *more: Path) -> bytes:
    """Bundle this source and everything that it imports into one file.

    A source called .mjs becomes a module, one called .js a script that any browser runs.

    Args:
        node: its packages are found, and esbuild is one of them.
        source: the file to begin with.
        more: further folders with packages.

    Raises:
        SetupError: esbuild refuses it; the text has its words.
    """
    form, target = ("iife", OLD_TARGET) if source.suffix == ".js" else ("esm", TARGET)
    options = ["--bundle", f"--format={form}", f"--target={target}", "--minify", "--legal-comments=none"]
    [program] = node.modules.glob("@esbuild/*/bin/esbuild")  # npm installs the one for this machine
    result = subprocess.run(
        [program, *options, "--log-level=warning", source.name],
        cwd=source.parent,
        env={"NODE_PATH": os.pathsep.join(map(str, (node.modules, *more)))},
        capture_output=True,
        check=False,
    )
    if result.returncode != 0:
        raise SetupError(f"esbuild cannot bundle {source.name}:\n{result.stderr.decode(errors='replace').strip()}")
    return result.stdout
