"""What members say, hear and hold while their connections break, written down in their pages by the machine's clock."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tests.browser.clients import PATIENCE, Client
from tests.healing import Record

RECORD = """(client, [name, pauseMs]) => {
  const record = client.record = { said: [], heard: [], held: [], links: [], troubles: [] };
  const trouble = (error) => record.troubles.push(`${error.name}: ${error.message}`);
  const note = (list, value) => {
    if (list.at(-1)?.[1] !== value) list.push([Date.now(), value]);
  };
  const speak = () => {
    record.said.push(Date.now());
    client.sendEncrypted(`${name} ${record.said.length - 1}`).catch(trouble);
  };
  const look = () => {
    note(record.held, `${client.members} ${client.sharedSecret?.toBase64() ?? ""}`);
    note(record.links, client.livekitRoom?.state === "connected");
  };
  const listen = async () => {
    for (;;) {
      try {
        const text = await client.receiveDecrypted();
        record.heard.push([Date.now(), text]);
      } catch (error) {
        if (error.name === "RoomClosed") break;
        trouble(error);
      }
    }
    record.held.push([Date.now(), "nothing any more"]);
    clearInterval(looking);
  };
  client.speaking = setInterval(speak, pauseMs);
  const looking = setInterval(look, 20);
  listen();
}"""


class Member:
    """A client that talks and listens from now on."""

    def __init__(self, client: Client, name: str, pause_ms: int) -> None:
        self.client = client
        self.name = name
        client.do(RECORD, [name, pause_ms])

    def fall_silent(self) -> int:
        """Say nothing any more; gives how many texts there were."""
        said: int = self.client.do("({ speaking, record }) => { clearInterval(speaking); return record.said.length; }")
        return said

    def heard(self) -> int:
        """How many texts it has heard."""
        heard: int = self.client.do("({ record }) => record.heard.length")
        return heard

    def state(self) -> str:
        """What may explain why it does not hear everything."""
        record = self.record()
        return f"links {record.links}, held {record.held}, troubles {record.troubles}, last heard {record.heard[-1:]}"

    def record(self) -> Record:
        """What was written down so far, or until the client was closed."""
        kept = self.client.do("({ record }) => record")
        heard = [(at / 1000, *text.rsplit(" ", 1)) for at, text in kept["heard"]]
        return Record(
            self.name,
            [at / 1000 for at in kept["said"]],
            [(at, name, int(number)) for at, name, number in heard],
            [(at / 1000, held) for at, held in kept["held"]],
            [(at / 1000, linked) for at, linked in kept["links"]],
            kept["troubles"],
        )


def hear_each_other_out(members: Sequence[Member]) -> None:
    """Let all fall silent, and wait until each has heard as many texts as the others have said."""
    said = [member.fall_silent() for member in members]
    deadline = time.monotonic() + PATIENCE
    for member, own in zip(members, said, strict=True):
        while member.heard() < sum(said) - own:
            assert time.monotonic() < deadline, f"{member.name} does not hear everything: {member.state()}"
            time.sleep(0.1)
