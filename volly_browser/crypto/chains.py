"""How engines follow chains: see `engine.Chain`."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar, cast

from volly_browser.crypto.engine import Chain, Operation
from volly_browser.errors import VollyError

Result = TypeVar("Result")


class Walk(Generic[Result]):
    """Where a chain stands.  Making one lets the chain begin.

    Attributes:
        operations: the step that the chain waits for; None once it has returned.
        result: what it has returned.
    """

    __slots__ = ("_chain", "operations", "result")

    def __init__(self, chain: Chain[Result]) -> None:
        self._chain = chain
        self.operations: Sequence[Operation[Any]] | None = None
        self.result = cast(Result, None)
        self.go_on(None)

    def go_on(self, results: list[Any] | None) -> None:
        """The step has these results.  Raises what the chain raises."""
        try:
            self.operations = self._chain.send(cast("list[Any]", results))
        except StopIteration as end:
            self.operations, self.result = None, end.value

    def fail(self, error: VollyError) -> None:
        """The step has no results.  Raises what the chain raises, which is `error` unless it is caught there."""
        try:
            self.operations = self._chain.throw(error)
        except StopIteration as end:
            self.operations, self.result = None, end.value


async def step_by_step(
    run: Callable[[Sequence[Operation[Any]]], Coroutine[Any, Any, list[Any]]], chain: Chain[Result]
) -> Result:
    """`Engine.follow` by means of `Engine.run`."""
    try:
        walk = Walk(chain)
        while walk.operations is not None:
            try:
                results = await run(walk.operations)
            except VollyError as error:
                walk.fail(error)
            else:
                walk.go_on(results)
        return walk.result
    finally:
        chain.close()
