"""The command line of `python3 -m volly_browser`."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

LINK_VARIABLE = "VOLLY_LINK"
"""The environment variable that a link is taken from: command lines are seen by all users of a machine."""

_EPILOG = """\
In the terminal, a text is said, and a line that begins with / is a command: /help names them. Ctrl-D leaves.
If the input is no terminal, each of its lines is said, and what the others say is written as `name: text`.

exit codes: 0 left; 1 left before all was sent; 2 wrong link or option; 3 no connection; 4 the room is full;
5 not let in, possibly since the clock is wrong; 6 an error in this program
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What is wanted.

    Attributes:
        link: the invite; None if it is to be asked for.
        name: the user's; None if it is to be asked for.
        token_url: of the token service; None if the site says where that is.
        is_plain: whether to write lines instead of a screen.
    """

    link: str | None
    name: str | None
    token_url: str | None
    is_plain: bool


def parse(arguments: Sequence[str]) -> Options | None:
    """Read a command line; None if it names no command, after printing which there are.

    Wrong options end the program with a sentence, as argparse does.
    """
    parser = argparse.ArgumentParser(
        prog="python3 -m volly_browser",
        description="Volly: post-quantum, end-to-end encrypted chat.",
        epilog="The page is made and served by build.py.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    chat = commands.add_parser(
        "chat",
        help="Talk in a terminal, in the room of an invite link",
        description="Talk in a terminal, in the room of an invite link.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    chat.add_argument(
        "link",
        metavar="LINK",
        nargs="?",
        default=os.environ.get(LINK_VARIABLE) or None,
        help=f"the invite link; if it is left out, ${LINK_VARIABLE}, or it is asked for: others on this machine see"
        " command lines",
    )
    chat.add_argument("--name", help="how the others see you; if it is left out, it is asked for")
    chat.add_argument(
        "--token-url", metavar="URL", type=_web_address, help="the token service, if the link's site does not say it"
    )
    chat.add_argument("--plain", action="store_true", help="write lines instead of a screen, for screen readers")
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return None
    return Options(options.link, options.name, options.token_url, options.plain)


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise argparse.ArgumentTypeError("an address like https://chat.example.org/token is needed")
    return text
