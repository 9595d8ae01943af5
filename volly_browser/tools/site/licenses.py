"""The licenses of everything that the site contains, in one file, as they ask for."""

import json
from collections.abc import Iterator
from pathlib import Path

from volly_browser.tools.environment import PROJECT
from volly_browser.tools.node import Node
from volly_browser.tools.site.packages import OURS, Package

_NAMES = ("license", "licence", "copying", "notice")


def collect(node: Node, wheels: list[Package]) -> str:
    """Collect each part's name, version, declared license, and full text if the part includes it."""
    ours = ("Volly", "Apache-2.0", (PROJECT / "LICENSE").read_text())
    parts = [ours, _unicode(), *_npm(node), *_wheels(wheels)]
    return "\n\n".join(f"{'=' * 100}\n{name}: {declared}\n\n{text.strip()}" for name, declared, text in parts) + "\n"


def _unicode() -> tuple[str, str, str]:
    """For room/identity/look_alikes.py."""
    return "Unicode data files", "Unicode-3.0", Path(__file__).with_name("unicode-license.txt").read_text()


def _npm(node: Node) -> Iterator[tuple[str, str, str]]:
    """Everything that is not for development only."""
    lock = json.loads((PROJECT / "web" / "package-lock.json").read_text())
    for path, entry in sorted(lock["packages"].items()):
        if path and not entry.get("dev") and not entry.get("optional"):
            folder = node.modules.parent / path
            name = path.rpartition("node_modules/")[2]
            yield f"{name} {entry['version']}", entry.get("license", "see below"), _texts(folder)


def _texts(folder: Path) -> str:
    found = sorted(path for path in folder.iterdir() if path.is_file() and path.name.lower().startswith(_NAMES))
    return "\n\n".join(path.read_text(errors="replace") for path in found)


def _wheels(wheels: list[Package]) -> Iterator[tuple[str, str, str]]:
    for package in wheels:
        if package.name != OURS:
            texts = [
                content.decode(errors="replace")
                for name, content in sorted(package.files.items())
                if ".dist-info/" in name and name.rpartition("/")[2].lower().startswith(_NAMES)
            ]
            yield f"{package.name} {package.version}", "see below", "\n\n".join(texts)
