"""What happens to the member that is measured, made in CPython: the same bytes for every implementation."""

import base64
import json
from collections.abc import Mapping, Sequence

from volly_browser.crypto.engine import Engine
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.suites import CipherSuite
from volly_browser.tools.bench.full_group import FullGroup

TEXT = b"x" * 100
"""The text of each message."""


async def make_script(engine: Engine, suite: CipherSuite, size: int, repeats: int, *, blank: bool = False) -> str:
    """Make a script in which a newcomer makes the group as large as `size`: JSON for `group_member.ScriptedMember`.

    Its neighbour in the tree adds the newcomer, so that no node above lists it as unmerged: ts-mls 1.6.4 refuses trees
    in which two nodes differ in that.  The commits come from members all over the tree.

    Args:
        engine: computes.
        suite: of the group.
        size: members once the newcomer is in.
        repeats: how often each step can be taken in a pass.
        blank: whether no member but that neighbour has ever committed.
    """
    group = await FullGroup.of(engine, suite, size - 1, blank=blank)
    newcomer = await KeyPackageBundle.generate(engine, suite, b"newcomer")
    another = await KeyPackageBundle.generate(engine, suite, b"another newcomer")
    welcome = (await group.commit(size - 2, [newcomer.key_package])).welcome
    messages = {
        "join": [welcome or b""],
        "open": [await group.send(0, TEXT) for _ in range(repeats)],
        "seal": [TEXT],
        "commit": [b""],
        "add": [another.message],
        "process": [(await group.commit(n * (size - 1) // repeats)).commit for n in range(repeats)],
    }
    content = {"suite": suite.id, "keys": _keys(newcomer), "messages": _encoded(messages)}
    return json.dumps(content)


def _keys(bundle: KeyPackageBundle) -> Mapping[str, str]:
    keys = {
        "key_package": bundle.message,
        "init": bundle.init_private_key,
        "encryption": bundle.encryption_private_key,
        "signature": bundle.signature_key.private_key,
    }
    return {name: base64.b64encode(key).decode() for name, key in keys.items()}


def _encoded(messages: Mapping[str, Sequence[bytes]]) -> Mapping[str, Sequence[str]]:
    return {step: [base64.b64encode(item).decode() for item in items] for step, items in messages.items()}
