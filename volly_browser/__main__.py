"""`python3 -m volly_browser`: a chat in a terminal.  `build.py` does the rest.

In a checkout, the packages that it needs are installed into the cache, as `build.py` does it; an installed Volly has
them by its extra `chat`.
"""

import importlib
import os
import sys
from pathlib import Path

from volly_browser.errors import VollyError
from volly_browser.terminal import arguments
from volly_browser.tools import environment

_NEEDED = ("aiohttp", "grapheme", "kyber_py.ml_kem", "dilithium_py.ml_dsa", "livekit.rtc", "prompt_toolkit")
_NATIVE_ENGINE = "volly_browser.crypto.native"
"""Cannot be imported if pyca/cryptography is too old."""

_REQUIREMENTS = "chat"


def main() -> int:
    """Do what the command line says; return the exit code."""
    options = arguments.parse(sys.argv[1:])
    if options is None:
        return 0
    if not _has_packages():
        return _become_prepared()
    code: int = importlib.import_module("volly_browser.terminal.chat").run(options)
    return code


def _has_packages() -> bool:
    try:
        for name in (*_NEEDED, _NATIVE_ENGINE):
            importlib.import_module(name)
    except ImportError:
        return False
    return True


def _become_prepared() -> int:
    """Go on in an environment that has the packages, if this is a checkout; return the exit code if that fails."""
    if not (environment.PROJECT / "build.py").is_file():
        print("The chat needs more packages: pip install 'volly-browser[chat]'.", file=sys.stderr)
        return 1
    try:
        folder = environment.prepare(_REQUIREMENTS)
    except VollyError as error:
        print(f"The chat cannot be prepared: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if Path(sys.prefix) == folder.parent:
        print(f"The packages of the chat are broken: delete {folder.parent}, and start again.", file=sys.stderr)
        return 1
    path = os.pathsep.join(filter(None, [str(environment.PROJECT), os.environ.get("PYTHONPATH")]))
    python = str(folder / "python")
    os.execve(python, [python, "-m", "volly_browser", *sys.argv[1:]], {**os.environ, "PYTHONPATH": path})


if __name__ == "__main__":
    sys.exit(main())
