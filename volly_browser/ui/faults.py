"""Faults of our own: each is reported where errors are shown, and ends nothing but the one thing it happened in."""

import sys
from collections.abc import Callable
from types import TracebackType


def report(fault: BaseException) -> None:
    """Show a fault on the browser's console."""
    sys.excepthook(type(fault), fault, fault.__traceback__)


class GoingOn:
    """A context in which a fault is reported, and after which the program goes on.

    Args:
        told: called at every fault, to let somebody see that there was one; a fault of its own is reported, too.
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
        """Do all of these, whichever of them fails."""
        for step in steps:
            with self:
                step()
