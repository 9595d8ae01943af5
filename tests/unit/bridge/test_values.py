from collections.abc import Iterator

import pytest

from tests.unit.bridge.fake_browser import Browser, JsObject, Uint8Array, browser


@pytest.fixture
def page() -> Iterator[Browser]:
    with browser() as fake:
        yield fake


@pytest.mark.parametrize("data", [b"", b"hello", bytes(1000)])
def test_bytes_cross_and_come_back(page: Browser, data: bytes) -> None:
    from volly_browser.bridge.values import to_bytes, to_uint8_array

    array = to_uint8_array(data)
    assert isinstance(array, Uint8Array)
    assert to_bytes(array) == data
    assert to_bytes(bytearray(data)) == to_bytes(memoryview(data)) == data


def test_options_become_plain_objects_all_the_way_down(page: Browser) -> None:
    from volly_browser.bridge.values import to_object

    assert to_object({"reliable": True, "inner": {"list": []}}) == JsObject(reliable=True, inner=JsObject(list=[]))


@pytest.mark.parametrize(("value", "text"), [("a", "a"), ("", ""), (None, None), (JsObject(), None), (3, None)])
def test_only_text_is_text(page: Browser, value: object, text: str | None) -> None:
    from volly_browser.bridge.values import optional_text

    assert optional_text(value) == text
