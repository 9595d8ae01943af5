"""Nothing recurses as deep as its input: in a page, many calls inside of each other end Python without an exception.

What JavaScript parses for Python is in `tests/page_python/within/test_depth.py`, what it makes of texts in
`tests/unit/ui/test_markdown.py`.
"""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Annotated, Any, get_args, get_type_hints

import pytest

from tests.unit.fuzzing.structs import every_struct
from volly_browser.mls.codec import Struct, Variant, Vector
from volly_browser.room.content.content import read_payload
from volly_browser.room.mimi import ContentError, read_content

DEEP = 60_000
"""Far deeper than any stack; about the length of the longest text."""

CALLS = 50
"""What decoding may take."""

OCTETS = [bytes([octet]) for octet in (0, 1, 2, 3, 0x40, 0x7F, 0x80, 0xFF)]


@contextmanager
def calls_at_most(limit: int) -> Iterator[None]:
    """What is done within fails with a RecursionError if more calls than that stand inside of each other."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + limit)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def test_too_many_calls_are_noticed() -> None:
    def nest(depth: int) -> int:
        return nest(depth - 1) if depth else 0

    with calls_at_most(CALLS):
        assert nest(CALLS // 2) == 0
        with pytest.raises(RecursionError):
            nest(2 * CALLS)


def structs_in(annotation: Any) -> Iterator[type[Struct]]:  # noqa: ANN401 - an annotation can be anything
    """The structs that stand in a field of this kind."""
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        yield annotation
        return
    for part in get_args(annotation):
        cases = part._cases.values() if isinstance(part, Variant) else [part]
        for case in cases:
            yield from structs_in(case)


def depth_of(struct: type[Struct], within: tuple[type[Struct], ...] = ()) -> int:
    """How many structs can stand inside of each other, this one outermost; fails if one can stand inside of itself."""
    assert struct not in within, " > ".join(each.__name__ for each in (*within, struct))
    hints = get_type_hints(struct, include_extras=True)
    inside = {part for field in fields(struct) for part in structs_in(hints[field.name])}  # type: ignore[arg-type]
    return 1 + max((depth_of(part, (*within, struct)) for part in inside), default=0)


@dataclass
class Outer(Struct):
    """Contains itself, in the end."""

    parts: "Vector[Inner]"


@dataclass
class Inner(Struct):
    """A case of a variant, and possibly not there."""

    way_back: "Annotated[Outer | int, Variant(1, {1: Outer})] | None"


def test_a_struct_that_contains_itself_is_noticed() -> None:
    with pytest.raises(AssertionError, match="Outer > Inner > Outer"):
        depth_of(Outer)


@pytest.mark.parametrize("struct", every_struct(), ids=lambda struct: struct.__name__)
def test_no_wire_struct_contains_itself(struct: type[Struct]) -> None:
    assert depth_of(struct) < 10


@pytest.mark.parametrize("read", [read_content, read_payload])
def test_what_a_member_says_is_read_in_few_calls(read: Any) -> None:  # noqa: ANN401
    for octet in OCTETS:
        with calls_at_most(CALLS), pytest.raises(ContentError):
            read(octet * DEEP)
