"""Python compiled for the page: by the page's own interpreter, under Node, each tree once and then from the cache."""

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from volly_browser.tools import cache, console
from volly_browser.tools.node import Node
from volly_browser.tools.site import archives

_HERE = Path(__file__).parent
_RUNNER = _HERE / "pyodide_run.mjs"
_PROGRAM = _HERE / "page_python.py"
_READING = _HERE / "reading.py"

SITE_PACKAGES = "/lib/python3.14/site-packages"
STANDARD_LIBRARY = "/lib/python314.zip"


@dataclass(slots=True)
class Compiler:
    """Compiles with the Pyodide of the npm package."""

    node: Node
    _version: str = field(init=False)

    def __post_init__(self) -> None:
        package = json.loads((self.pyodide / "package.json").read_text())
        self._version = package["version"]

    @property
    def pyodide(self) -> Path:
        """The folder of the npm package."""
        return self.node.package("pyodide")

    @property
    def version(self) -> str:
        """Pyodide's version."""
        return self._version

    def compile(self, title: str, files: dict[str, bytes], prefix: str) -> dict[str, bytes]:
        """The same files with every .py replaced by its .pyc.

        Args:
            title: what the person sees while it runs.
            files: content by name.
            prefix: the folder in which the page will have them, for tracebacks.
        """
        folder = cache.once(
            f"compiled-{self._key(files, prefix)}", lambda folder: self._compile(title, folder, files, prefix)
        )
        return archives.read_tree(folder / "compiled")

    def _compile(self, title: str, folder: Path, files: dict[str, bytes], prefix: str) -> None:
        with tempfile.TemporaryDirectory() as source:
            archives.write_tree(Path(source), files)
            tree = {"source": source, "target": str(folder / "compiled"), "prefix": prefix}
            self._run(title, {"trees": [tree]})

    def dataclass_code(self, files: dict[str, bytes], imports: list[str]) -> bytes:
        """What the page compiles to make the dataclasses of some modules; see `bridge.dataclass_code`.

        Args:
            files: the sources, content by name.
            imports: the modules that are imported from them.
        """

        def record(folder: Path) -> None:
            with tempfile.TemporaryDirectory() as source:
                archives.write_tree(Path(source), files)
                job = {"path": source, "imports": imports, "dataclasses": str(folder / "code.bin")}
                self._run("Dataclasses: compiling", job)

        folder = cache.once(f"compiled-dataclasses-{self._key(files, *imports)}", record)
        return (folder / "code.bin").read_bytes()

    def read(self, files: dict[str, bytes]) -> dict[str, Any]:
        """What the sources of the standard library say.

        Returns:
            `modules`: what was read in each, as `Reading.to_json` has it; `builtin`: the modules that need no file;
            `aliases`: see `encodings.aliases`.
        """

        def report(folder: Path) -> None:
            with tempfile.TemporaryDirectory() as source:
                archives.write_tree(Path(source), files)
                self._run("Standard library: reading", {"read": source, "report": str(folder / "read.json")})

        folder = cache.once(f"read-{self._key(files, _READING.read_text())}", report)
        read: dict[str, Any] = json.loads((folder / "read.json").read_text())
        return read

    def _key(self, files: dict[str, bytes], *options: str) -> str:
        return cache.key(self._version, _PROGRAM, *options, *(part for item in sorted(files.items()) for part in item))

    def _run(self, title: str, job: object) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(job, file)
            file.flush()
            console.run(title, [self.node.program, _RUNNER, self.pyodide, _PROGRAM, file.name])
