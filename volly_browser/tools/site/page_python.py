"""Compiles and reads Python sources with the interpreter that the page will use: its .pyc files, and its syntax.

Runs inside Pyodide under Node (see `pyodide_run.mjs`), which sees the machine's files below /host.  Its one argument
names a JSON file with some of: {"trees": [{"source": folder, "target": folder, "prefix": the folder in the page}],
"path": a folder to import from, too, "imports": [modules to import], "dataclasses": where to write what the methods of
their dataclasses compile to, "read": a folder with the standard library, "report": where to write what was read there}.
"""

import importlib
import json
import marshal
import py_compile
import sys
from pathlib import Path
from types import CodeType, SimpleNamespace


def compile_tree(source: Path, target: Path, prefix: str) -> None:
    """Write a .pyc in place of each .py; copy all other files."""
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


def record_dataclasses(recorded: dict[bytes, bytes]) -> None:
    """From now on, list what the source of each dataclass's methods compiles to; see `bridge.dataclass_code`."""
    dataclass_code = importlib.import_module("volly_browser.bridge.dataclass_code")

    def note(source: str) -> CodeType:
        code = compile(source, "<dataclass>", "exec")
        recorded[dataclass_code.key_of(source)] = marshal.dumps(code)
        return code

    dataclass_code.make_of(note)


def read_library(folder: Path) -> dict[str, object]:
    """Return what `Compiler.read` returns."""
    sys.path.insert(0, str(_on_host(sys.argv[0]).parent))
    reading = importlib.import_module("reading")
    aliases = importlib.import_module("encodings.aliases")
    modules = {}
    for path in sorted(folder.rglob("*.py")):
        name, is_package = reading.module_of(path.relative_to(folder).as_posix())
        modules[name] = reading.read(path.read_bytes(), name, is_package=is_package).to_json()
    return {"modules": modules, "builtin": sorted(sys.builtin_module_names), "aliases": aliases.aliases}


def main() -> None:
    """Do what the job says."""
    job = json.loads(_on_host(sys.argv[1]).read_text())
    recorded: dict[bytes, bytes] = {}
    for tree in job.get("trees", []):
        compile_tree(_on_host(tree["source"]), _on_host(tree["target"]), tree["prefix"])
    if "path" in job:
        sys.path.insert(0, str(_on_host(job["path"])))
        sys.modules["volly_page"] = SimpleNamespace(module=None)  # type: ignore[assignment]  # what boot.mjs provides
    if "dataclasses" in job:
        record_dataclasses(recorded)
    for name in job.get("imports", []):
        importlib.import_module(name)
    if "read" in job:
        _on_host(job["report"]).write_text(json.dumps(read_library(_on_host(job["read"]))))
    if "dataclasses" in job:
        _on_host(job["dataclasses"]).write_bytes(marshal.dumps(dict(sorted(recorded.items()))))


def _on_host(path: str) -> Path:
    return Path("/host") / path.lstrip("/")


main()
