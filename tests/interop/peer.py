"""A member of MLS groups played by another implementation, in a process of its own.

The process reads one JSON object a line and answers each with one line.  Bytes are hexadecimal, `wire` is `private` or
`public`, `extensions` are lists of {type, data} or null.  An answer with `error`, its text, stands for any refusal and
leaves the process ready for the next line.

| `do` | fields | answer |
|---|---|---|
| `hello` | | `implementation`, `suites`, `lacks` (names of `Ability`) |
| `key_package` | `suite`, `identity` | `key_package` |
| `adopt` | `suite`, `key_package`, `init_priv`, `encryption_priv`, `signature_priv` | |
| `external_psk` | `id`, `secret` | |
| `create` | `suite`, `group_id`, `identity` | |
| `join` | `welcome` | |
| `group_info` | | `group_info` |
| `external_join` | `suite`, `identity`, `group_info`, `again` (bool) | `commit` |
| `propose` | `wire` and one of `add`, `remove`, `update` (true), `psk`, `extensions` | `proposal` |
| `commit` | `wire`, `add`, `remove`, `psks`, `resumption` (lists), `extensions` | `commit`, `welcome` or null |
| `merge` | | |
| `discard` | | |
| `process` | `message` | `kind`: `application` (with `data`, `authenticated_data`), `proposal` or `commit` |
| `send` | `data`, `authenticated_data` | `message` |
| `state` | | the fields of `GroupView`, `active`, `own_leaf` |
| `export` | `label` (text), `context`, `length` | `secret` |

Messages are encoded MLSMessages.  `commit` leaves the group as it is until `merge` or `discard`.
"""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.interop.participant import (
    Ability,
    Committed,
    ContextExtension,
    GroupView,
    Kind,
    PendingCommit,
    Proposed,
    Received,
    Refused,
    SeenMember,
    Wire,
)

DEADLINE = 30.0
"""Seconds within which every line is answered."""
LONGEST_LINE = 1 << 26
"""Bytes; a Welcome with its tree is the longest message."""


class PeerDied(Exception):
    """The process ended, or did not answer in time."""


class Peer:
    """The other end of the pipe: a `Participant`."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.implementation = ""
        self.suites: frozenset[int] = frozenset()
        self.lacks: frozenset[Ability] = frozenset()

    async def hello(self) -> None:
        """Ask the peer for its name and version."""
        answer = await self._ask("hello")
        self.implementation, self.suites = answer["implementation"], frozenset(answer["suites"])
        self.lacks = frozenset(Ability[name] for name in answer["lacks"])

    async def key_package(self, suite: int, identity: bytes) -> bytes:
        answer = await self._ask("key_package", suite=suite, identity=identity)
        return bytes.fromhex(answer["key_package"])

    async def adopt(self, suite: int, case: Mapping[str, str]) -> None:
        """Take a key package of a vector for an own one; the signature key only if the implementation keeps it."""
        names = ("key_package", "init_priv", "encryption_priv", "signature_priv")
        await self._ask("adopt", suite=suite, **{name: case[name] for name in names})

    async def external_psk(self, psk_id: bytes, secret: bytes) -> None:
        await self._ask("external_psk", id=psk_id, secret=secret)

    async def create(self, suite: int, group_id: bytes, identity: bytes) -> None:
        await self._ask("create", suite=suite, group_id=group_id, identity=identity)

    async def join(self, welcome: bytes) -> None:
        await self._ask("join", welcome=welcome)

    async def group_info(self) -> bytes:
        return bytes.fromhex((await self._ask("group_info"))["group_info"])

    async def external_join(self, suite: int, identity: bytes, group_info: bytes, *, again: bool = False) -> bytes:
        answer = await self._ask("external_join", suite=suite, identity=identity, group_info=group_info, again=again)
        return bytes.fromhex(answer["commit"])

    async def propose(self, proposed: Proposed, wire: Wire = Wire.PRIVATE) -> bytes:
        kinds = {
            "add": proposed.add,
            "remove": proposed.remove,
            "update": proposed.update or None,
            "psk": proposed.psk,
            "extensions": proposed.extensions,
        }
        chosen = {name: value for name, value in kinds.items() if value is not None}
        return bytes.fromhex((await self._ask("propose", wire=wire, **chosen))["proposal"])

    async def commit(self, committed: Committed, wire: Wire = Wire.PRIVATE) -> PendingCommit:
        answer = await self._ask(
            "commit",
            wire=wire,
            add=committed.add,
            remove=committed.remove,
            psks=committed.psks,
            resumption=committed.resumption,
            extensions=committed.extensions,
        )
        welcome = answer["welcome"]
        return PendingCommit(bytes.fromhex(answer["commit"]), None if welcome is None else bytes.fromhex(welcome))

    async def merge(self) -> None:
        await self._ask("merge")

    async def discard(self) -> None:
        await self._ask("discard")

    async def process(self, message: bytes) -> Received:
        answer = await self._ask("process", message=message)
        data, authenticated_data = (answer.get(name, "") for name in ("data", "authenticated_data"))
        return Received(Kind(answer["kind"]), bytes.fromhex(data), bytes.fromhex(authenticated_data))

    async def send(self, data: bytes, authenticated_data: bytes = b"") -> bytes:
        answer = await self._ask("send", data=data, authenticated_data=authenticated_data)
        return bytes.fromhex(answer["message"])

    async def view(self) -> GroupView:
        state = await self._ask("state")
        return GroupView(
            group_id=bytes.fromhex(state["group_id"]),
            epoch=state["epoch"],
            members=tuple(
                SeenMember(seen["leaf"], bytes.fromhex(seen["identity"]), bytes.fromhex(seen["signature_key"]))
                for seen in state["members"]
            ),
            tree_hash=bytes.fromhex(state["tree_hash"]),
            confirmed_transcript_hash=bytes.fromhex(state["confirmed_transcript_hash"]),
            epoch_authenticator=bytes.fromhex(state["epoch_authenticator"]),
        )

    async def own_leaf(self) -> int:
        return int((await self._ask("state"))["own_leaf"])

    async def is_active(self) -> bool:
        return bool((await self._ask("state"))["active"])

    async def export(self, label: str, context: bytes, length: int) -> bytes:
        return bytes.fromhex((await self._ask("export", label=label, context=context, length=length))["secret"])

    async def _ask(self, command: str, **fields: object) -> dict[str, Any]:
        answer = await self.ask_line(json.dumps({"do": command, **fields}, default=_plain))
        if "error" in answer:
            raise Refused(f"{self.implementation}, {command}: {answer['error']}")
        return answer

    async def ask_line(self, line: str) -> dict[str, Any]:
        """The answer to one line, whatever it holds.  Raises PeerDied."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            async with asyncio.timeout(DEADLINE):
                stdin.write(line.encode() + b"\n")
                await stdin.drain()
                answer = await stdout.readline()
        except (TimeoutError, ConnectionError) as error:
            raise PeerDied(f"{self.implementation} did not answer {line[:80]}: {error!r}") from error
        if not answer:
            raise PeerDied(f"{self.implementation} ended at {line[:80]}")
        return dict(json.loads(answer))


def _plain(value: object) -> object:
    """What JSON has no form for: bytes, and an extension."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, ContextExtension):
        return {"type": value.type, "data": value.data}
    raise TypeError(f"{type(value)} does not go over the pipe.")


@asynccontextmanager
async def started(command: Sequence[str | Path]) -> AsyncIterator[Peer]:
    """A peer that has said hello; its process ends with the block."""
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE)
    try:
        peer = Peer(process)
        await peer.hello()
        yield peer
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
