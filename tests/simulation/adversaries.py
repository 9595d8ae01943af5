"""Adversaries, with what each of them has: a server, a token, the invite, old keys, or a place in the group.

All of it stops when the network heals: then they are gone, and the others have to be together again.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from random import Random

from tests.adversary.attackers import Former, Stranger, keep_keys, notice, tell
from tests.simulation.company import Company
from tests.simulation.device import Device
from tests.simulation.member import EPOCH_BEGIN, Member
from tests.simulation.network import HostileNetwork
from tests.unit.room.looks import deciders_of, make_refresh_due, membership_of, parts_of
from volly_browser.errors import VollyError
from volly_browser.mls.messages import MLSMessage
from volly_browser.mls.private_message import PrivateMessage
from volly_browser.mls.proposals import Remove
from volly_browser.room.content.content import (
    Body,
    Candidate,
    Farewell,
    Have,
    Numbered,
    Order,
    Payload,
    Presence,
    Receipt,
)
from volly_browser.room.delivery.chains import START
from volly_browser.room.invite import Invite
from volly_browser.room.labels import VERSION
from volly_browser.room.mimi import text_content
from volly_browser.room.session.ordering import CANDIDATE_ATTEMPTS
from volly_browser.room.wire.door import DoorKind
from volly_browser.room.wire.frames import Frame, Kind, split
from volly_browser.room.wire.structs import Question, Voucher

OUTSIDE = -1
"""The person to which the connections of adversaries belong: on the side of the last one if the room splits."""

GHOSTS_LIMIT = 5
"""Connections of one with the invite."""

KEPT_LIMIT = 8
"""States of members that a later former member keeps."""


class Adversaries:
    """Do harm when they are asked to.

    Args:
        company: whom they harm.
        network: what is between.
        invite: to the room.
        random: decides what they do.
    """

    def __init__(self, company: Company, network: HostileNetwork, invite: Invite, random: Random) -> None:
        self._company = company
        self._network = network
        self._invite = invite
        self._random = random
        self._strangers: list[Stranger] = []
        self._arrived: list[Stranger] = []
        self._kept: list[tuple[str, Former]] = []
        self._member: Member | None = None
        self._attacks: dict[str, Callable[[], Awaitable[None]]] = {
            "server": self._as_server,
            "token": self._as_token,
            "invite": self._with_the_invite,
            "former": self._as_former_member,
            "member": self._as_member,
        }

    async def attack(self, who: str) -> None:
        """One attack; one that cannot be made now is left out."""
        with contextlib.suppress(VollyError, AssertionError, IndexError, KeyError):
            await self._attacks[who]()

    async def leave(self) -> None:
        """All of them are gone for good."""
        for stranger in self._strangers:
            self._network.vanish(stranger.identity)
        self._strangers.clear()
        self._arrived.clear()
        if self._member:
            await self._member.stop()
            self._member = None

    # The server, and others that see only frames

    async def _as_server(self) -> None:
        """Messages of the group that name other epochs, in the names of members and of nobody."""
        group_id, epoch, frame = self._a_message()
        position = frame.index(group_id) + len(group_id)
        for _ in range(self._random.choice((1, 10, 80))):
            claimed = self._random.choice((epoch, epoch + 1, epoch + 5, (1 << 64) - 1))
            payload = frame[:position] + claimed.to_bytes(8, "big") + frame[position + 8 : -4] + bytes(4)
            self._inject(split(Kind.GROUP, payload), self._any_identity())

    async def _as_token(self) -> None:
        """Parts of parcels that never end, and frames that are none."""
        for _ in range(self._random.choice((1, 20, 100))):
            digest, count = self._random.randbytes(16), self._random.choice((2, 280, 65_535))
            frame = Frame(VERSION, self._random.choice(tuple(Kind)), digest, 0, count, bytes(500))
            self._inject([frame.encode()], f"token {self._random.randrange(70)}")

    def _a_message(self) -> tuple[bytes, int, bytes]:
        sent = [sent.data for sent in self._network.recorded if sent.data[1:2] == bytes([Kind.GROUP])]
        payload = Frame.decode(self._random.choice(sent)).body
        body = MLSMessage.decode(payload).body
        assert isinstance(body, PrivateMessage)
        return body.group_id, body.epoch, payload

    def _inject(self, frames: list[bytes], sender: str) -> None:
        to = self._random.choice(self._network.targets)
        for frame in frames:
            self._network.inject(frame, sender, to)

    def _any_identity(self) -> str:
        return self._random.choice([f"invented {self._random.randrange(100)}", *self._network.identities])

    # One with the invite

    async def _with_the_invite(self) -> None:
        mallory = await self._stranger()
        claims = self._random.choice((self._claim, self._knock, self._ask, self._welcome))
        await claims(mallory)

    async def _stranger(self) -> Stranger:
        if len(self._strangers) >= GHOSTS_LIMIT:
            return self._random.choice(self._arrived)
        line = self._network.line(OUTSIDE, Device(Random(self._random.getrandbits(64))))
        mallory = Stranger(self._network, self._invite, transport=line, clock=lambda: EPOCH_BEGIN)
        self._strangers.append(mallory)
        await mallory.come()
        self._arrived.append(mallory)
        return mallory

    async def _claim(self, mallory: Stranger) -> None:
        membership = membership_of(self._random.choice(self._company.live))
        group_id = self._random.choice((membership.group.group_id, bytes(16), self._random.randbytes(16)))
        epoch = self._random.choice((membership.group.epoch, membership.group.epoch + 1, 1 << 30))
        branch = self._random.choice((membership.branch, self._random.randbytes(16)))
        members, answers = self._random.choice((1, 5, 200, 10_000)), self._random.random() < 0.5
        claim = notice(group_id, epoch=epoch, branch=branch, members=members, is_answer=answers)
        await mallory.say(DoorKind.NOTICE, claim)
        if self._random.random() < 0.5:
            await mallory.show(DoorKind.NOTICE, claim)

    async def _knock(self, mallory: Stranger) -> None:
        """Well or badly; one that is let in says nothing, and is removed again."""
        membership = membership_of(self._random.choice(self._company.live))
        knock = await mallory.offer(membership.group.group_id, membership.branch)
        await mallory.say(DoorKind.HELLO, knock if self._random.random() < 0.3 else knock[:-8] + bytes(8))

    async def _ask(self, mallory: Stranger) -> None:
        membership = membership_of(self._random.choice(self._company.live))
        for _ in range(self._random.choice((1, 30))):
            question = Question(Voucher(b"", b""), membership.group.group_id, (), bytes(16), b"")
            await mallory.say(DoorKind.QUESTION, question.encode())

    async def _welcome(self, mallory: Stranger) -> None:
        await mallory.say(DoorKind.WELCOME, self._random.randbytes(300))

    # A former member

    async def _as_former_member(self) -> None:
        """Keep the state of one that is there; use that of one that is not any more."""
        live = self._random.choice(self._company.live)
        if len(self._kept) < KEPT_LIMIT:
            self._kept.append((live.visit.member_id, await keep_keys(live)))
        shown = {member.member_id for other in self._company.live for member in other.room.members}
        gone = [former for member_id, former in self._kept if member_id not in shown]
        former = self._random.choice(gone)
        body: Body = self._random.choice((Farewell(""), Presence("nobody", 0), Order(b"no commit")))
        if self._random.random() < 0.5:
            body = Order((await former.group.commit()).commit)
        message = await former.group.encrypt(Payload(VERSION, body).encode())
        for target in self._network.targets:
            for frame in split(Kind.GROUP, message):
                self._network.inject(frame, "a former member", target)

    # A member

    async def _as_member(self) -> None:
        if self._member is None:
            self._member = self._company.let_in_an_adversary(OUTSIDE)
            return
        self._company.adversaries.add(self._member.room.member_id)
        misdeed = self._random.choice((self._say_nonsense, self._order_twice, self._renew, self._order_badly))
        await misdeed(self._member)

    async def _say_nonsense(self, mallory: Member) -> None:
        others = [bytes.fromhex(member.member_id) for member in mallory.room.members]
        text = text_content("M", bytes(16), EPOCH_BEGIN).encode()
        big = self._random.choice((1, 2, 50, (1 << 53) - 1, (1 << 64) - 1))
        bodies: tuple[Body, ...] = (
            Numbered(big, big, START, (), text),
            Receipt(big, (), tuple(Have(member_id, big, self._random.randbytes(16), ()) for member_id in others)),
            Presence("somebody else", big),
            Candidate(self._random.randbytes(100)),
            Order(self._random.randbytes(100)),
        )
        await tell(mallory, self._random.choice(bodies))

    async def _order_twice(self, mallory: Member) -> None:
        """Two orders that end one epoch, each for a part of the members."""
        membership = membership_of(mallory)
        psk = membership.psk_for(membership.company.ranking)
        group = (await keep_keys(mallory)).group
        first = (await group.commit([group.psk_proposal(psk.name)], (psk,))).commit
        second = (await group.commit([group.psk_proposal(psk.name)], (psk,))).commit
        for target in self._network.targets:
            message = await membership.write(Order(self._random.choice((first, second))))
            await parts_of(mallory).post.send(message, [target])

    async def _renew(self, mallory: Member) -> None:
        """Orders of its own, out of turn; its page gives them out, since nothing else may commit beside it."""
        for _ in range(self._random.choice((1, 5))):
            make_refresh_due(mallory)
            deciders_of(mallory).refresh._attempts = CANDIDATE_ATTEMPTS
            await asyncio.sleep(0.2)

    async def _order_badly(self, mallory: Member) -> None:
        """Give the sequencer a commit of its own that removes a member, or that lacks the invite's key."""
        membership = membership_of(mallory)
        group = (await keep_keys(mallory)).group
        victim = self._random.choice([member.leaf_index for member in group.members()])
        commit = (await group.commit([Remove(victim)])).commit
        await tell(mallory, self._random.choice((Candidate(commit), Order(commit))))
        assert membership
