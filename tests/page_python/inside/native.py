"""A stand-in for `volly_browser.crypto.native`, which no page has: the same algorithms from noble, through the bridge.

Tests that want an engine get the `javascript` engine of the page, and all that they do goes through the page's code.
"""

import sys

import volly_browser.crypto
from volly_browser.bridge.batch import BatchModule
from volly_browser.crypto.batch import BatchEngine

STAND_IN = "javascript"
NAME = "volly_browser.crypto.native"

_modules: list[BatchModule] = []


class NativeEngine(BatchEngine):
    """The `javascript` engine by the other's name."""

    def __init__(self) -> None:
        super().__init__(STAND_IN, _modules[0])
        self.name = "native"


def take_the_place(module: BatchModule) -> None:
    """Let tests import this as the native engine; the page's own code still cannot (see `rest`)."""
    _modules.append(module)
    sys.modules[NAME] = volly_browser.crypto.native = sys.modules[__name__]  # type: ignore[attr-defined]
