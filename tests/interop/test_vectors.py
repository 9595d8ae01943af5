"""What our generator of vectors makes for passive clients, followed by ts-mls and by OpenMLS.

It is made anew, because the key packages of the files have expired, and with the DeriveKeyPair of the peers.
"""

import time
from typing import Any

import pytest

from tests.interop import drivers
from tests.interop.drivers import Command
from tests.interop.own import SUITES
from tests.interop.participant import Refused
from tests.interop.peer import Peer, started
from tests.vectors import generate
from tests.vectors.runners.common import Case

pytestmark = pytest.mark.interop

OPENMLS = drivers.openmls()
built = pytest.mark.skipif(OPENMLS is None, reason="The OpenMLS driver is not built: python3 build.py interop")

DRIVERS: list[Any] = [
    pytest.param(drivers.ts_mls, 0x0001, id="ts-mls-1"),
    *[pytest.param(drivers.openmls, suite, id=f"openmls-{suite}", marks=built) for suite in (0x0001, 0x004E, 0x0051)],
]

KINDS = ["passive-client-welcome", "passive-client-handling-commit", "passive-client-random"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("driver", "suite"), DRIVERS)
async def test_a_peer_arrives_where_the_vectors_say(driver: Any, suite: int, kind: str) -> None:  # noqa: ANN401
    for case in await generate.cases(kind, SUITES[suite], time.time()):
        await follow(driver(), suite, case)


@pytest.mark.parametrize(("driver", "suite"), DRIVERS)
async def test_a_peer_notices_a_changed_commit(driver: Any, suite: int) -> None:  # noqa: ANN401
    [case] = await generate.cases("passive-client-handling-commit", SUITES[suite], time.time())
    commit = case["epochs"][0]["commit"]
    case["epochs"][0]["commit"] = commit[:-2] + f"{int(commit[-2:], 16) ^ 1:02x}"
    with pytest.raises(Refused):
        await follow(driver(), suite, case)


async def follow(command: Command, suite: int, case: Case) -> None:
    """Run a case as `mls_passive_client` does, on a peer."""
    async with started(command) as peer:
        for psk in case["external_psks"]:
            await peer.external_psk(bytes.fromhex(psk["psk_id"]), bytes.fromhex(psk["psk"]))
        await peer.adopt(suite, case)
        await peer.join(bytes.fromhex(case["welcome"]))
        await arrived(peer, case["initial_epoch_authenticator"])
        for epoch in case["epochs"]:
            for message in (*epoch["proposals"], epoch["commit"]):
                await peer.process(bytes.fromhex(message))
            await arrived(peer, epoch["epoch_authenticator"])


async def arrived(peer: Peer, authenticator: str) -> None:
    assert (await peer.view()).epoch_authenticator.hex() == authenticator
