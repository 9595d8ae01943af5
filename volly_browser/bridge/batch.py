"""The contract of a JavaScript engine, in names that also exist outside of a browser."""

from collections.abc import Sequence
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


Results = list[list[bytes | None]]
"""What each operation of a batch gave: one or several byte strings, None for what is not there."""


class BatchModule(Protocol):
    """A module of web/engines/."""

    @property
    def algorithms(self) -> Sequence[str]:
        """The algorithms that work in this browser."""
        ...

    def define(self, program: str) -> int:
        """The number of a program, by its text, from now on."""
        ...

    async def run(self, header: str, data: bytes) -> Results:
        """Run operations.

        Args:
            header: a line for each: its name, its algorithm, and the lengths of its byte strings; or `run`, the number
                of a program, and the lengths of its inputs.
            data: all those byte strings, one after the other.

        Raises:
            BatchFailed: an operation failed.
        """
        ...
