"""HTML templates: `{{asset style/style.css}}` becomes the address of a file with a hash in its name, and so on."""

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from volly_browser.tools.console import SetupError
from volly_browser.tools.node import Node
from volly_browser.tools.site import packages, scripts

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)(?:\s+([^\s}]+))?\s*\}\}")
_BUNDLED = {".mjs", ".js", ".css"}


@dataclass(slots=True)
class Assets:
    """Files named by templates, published under /assets/ with a hash of their content in the name."""

    node: Node
    source: Path
    target: Path
    _published: dict[str, tuple[str, str]] = field(default_factory=dict)

    def address(self, name: str) -> str:
        """Publish web/<name> the first time, and return its address.

        Raises:
            SetupError: there is no such file, or it cannot be bundled.
        """
        return self._known(name)[0]

    def integrity(self, name: str) -> str:
        """The hash of web/<name> as published, as a page gives it to the browser to check.  Raises SetupError."""
        return self._known(name)[1]

    def _known(self, name: str) -> tuple[str, str]:
        if name not in self._published:
            self._published[name] = self._publish(self.source / name)
        return self._published[name]

    def _publish(self, path: Path) -> tuple[str, str]:
        if not path.is_file():
            raise SetupError(f"A page names the asset {path.name}, which is not in {path.parent}.")
        content = scripts.bundle(self.node, path) if path.suffix in _BUNDLED else path.read_bytes()
        name = f"{path.stem}-{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
        folder = self.target / "assets"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        return f"/assets/{name}", f"sha256-{packages.integrity(content)}"


def fill(template: str, assets: Assets, values: dict[str, str]) -> str:
    """The page with every placeholder replaced.

    Raises:
        SetupError: a placeholder is not known.
    """

    def replace(found: re.Match[str]) -> str:
        kind, argument = found.groups()
        if kind == "asset" and argument:
            return assets.address(argument)
        if kind == "integrity" and argument:
            return assets.integrity(argument)
        if argument or kind not in values:
            raise SetupError(f"A page has the placeholder {found[0]}, which nobody knows.")
        return values[kind]

    return _PLACEHOLDER.sub(replace, template)


def data_block(value: object) -> str:
    """JSON that can stand inside a script element: nothing in it ends the element or opens a comment."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def preload_links(folder: str, files: Iterable[Mapping[str, object]]) -> str:
    """Link elements that let the browser fetch these files of boot.json while the page paints.

    The browser checks modules, which it keeps until they are imported; what else is fetched boot.mjs checks.
    """
    return "\n".join(_preload_link(folder, str(file["name"]), str(file["sha256"])) for file in files)


def _preload_link(folder: str, name: str, sha256: str) -> str:
    address = html.escape(folder + name)
    if name.endswith(".mjs"):
        return f'<link rel="modulepreload" href="{address}" integrity="sha256-{sha256}">'
    return f'<link rel="preload" as="fetch" crossorigin href="{address}">'
