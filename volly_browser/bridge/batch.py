"""What the crypto layer needs to know of a JavaScript engine: names that exist outside of a browser, too."""

from collections.abc import Callable, Sequence
from typing import Protocol

from volly_browser.errors import LocalError


class BatchFailed(LocalError):
    """JavaScript refused an operation.

    Attributes:
        name: the JavaScript error's name, for example `InvalidKey`.
    """

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


Answer = list[bytes] | BatchFailed
"""The results of a batch, in the order of its operations, or why there are none."""


class BatchModule(Protocol):
    """A module of web/engines/."""

    @property
    def algorithms(self) -> Sequence[str]:
        """The algorithms that work in this browser."""
        ...

    def ask(self, header: str, data: bytes, answered: Callable[[Answer], None]) -> None:
        """Have operations run.

        Args:
            header: a line for each operation: its name, its algorithm, and the lengths of its byte strings.
            data: all those byte strings, one after the other.
            answered: is called once, possibly before `ask` returns.
        """
        ...
