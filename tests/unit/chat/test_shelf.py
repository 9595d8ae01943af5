"""Places in a store: each is used once, and bounds hold."""

import pytest

from volly_browser.chat import shelf as module
from volly_browser.chat.shelf import Put, Shelf


def test_each_message_has_its_place_and_keeps_it() -> None:
    shelf = Shelf()
    assert [shelf.put(name, 10).position for name in "abcab"] == [0, 1, 2, 0, 1]
    assert len(shelf) == 3
    assert "a" in shelf
    assert "d" not in shelf


def test_a_place_is_used_once() -> None:
    shelf = Shelf()
    shelf.put("a", 10)
    assert shelf.take_out("a") == 0
    assert shelf.take_out("a") is None
    assert shelf.put("a", 10) == Put(1)


def test_what_the_store_has_keeps_its_place_and_others_come_behind() -> None:
    shelf = Shelf()
    assert shelf.found(3, "a", 10)
    assert shelf.found(8, "b", 10)
    assert shelf.put("a", 20).position == 3
    assert shelf.put("c", 10).position == 9


def test_what_the_store_has_twice_is_no_message() -> None:
    shelf = Shelf()
    assert shelf.found(3, "a", 10)
    assert not shelf.found(4, "a", 10)
    assert not shelf.found(3, "b", 10)
    assert not shelf.found(2, "c", 10)


def test_the_first_gives_way_to_one_message_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHELF_MESSAGES_LIMIT", 3)
    shelf = Shelf()
    puts = [shelf.put(name, 10) for name in "abcde"]
    assert [put.gone for put in puts] == [(), (), (), (0,), (1,)]
    assert len(shelf) == 3


def test_the_first_ones_give_way_to_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHELF_BYTES_LIMIT", 100)
    shelf = Shelf()
    for name in "abc":
        assert shelf.put(name, 30).gone == ()
    assert shelf.put("b", 40).gone == ()
    assert shelf.put("d", 60).gone == (0, 1)
    assert shelf.put("c", 10).gone == (), "what is smaller makes room"
    assert shelf.put("e", 1000).gone == (2, 3), "and the last stays, however large"
    assert len(shelf) == 1
