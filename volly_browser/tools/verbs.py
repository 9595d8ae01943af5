"""The verbs of build.py: what each is called, takes, needs installed, and which module does it."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Parser = argparse.ArgumentParser


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: `module` has a function `run(options: argparse.Namespace) -> int`, the exit code.

    If it `hands_on`, arguments that it does not know are no mistake: they are in `options.handed_on`.
    """

    name: str
    summary: str
    requirements: str
    module: str
    arguments: Callable[[Parser], None]
    hands_on: bool = False


def parse(arguments: list[str]) -> tuple[Verb, argparse.Namespace] | None:
    """Return the verb and its options; None if no verb is given, after printing which there are.

    Wrong options end the program with a sentence, as argparse does.
    """
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if options.verb is None:
        parser.print_help()
        return None
    verb = next(verb for verb in VERBS if verb.name == options.verb)
    if verb.hands_on:
        options.handed_on = [argument for argument in rest if argument != "--"]
    elif rest:
        parser.error(f"{verb.name} does not know {' '.join(rest)}")
    return verb, options


def _parser() -> Parser:
    parser = Parser(
        prog="build.py",
        description="Volly: post-quantum, end-to-end encrypted chat that people open as a web page.",
        epilog="Start with `python3 build.py serve`. Everything needed is installed into your cache folder first.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    for verb in VERBS:
        verb.arguments(
            verbs.add_parser(verb.name, help=verb.summary, description=f"{verb.summary}.", allow_abbrev=False)
        )
    return parser


def _serve(parser: Parser) -> None:
    parser.add_argument("--port", type=_port, default=8080, help="port of the page (default 8080; 0: any free one)")
    parser.add_argument("--no-open", dest="open", action="store_false", help="do not open a browser")


def _site(parser: Parser) -> None:
    parser.add_argument("--out", default="dist", help="the folder to write (default: dist)")
    parser.add_argument("--livekit", metavar="URL", help="the LiveKit server (wss://...) that the pages connect to")


def _test(parser: Parser) -> None:
    some = parser.add_mutually_exclusive_group()
    some.add_argument("--unit", action="store_true", help="only what needs neither a browser nor LiveKit")
    some.add_argument("--in-page", action="store_true", help="in the page's own Python, which takes five times as long")
    parser.epilog = "Everything else is handed to pytest, for example: build.py test -x -k invite"


def _bench(parser: Parser) -> None:
    parser.add_argument("--json", metavar="FILE", help="also write the figures there")
    parser.add_argument("--only", metavar="NAME", nargs="+", help="only these: bytes, page, engines, messages, groups")
    parser.add_argument("--rounds", metavar="N", type=_rounds, default=5, help="take samples in N turns (default 5)")


def _rounds(text: str) -> int:
    rounds = int(text)
    if rounds < 1:
        raise argparse.ArgumentTypeError("at least one round is needed")
    return rounds


def _load(parser: Parser) -> None:
    parser.add_argument(
        "--members", metavar="N", nargs="+", type=_members, default=[2, 10, 50, 100], help="rooms of these sizes"
    )
    parser.add_argument("--rate", metavar="R", type=_positive, default=2.0, help="texts a second in total (default 2)")
    parser.add_argument("--minutes", metavar="T", type=_positive, default=0.5, help="how long they talk (default 0.5)")
    parser.add_argument(
        "--policy", choices=["hybrid", "post-quantum", "transition", "classical"], default="hybrid", help="of the rooms"
    )
    parser.add_argument(
        "--arrivals", metavar="R", type=_positive, help="how many come in a second (default: one after the other)"
    )
    parser.add_argument("--page", action="store_true", help="one of the members is a page, and is watched")
    parser.add_argument("--json", metavar="FILE", help="also write the figures there")


def _members(text: str) -> int:
    members = int(text)
    if members < 2:
        raise argparse.ArgumentTypeError("a room needs two members to talk")
    return members


def _positive(text: str) -> float:
    number = float(text)
    if not 0.0 < number < float("inf"):
        raise argparse.ArgumentTypeError("a number above zero is needed")
    return number


def _vectors(parser: Parser) -> None:
    parser.add_argument(
        "files", metavar="FILE", nargs="+", type=Path, help="of mls-implementations, Wycheproof, CCTV or hpke-pq"
    )
    parser.add_argument(
        "--engine",
        choices=["native", "python", "webcrypto", "javascript"],
        help="the engine to test, the last two in a browser (default: native, and python for what it lacks)",
    )


def _interop(parser: Parser) -> None:
    parser.add_argument(
        "pytest_arguments", nargs=argparse.REMAINDER, metavar="PYTEST ...", help="handed to pytest, e.g. -k 'psk' -x"
    )


def _simulate(parser: Parser) -> None:
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="decides all that happens (default 0)")
    parser.add_argument("--members", metavar="M", type=_members, default=4, help="people who come and go (default 4)")
    parser.add_argument("--minutes", metavar="T", type=_positive, default=1.0, help="of virtual time (default 1)")
    parser.add_argument(
        "--policy",
        choices=["hybrid", "post-quantum", "transition", "classical"],
        default="classical",
        help="of the room (default classical)",
    )
    parser.add_argument("--hazards", metavar="NAME,NAME", default="all", help="what may happen (default all, or none)")
    parser.add_argument("--loss", metavar="P", type=float, help="the share of frames that get lost")
    parser.add_argument("--partitions", metavar="K", type=int, help="how often the room splits")
    parser.add_argument("--crashes", metavar="K", type=int, help="how many members crash")
    parser.add_argument(
        "--history", metavar="N", type=int, default=0, help="messages that newcomers are told of (default 0)"
    )
    parser.add_argument(
        "--patience", metavar="S", type=_positive, default=60.0, help="seconds to agree afterwards (default 60)"
    )
    parser.add_argument("--forever", action="store_true", help="one seed after the other, until one breaks something")
    parser.add_argument(
        "--campaign",
        metavar="T",
        type=_positive,
        help="instead, and on all cores: rooms, times and hazards of all kinds, until T minutes of virtual time have"
        " passed; of the options only --seed and --json count",
    )
    parser.add_argument(
        "--crowd",
        metavar="N",
        type=_members,
        help="instead: N people come within a minute, to a room as it is; only --seed, --policy, --json count",
    )
    parser.add_argument("--trace", action="store_true", help="also say all that happens, on stderr")
    parser.add_argument("--json", action="store_true", help="print JSON, a line for each seed")


def _record(parser: Parser) -> None:
    """Add no options."""


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not a port (0 to 65535)")
    return port


VERBS = (
    Verb("serve", "Run Volly on this machine and print a link that opens a chat", "run", "serve", _serve),
    Verb("site", "Write the static site, for any web host", "run", "write_site", _site),
    Verb("test", "Install what the tests need and run them all", "test", "run_tests", _test, hands_on=True),
    Verb("bench", "Measure the page against its peers: a table, and JSON", "test", "bench", _bench),
    Verb(
        "load",
        "Fill rooms with members without a browser, and measure: a table, and JSON",
        "test",
        "load.runner",
        _load,
    ),
    Verb("simulate", "Run rooms on a network that does its worst, in virtual time", "test", "simulate", _simulate),
    Verb("vectors", "Run published test vectors, of MLS and of the algorithms", "test", "vectors", _vectors),
    Verb("interop", "Test MLS live against ts-mls and OpenMLS, which is compiled first", "test", "interop", _interop),
    Verb("record", "For developers: note which modules of Python's library the page loads", "test", "record", _record),
)
