"""Scripts of the page in Node, for tests: asked again and again without being started anew."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from volly_browser.tools import node
from volly_browser.tools.site import scripts, sources

_ASKED = """
import { createInterface } from "node:readline";
const script = await import(process.argv[1]);
for await (const line of createInterface({ input: process.stdin })) {
  const [name, given] = JSON.parse(line);
  const begun = process.cpuUsage();
  const answer = script[name](...given);
  const seconds = process.cpuUsage(begun).user / 1e6;
  console.log(JSON.stringify({ answer: answer ?? null, seconds }));
}
"""


class Script:
    """What a script below web/ exports, with the packages that it imports.

    Args:
        source: its path below web/.
        folder: an empty one, for the bundle.
    """

    def __init__(self, source: str, folder: Path) -> None:
        tools = node.prepare()
        bundled = folder / Path(source).name
        bundled.write_bytes(scripts.bundle(tools, sources.WEB / source))
        self._running = subprocess.Popen(
            [tools.program, "--input-type=module", "-e", _ASKED, bundled.as_uri()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.seconds = 0.0
        """Of the processor, for the last answer."""

    def call(self, name: str, *given: object) -> Any:  # noqa: ANN401 - as the function gives it
        """What a function gives, None for undefined."""
        assert self._running.stdin
        assert self._running.stdout
        self._running.stdin.write(json.dumps([name, given]) + "\n")
        self._running.stdin.flush()
        answered = json.loads(self._running.stdout.readline())
        self.seconds = answered["seconds"]
        return answered["answer"]

    def close(self) -> None:
        self._running.kill()
        self._running.communicate()
