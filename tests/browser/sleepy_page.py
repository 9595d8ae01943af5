"""A page that can be put to sleep: Playwright keeps its own pages awake, so this one is opened behind its back."""

from __future__ import annotations

import json
import time
from itertools import count
from typing import Any

from playwright.sync_api import Browser

from tests.browser.clients import PATIENCE


class SleepyPage:
    """A page in a profile of its own, by the Chrome DevTools Protocol alone; to be closed."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._answers: dict[int, dict[str, Any]] = {}
        self._numbers = count(1)
        self._browser = browser.new_browser_cdp_session()
        self._browser.on("Target.receivedMessageFromTarget", self._got)
        self._context = self._browser.send("Target.createBrowserContext")["browserContextId"]
        where = {"url": url, "browserContextId": self._context}
        page = {"targetId": self._browser.send("Target.createTarget", where)["targetId"], "flatten": False}
        self._session = self._browser.send("Target.attachToTarget", page)["sessionId"]
        self._wait_for(url)

    def fall_asleep(self) -> None:
        """Nothing runs in the page any more, as in a tab that was not looked at for some minutes."""
        self._ask("Page.setWebLifecycleState", state="frozen")

    def wake_up(self) -> None:
        """Bring the page to the front again."""
        self._ask("Page.setWebLifecycleState", state="active")
        self._ask("Page.bringToFront")

    def run(self, function: str, argument: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Call an asynchronous JavaScript function of one argument in the page, and give what it returns."""
        call = f"({function})({json.dumps(argument)})"
        outcome = self._ask("Runtime.evaluate", expression=call, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in outcome, outcome["exceptionDetails"]["exception"]["description"]
        return outcome["result"].get("value")

    def close(self) -> None:
        self._browser.send("Target.disposeBrowserContext", {"browserContextId": self._context})
        self._browser.detach()

    def _wait_for(self, url: str) -> None:
        deadline = time.monotonic() + PATIENCE
        where = {"expression": "[location.href, document.readyState].join(' ')", "returnByValue": True}
        # Between two documents a page has no context to evaluate in, which is answered by an error.
        while f'"{url} complete"' not in json.dumps(self._answer("Runtime.evaluate", **where)):
            assert time.monotonic() < deadline, f"{url} is not there"
            time.sleep(0.1)

    def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        answer = self._answer(method, **parameters)
        assert "error" not in answer, answer["error"]
        result: dict[str, Any] = answer["result"]
        return result

    def _answer(self, method: str, **parameters: object) -> dict[str, Any]:
        number = next(self._numbers)
        message = json.dumps({"id": number, "method": method, "params": parameters})
        self._browser.send("Target.sendMessageToTarget", {"sessionId": self._session, "message": message})
        deadline = time.monotonic() + PATIENCE
        while number not in self._answers:
            assert time.monotonic() < deadline, f"no answer to {method}"
            self._browser.send("Browser.getVersion")  # Playwright tells of events only while it is asked something
        return self._answers.pop(number)

    def _got(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if "id" in message:
            self._answers[message["id"]] = message
