"""Runs a verb inside the environment that build.py prepared for it."""

import importlib
import sys

from volly_browser.errors import VollyError
from volly_browser.tools import console, verbs


def main() -> int:
    """Run the verb of the command line; print a failure as one sentence."""
    chosen = verbs.parse(sys.argv[1:])
    if chosen is None:
        return 0
    verb, options = chosen
    console.stop_on_signals()
    try:
        result: int = importlib.import_module(f"volly_browser.tools.{verb.module}").run(options)
    except VollyError as error:
        print(f"build.py {verb.name}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return result


if __name__ == "__main__":
    sys.exit(main())
