"""Runs in the page and in CPython alike: the member whose steps are timed.

A script is what happens to the member; `group_script` makes it.  A pass takes the steps in the order of `STEPS`; it
begins with a new `join`, so that the same script can be played again and again.
"""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter

from volly_browser.crypto.engine import Algorithm, Engine
from volly_browser.crypto.hpke import AES_256_GCM, HKDF_SHA512
from volly_browser.crypto.kem import X_WING_SHAKE
from volly_browser.crypto.loaders import engine_loaders
from volly_browser.crypto.selection import choose_engines
from volly_browser.mls.group import Group
from volly_browser.mls.key_package import KeyPackage, KeyPackageBundle
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.proposals import Add
from volly_browser.mls.suites import SUITES, CipherSuite

STEPS = ("join", "open", "seal", "commit", "add", "process")

PEERS_SUITE = CipherSuite(
    83,  # as ts-mls 1.6.4 numbers it
    "MLS_256_XWING_AES256GCM_SHA512_Ed25519",
    X_WING_SHAKE,
    HKDF_SHA512,
    AES_256_GCM,
    Algorithm.ED25519,
)
"""A hybrid suite that ts-mls also has."""

MEASURED = {**SUITES, PEERS_SUITE.id: PEERS_SUITE}
"""The suites that can be measured, by id."""


class ScriptedMember:
    """A member that plays a script.

    Args:
        engine: computes.
        script: JSON, its bytes in base64: the number of the `suite`, the newcomer's `keys`, and the `messages` for each
            step.
    """

    def __init__(self, engine: Engine, script: str) -> None:
        content = json.loads(script)
        self._engine = engine
        self._bundle = _bundle(MEASURED[content["suite"]], content["keys"])
        self._messages = {
            step: [base64.b64decode(item) for item in items] for step, items in content["messages"].items()
        }
        self._group: Group | None = None

    @classmethod
    async def of(cls, script: str) -> "ScriptedMember":
        """Make a member on the best engine available: `webcrypto` in the page, `native` in CPython."""
        return cls(await choose_engines(engine_loaders()), script)

    async def take(self, step: str, count: int) -> list[float]:
        """Take a step so many times, each time with the next message; return the milliseconds of each."""
        action: Callable[[bytes], Awaitable[object]] = getattr(self, step)
        messages = self._messages[step]
        times = []
        for number in range(count):
            start = perf_counter()
            await action(messages[number % len(messages)])
            times.append((perf_counter() - start) * 1e3)
        return times

    @property
    def _joined(self) -> Group:
        assert self._group is not None  # `join` comes first
        return self._group

    async def join(self, welcome: bytes) -> None:
        """Join by a welcome, as if for the first time."""
        self._group = await Group.join(self._engine, welcome, self._bundle)

    async def open(self, message: bytes) -> None:
        """Open the message of another member."""
        await self._joined.process(message)

    async def seal(self, data: bytes) -> bytes:
        """Seal a message."""
        return await self._joined.encrypt(data)

    async def commit(self, _: bytes) -> bytes:
        """Make a commit that refreshes our keys, and forget it."""
        pending = await self._joined.commit()
        self._joined.discard(pending)
        return pending.commit

    async def add(self, key_package: bytes) -> bytes:
        """Make a commit that adds the newcomer, without a path but with its welcome, and forget it."""
        pending = await self._joined.commit([Add(KeyPackage.from_message(key_package))], with_path=False)
        self._joined.discard(pending)
        return pending.welcome or b""

    async def process(self, commit: bytes) -> None:
        """Follow the commit of another member, which refreshes its keys, into the next epoch."""
        await self._joined.process(commit)

    async def sizes(self) -> dict[str, int]:
        """Bytes of what a member sends, and of what it holds when it has just joined."""
        [welcome, *_], [data, *_], [key_package, *_] = (self._messages[step] for step in ("join", "seal", "add"))
        await self.join(welcome)
        held = await self._held()
        return {
            "message": len(await self.seal(data)),
            "commit": len(await self.commit(b"")),
            "welcome": len(await self.add(key_package)),
            **held,
        }

    async def _held(self) -> dict[str, int]:
        """Measure the public ratchet tree and the state without it; both only for suites whose state can be stored."""
        if self._joined.suite.id not in SUITES:
            return {}
        tree = len(await self._joined.group_info()) - len(await self._joined.group_info(with_tree=False))
        return {"tree": tree, "secrets": len(await self._joined.export_state()) - tree}


def _bundle(suite: CipherSuite, keys: Mapping[str, str]) -> KeyPackageBundle:
    private = {name: base64.b64decode(keys[name]) for name in ("init", "encryption", "signature")}
    key_package = KeyPackage.from_message(base64.b64decode(keys["key_package"]))
    return KeyPackageBundle(
        suite,
        key_package,
        private["init"],
        private["encryption"],
        SignatureKeyPair(private["signature"], key_package.leaf_node.signature_key),
    )
