"""Members of a room without an interface: the clients of client.html, in whatever browser its page is open."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, Route
from selenium.webdriver.remote.webdriver import WebDriver

PATIENCE = 60.0
"""Seconds that a busy machine may take for anything."""

Run = Callable[[str, Any], Any]
"""Calls an asynchronous JavaScript function of one argument in a page, and gives what it returns."""

LOOK_EVERY_MS = 50

ENGINE_USE = """async () => {
  const [engine] = await Promise.all(globalThis[Symbol.for("volly.engines")].values());
  return engine.pyodide.runPython(`
    import gc, json
    from volly_browser.crypto.selection import EngineSet
    json.dumps([
        [use.algorithm, use.operation, use.engine]
        for found in gc.get_objects() if type(found) is EngineSet for use in found.usage
    ])
  `);
}"""


def until(page: Page, expression: str, argument: object = None) -> None:
    """Wait until an expression is true in a page, or a function of the argument; fails after `PATIENCE`.

    Playwright's `wait_for_function` evaluates inside of the page, which the policy of our pages forbids.
    """
    end = time.monotonic() + PATIENCE
    while not page.evaluate(expression, argument):
        assert time.monotonic() < end, f"It was never so: {expression}"
        page.wait_for_timeout(LOOK_EVERY_MS)


class Client:
    """A test client.  `run` reaches its page, which must show client.html."""

    def __init__(self, run: Run, name: str, *, post_quantum: bool = True) -> None:
        self._run = run
        self._name = name
        self._number = run(
            """async ([name, enablePostQuantum]) =>
              (window.clients ??= []).push(await volly.createTestClient(name, { enablePostQuantum })) - 1""",
            [name, post_quantum],
        )

    def do(self, function: str, argument: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Call `async (client, argument) => ...` in the page."""
        return self._run(f"([number, argument]) => ({function})(clients[number], argument)", [self._number, argument])

    def connect(self, room: str) -> None:
        self.do("(client, room) => client.connect(room)", room)

    def start_connecting(self, room: str) -> None:
        """Connect, and do not wait for it; `connected` does."""
        self.do(
            """(client, room) => {
              client.connecting = client.connect(room);
              client.connecting.catch(() => {});  // `connected` tells
            }""",
            room,
        )

    def connected(self) -> None:
        self.do("(client) => client.connecting")

    def send(self, text: str) -> None:
        self.do("(client, text) => client.sendEncrypted(text)", text)

    def receive(self) -> str:
        text: str = self.do("(client, timeoutMs) => client.receiveDecrypted({ timeoutMs })", 1000 * PATIENCE)
        return text

    @property
    def group(self) -> tuple[int, str]:
        """How many are in the group, and their secret in base64."""
        members, secret = self.do("(client) => [client.members, client.sharedSecret?.toBase64() ?? '']")
        return members, secret

    def start_talking(self, pause_ms: int) -> None:
        """Send `<name> 0`, `<name> 1`, ... until `stop_talking`."""
        self.do(
            """(client, [name, pause]) => {
              const talk = client.talk = { sent: 0, over: false };
              const speak = async () => {
                while (!talk.over) {
                  await client.sendEncrypted(`${name} ${talk.sent}`);
                  talk.sent++;
                  await new Promise((resolve) => setTimeout(resolve, pause));
                }
                await client.sendEncrypted(`${name} over`);
              };
              talk.ended = speak();
            }""",
            [self._name, pause_ms],
        )

    def sent(self, at_least: int = 0) -> int:
        """How many numbered texts have been handed to the network, once there are so many."""
        count: int = self.do(
            """async ({ talk }, atLeast) => {
              while (talk.sent < atLeast) await new Promise((resolve) => setTimeout(resolve, 10));
              return talk.sent;
            }""",
            at_least,
        )
        return count

    def stop_talking(self) -> int:
        """Send `<name> over` as the last text; gives how many numbered ones there were."""
        self.do("(client) => { client.talk.over = true; return client.talk.ended; }")
        return self.sent()

    def hear_out(self, *speakers: str) -> dict[str, list[int]]:
        """Receive until each of the speakers is over: the numbers of the texts of each, as they came."""
        heard: dict[str, list[int]] = {speaker: [] for speaker in speakers}
        open_ends = set(speakers)
        while open_ends:
            speaker, _, number = self.receive().rpartition(" ")
            if number == "over":
                open_ends.remove(speaker)
            else:
                heard[speaker].append(int(number))
        return heard

    def close(self) -> None:
        self.do("(client) => client.close()")


def in_playwright(page: Page) -> Run:
    """Wait until client.html is ready in a page of Playwright's."""
    page.evaluate("() => volly.ready")
    return page.evaluate


def in_selenium(driver: WebDriver) -> Run:
    """Wait until client.html is ready in a browser of Selenium's."""

    def run(function: str, argument: object = None) -> Any:  # noqa: ANN401 - any JSON
        outcome = driver.execute_async_script(
            f"""const [argument, done] = arguments;
            Promise.resolve(argument).then({function}).then((value) => done({{ value: value ?? null }}))
              .catch((error) => done({{ error: `${{error.name}}: ${{error.message}}` }}));""",
            argument,
        )
        assert "error" not in outcome, outcome["error"]
        return outcome["value"]

    driver.set_script_timeout(3 * PATIENCE)
    run("() => volly.ready")
    return run


def engine_use(run: Run) -> set[tuple[str, str, str]]:
    """What Python computed in a page: algorithm, operation, and the engine that did it."""
    return {(algorithm, operation, engine) for algorithm, operation, engine in json.loads(run(ENGINE_USE, None))}


def with_engines(engines: dict[str, str]) -> Callable[[Route], None]:
    """Serves a page of the site with these engines in its configuration."""

    def serve(route: Route) -> None:
        answer = route.fetch()
        before, after = answer.text().split('"engines":{}')
        route.fulfill(response=answer, body=f'{before}"engines":{json.dumps(engines)}{after}')

    return serve


def settle(*clients: Client) -> str:
    """Wait until exactly these are in one group and have one secret; gives it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        groups = [client.group for client in clients]
        if len(set(groups)) == 1 and groups[0][0] == len(clients) and groups[0][1]:
            return groups[0][1]
        assert time.monotonic() < deadline, f"they do not come together: {groups}"
        time.sleep(0.1)


@contextmanager
def leaving(*clients: Client) -> Iterator[None]:
    """All of them leave in the end."""
    try:
        yield
    finally:
        for client in clients:
            client.close()
