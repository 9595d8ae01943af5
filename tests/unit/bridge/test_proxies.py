import sys
from collections.abc import Iterator

import pytest

from tests.unit.bridge.fake_browser import Browser, Emitter, JsException, browser


@pytest.fixture
def page() -> Iterator[Browser]:
    with browser() as fake:
        yield fake


def test_a_listener_hears_until_it_is_closed(page: Browser) -> None:
    from volly_browser.bridge.proxies import Listeners

    emitter, listeners, heard = Emitter(), Listeners(), []
    listeners.listen(emitter, "event", heard.append)
    emitter.emit("event", 1)
    emitter.emit("another", 2)
    assert len(listeners) == 1
    listeners.close()
    emitter.emit("event", 3)
    assert heard == [1]
    assert not emitter.listeners
    assert len(listeners) == 0


def test_closing_twice_is_harmless(page: Browser) -> None:
    from volly_browser.bridge.proxies import Listeners

    listeners = Listeners()
    listeners.listen(Emitter(), "event", print)
    listeners.close()
    listeners.close()


def test_methods_of_the_dom_can_be_named(page: Browser) -> None:
    from volly_browser.bridge.proxies import Listeners

    class Element(Emitter):
        addEventListener = Emitter.on
        removeEventListener = Emitter.off

    element, listeners, heard = Element(), Listeners("addEventListener", "removeEventListener"), []
    listeners.listen(element, "click", heard.append)
    element.emit("click", "here")
    listeners.close()
    assert heard == ["here"]


def test_a_handler_that_fails_is_reported_and_does_not_silence_the_others(
    page: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from volly_browser.bridge.proxies import Listeners

    reported: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *details: reported.append(details[1]))

    def fail(*_: object) -> None:
        raise ValueError("a mistake")

    emitter, listeners, heard = Emitter(), Listeners(), []
    listeners.listen(emitter, "event", fail)
    listeners.listen(emitter, "event", heard.append)
    emitter.emit("event", 1)
    listeners.close()
    assert heard == [1]
    assert [str(error) for error in reported] == ["a mistake"]


def test_the_fake_punishes_destroying_before_taking_off(page: Browser) -> None:
    from pyodide.ffi import create_proxy

    emitter, proxy = Emitter(), create_proxy(print)
    emitter.on("event", proxy)  # type: ignore[arg-type]
    proxy.destroy()
    with pytest.raises(JsException, match="already been destroyed"):
        emitter.emit("event")
