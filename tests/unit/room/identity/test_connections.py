import pytest

from volly_browser.room.identity import connections
from volly_browser.room.identity.connections import Connections

A, B, C = b"A" * 16, b"B" * 16, b"C" * 16


def test_each_member_has_one_identity_the_latest_that_it_proved() -> None:
    known = Connections()
    known.proved(A, "alice")
    known.proved(B, "bob")
    assert "alice" in known
    assert "a stranger" not in known
    known.proved(A, "alice again")
    assert "alice" not in known
    assert "alice again" in known
    known.forget(A)
    assert "alice again" not in known
    assert "bob" in known


def test_those_that_proved_it_last_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CONNECTIONS_LIMIT", 2)
    known = Connections()
    for member_id, identity in ((A, "alice"), (B, "bob"), (A, "alice"), (C, "carol")):
        known.proved(member_id, identity)
    assert "bob" not in known
    assert "alice" in known
    assert "carol" in known
