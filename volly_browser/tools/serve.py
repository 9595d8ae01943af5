"""`build.py serve`: the whole of Volly on this machine, from the sources to a link that opens a chat."""

import argparse
import signal
import sys
import webbrowser

from volly_browser.room.invite import Invite
from volly_browser.server.listen import loopback_sockets
from volly_browser.tools import livekit
from volly_browser.tools.site import build
from volly_browser.tools.stack import Stack

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C (or SIGTERM), or until one of the servers ends."""
    sockets = loopback_sockets(options.port)  # first of all: a taken port is known at once
    stack = Stack(build.build(), sockets, livekit.find())
    for number in _STOPPING:
        signal.signal(number, lambda *_: stack.request_stop())
    with stack:
        link = f"{stack.url}/#{Invite.create(policy='hybrid').fragment}"
        print(f"\n  {link}\n\nOpen it in two windows, or send it to yourself. Ctrl-C stops Volly.", flush=True)
        if options.open:
            webbrowser.open(link)
        reason = stack.wait()
    print(reason or "Stopped.", file=sys.stderr)
    return 1 if reason else 0
