"""Compiles Python sources with the interpreter that the page will use, so that the .pyc files fit it.

Runs inside Pyodide under Node (see `pyodide_run.mjs`), which sees the machine's files below /host.  Its one argument
names a JSON file with one or both of: {"trees": [{"source": folder, "target": folder, "prefix": where the page will
have it}], "imports": [modules to import], "report": where to write which modules are loaded then}.
"""

import importlib
import json
import py_compile
import sys
from pathlib import Path


def compile_tree(source: Path, target: Path, prefix: str) -> None:
    """Write a .pyc beside where each .py would be; copy what is not Python."""
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if not path.is_file():
            continue
        destination = target / relative
        destination.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".py":
            py_compile.compile(
                str(path),
                str(destination.with_suffix(".pyc")),
                dfile=f"{prefix}/{relative}",
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
        else:
            destination.write_bytes(path.read_bytes())


def main() -> None:
    """Do what the job says."""
    job = json.loads(_on_host(sys.argv[1]).read_text())
    for tree in job.get("trees", []):
        compile_tree(_on_host(tree["source"]), _on_host(tree["target"]), tree["prefix"])
    for name in job.get("imports", []):
        importlib.import_module(name)
    if "report" in job:
        _on_host(job["report"]).write_text(json.dumps(sorted(sys.modules)))


def _on_host(path: str) -> Path:
    return Path("/host") / path.lstrip("/")


main()
