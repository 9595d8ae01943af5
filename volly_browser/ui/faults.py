"""Faults of this program: each is reported on the console, and ends only the one step that it happened in."""

import sys
from collections.abc import Callable
from types import TracebackType


def report(fault: BaseException) -> None:
    """Show a fault on the browser's console."""
    sys.excepthook(type(fault), fault, fault.__traceback__)


class GoingOn:
    """A context that reports a fault and lets the program go on after it.

    Args:
        told: called at every fault, to tell the user of it; a fault of its own is reported, too.
    """

    def __init__(self, told: Callable[[], None] | None = None) -> None:
        self._told = told

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, where: TracebackType | None
    ) -> bool:
        if not isinstance(fault, Exception):
            return False
        report(fault)
        if self._told:
            with GoingOn():
                self._told()
        return True

    def each(self, *steps: Callable[[], object]) -> None:
        """Take every step, even if others fail."""
        for step in steps:
            with self:
                step()
