import sys
from collections.abc import Iterator

import pytest


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException]]:
    """What was reported as a fault of the page; a test that expects faults empties the list."""
    reported: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, fault, _where: reported.append(fault))
    yield reported
    assert reported == []
