from collections import deque

from tests.simulation.footprint import BYTES_LIMIT, ITEMS_LIMIT, excess


class Slotted:
    __slots__ = ("inner",)

    def __init__(self, inner: object) -> None:
        self.inner = inner


class Plain:
    def __init__(self, inner: object) -> None:
        self.inner = inner
        self.itself = self


def test_collections_are_found_wherever_they_are() -> None:
    assert excess(Plain(Slotted({"key": [deque(range(ITEMS_LIMIT))]}))) == ""
    assert "deque" in excess(Plain(Slotted({"key": [deque(range(ITEMS_LIMIT + 1))]})))


def test_bytes_are_counted_together_and_each_once() -> None:
    part = bytes(BYTES_LIMIT // 2)
    assert excess(Plain([part, part, part])) == ""
    assert "bytes" in excess(Plain([bytes(BYTES_LIMIT // 2), bytes(BYTES_LIMIT // 2), b"x"]))


def test_methods_lead_to_their_objects() -> None:
    many = Plain(list(range(ITEMS_LIMIT + 1)))
    assert "list" in excess(Plain({"callback": many.__init__}))
