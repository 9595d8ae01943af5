"""The contract of a JavaScript engine, in names that also exist outside of a browser."""

from collections.abc import Sequence
from typing import Any, Protocol

from volly_browser.errors import LocalError


class BatchFailed(LocalError):
    """JavaScript refused an operation.

    Attributes:
        name: the JavaScript error's name, for example `InvalidKey`.
    """

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


WireOperation = list[str | bytes]
"""An operation's name, its algorithm, and its fields."""


class BatchModule(Protocol):
    """A module of web/engines/."""

    @property
    def algorithms(self) -> Sequence[str]:
        """The algorithms that work in this browser."""
        ...

    async def run(self, operations: Sequence[WireOperation]) -> list[Any]:
        """Run operations; return bytes, lists of bytes, or booleans, in order.

        Raises:
            BatchFailed: an operation failed.
        """
        ...
