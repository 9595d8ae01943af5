"""What a simulation is asked for."""

from dataclasses import dataclass

HAZARDS = {
    "loss": "frames get lost",
    "duplication": "frames arrive twice",
    "disorder": "frames overtake each other and come late",
    "skew": "clocks differ, and do not run equally fast",
    "partitions": "the room splits into sides that do not hear each other",
    "blackholes": "nothing arrives of what one member sends to another",
    "crashes": "members end anywhere, without a farewell, and may come back",
    "endings": "pages end in the middle of anything, with the farewell that was ready, or are put aside and come back",
    "stalls": "a member's device stands still for a while",
    "refusals": "sending fails, although what was sent may arrive",
    "reconnects": "LiveKit's full reconnects: what is sent is gone, and nobody is told",
    "breaks": "the link to the server breaks for a moment, and nothing is lost",
    "closings": "connections are closed; members come back under another identity",
    "outages": "the server goes down and up again",
    "lies": "the server says of a peer that is there that it is gone",
    "replays": "the server delivers old frames once more, also under the name of another peer",
    "forgeries": "the server delivers garbage and changed frames",
    "server": "the server makes up what it can without the invite, in any names",
    "token": "one with a token and no invite sends what it can",
    "invite": "one with the invite claims, knocks, asks and welcomes as it likes",
    "former": "one that has left uses the keys that it had",
    "member": "a member says nonsense, and gives orders out of turn, against the rules, and two for one epoch",
}
"""What can happen, by the names that options have for it."""


ADVERSARIES = ("server", "token", "invite", "former", "member")
"""The hazards that are adversaries."""


@dataclass(frozen=True, slots=True)
class Options:
    """All that decides how a simulation goes.

    Attributes:
        seed: where all chance comes from.
        members: people that come and go.
        minutes: for which there are hazards; then the network heals.
        policy: the room's.
        hazards: the names of those that happen, in the order of `HAZARDS`.
        loss: the share of frames that get lost; None for any.
        partitions: how often the room splits; None for any number.
        crashes: how many members crash; None for any number.
        history: messages from before they came that newcomers are told of.
        patience: seconds, from when the network has healed, for all to be in one group, and as many for every
            text to arrive.
    """

    seed: int
    members: int = 4
    minutes: float = 1.0
    policy: str = "classical"
    hazards: tuple[str, ...] = tuple(HAZARDS)
    loss: float | None = None
    partitions: int | None = None
    crashes: int | None = None
    history: int = 0
    patience: float = 60.0

    @property
    def seconds(self) -> float:
        """For which there are hazards."""
        return 60 * self.minutes

    @property
    def command(self) -> str:
        """How the very same is asked for again."""
        named = {"loss": self.loss, "partitions": self.partitions, "crashes": self.crashes}
        named |= {"history": self.history} if self.history else {}
        amounts = "".join(f" --{name} {amount}" for name, amount in named.items() if amount is not None)
        hazards = "all" if self.hazards == tuple(HAZARDS) else ",".join(self.hazards) or "none"
        return (
            f"python3 build.py simulate --seed {self.seed} --members {self.members} --minutes {self.minutes:g}"
            f" --policy {self.policy} --hazards {hazards}{amounts} --patience {self.patience:g}"
        )
