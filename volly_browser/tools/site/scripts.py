"""JavaScript and CSS through esbuild: imports inlined, unused code left out, minified, no source maps."""

import os
import subprocess
from pathlib import Path

from volly_browser.tools.console import SetupError
from volly_browser.tools.node import Node

TARGET = "es2022"


def bundle(node: Node, source: Path, *more: Path) -> bytes:
    """One self-contained module (or style sheet) of this source and everything that it imports.

    Args:
        node: its packages are found, and esbuild is one of them.
        source: the file to begin with.
        more: further folders with packages.

    Raises:
        SetupError: esbuild refuses it; the text has its words.
    """
    options = ["--bundle", "--format=esm", "--minify", f"--target={TARGET}", "--legal-comments=none"]
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
