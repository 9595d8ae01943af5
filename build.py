#!/usr/bin/env python3
"""The one command: `python3 build.py` says what it can do.  Needs Python 3.11 and a network, nothing else.

It prepares an environment with locked dependencies in your cache folder, then runs the verb inside it with the source
of this checkout.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 (here an older Python learns of it)
    sys.exit("Volly needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])  # noqa: UP031
if os.name != "posix":
    sys.exit("Volly's tools run on Linux and macOS; on Windows use WSL.")

from volly_browser.errors import VollyError
from volly_browser.tools import console, environment, verbs


def main() -> None:
    """Prepare the environment of the verb and become the program that does it."""
    chosen = verbs.parse(sys.argv[1:])
    if chosen is None:
        return
    verb, _ = chosen
    console.stop_on_signals()
    try:
        python = environment.prepare(verb.requirements) / "python"
    except VollyError as error:
        sys.exit(f"build.py {verb.name}: {error}")
    except KeyboardInterrupt:
        sys.exit("Stopped.")
    path = os.pathsep.join(filter(None, [str(environment.PROJECT), os.environ.get("PYTHONPATH")]))
    command = [str(python), "-m", "volly_browser.tools", *sys.argv[1:]]
    os.execve(python, command, {**os.environ, "PYTHONPATH": path})


if __name__ == "__main__":
    main()
