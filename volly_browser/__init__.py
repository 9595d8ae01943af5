"""Volly: post-quantum, end-to-end encrypted chat that people open as a web page.

Layers, each a package that imports only from those below it:
`ui` > `client` > `chat` > `room` > `transport` > `mls` > `crypto` > `bridge`.  `terminal`, `server` and `tools` run in
CPython only and are never shipped to the page.
"""

__version__ = "0.1.0"
