"""Those that the tests are about: what each of them has, and nothing else.

| letter | is                        | has                                                          |
|--------|---------------------------|--------------------------------------------------------------|
| S      | the server                | the network: all frames, all names, delivery                 |
| T      | one with a token          | a connection                                                 |
| D      | one with the invite       | a connection and the door key (`Stranger`)                   |
| F      | a former member           | what D has, and the keys of its last epoch (`Former`)        |
| M      | a member                  | a page of its own that does not keep to the protocol (`tell`)|
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.unit.room.looks import HasRoom, membership_of, parts_of, task_of
from tests.unit.room.people import Company, Person, wall_clock
from volly_browser.crypto.native import NativeEngine
from volly_browser.mls.group import Group
from volly_browser.mls.labels import SignatureKeyPair, sign_with_label
from volly_browser.mls.settings import accept_commit, accept_members
from volly_browser.mls.suites import suite_for
from volly_browser.room.content.content import Body, Payload
from volly_browser.room.door.admission import Create
from volly_browser.room.door.key_packages import KeyPackages
from volly_browser.room.door.questions import Questions, Speaker
from volly_browser.room.group.settings import settings_of
from volly_browser.room.identity.credential import OwnIdentity
from volly_browser.room.invite import Invite
from volly_browser.room.labels import VERSION
from volly_browser.room.session.assembly import Assembly
from volly_browser.room.wire.door import Door, DoorKind, Said
from volly_browser.room.wire.frames import Assembler, Kind, split
from volly_browser.room.wire.structs import Knock, Notice
from volly_browser.transport.contract import FrameReceived, PeerAnnounced
from volly_browser.transport.memory import MemoryNetwork, MemoryTransport, Sent

LOWEST_GROUP = bytes(16)
"""The id of the best of all groups, if it is there."""


class Stranger:
    """D: has the invite and a connection, and says at the door what it likes."""

    def __init__(
        self,
        network: MemoryNetwork,
        invite: Invite,
        name: str = "Mallory",
        *,
        transport: MemoryTransport | None = None,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self.network = network
        self.invite = invite
        self.name = name
        self.engine = NativeEngine()
        self.suite = suite_for(invite.policy)
        self.door = Door(self.engine, invite)
        self.transport: MemoryTransport = transport or network.transport()
        self._clock = clock
        self.questions = Questions(self.engine, self.suite, invite.room_id)

    async def come(self) -> "Stranger":
        """Connect, and make an identity."""
        await self.transport.connect()
        pair = self.pair = await SignatureKeyPair.generate(self.engine, self.suite)
        self.own = OwnIdentity(self.engine, self.suite, self.invite.room_id, self.name, pair)
        settings = settings_of(self.suite, self.invite.room_id, self._clock, accept_commit, accept_members)
        self.key_packages = KeyPackages(self.engine, self.suite, settings, self.invite, identity=self.own)
        return self

    @property
    def identity(self) -> str:
        """Of the connection."""
        return self.transport.identity

    async def say(self, kind: DoorKind, content: bytes, *to: Person) -> None:
        """Something at the door, to these or to all."""
        for frame in split(Kind.DOOR, await self.door.seal(kind, content, self.identity)):
            await self.transport.send(frame, [person.identity for person in to] or None)

    async def show(self, kind: DoorKind, content: bytes) -> None:
        """Put something on display."""
        await self.transport.announce(await self.door.announcement(kind, content, self.identity))

    async def offer(self, group_id: bytes, ticket: bytes) -> bytes:
        """A key package for a knock."""
        return await self.key_packages.offer(Knock(self.identity, group_id, ticket), 0.0)

    async def sign(self, label: bytes, content: bytes) -> bytes:
        """Sign with our identity key, whatever it is."""
        return await sign_with_label(self.engine, self.suite, self.pair.private_key, label, content)

    async def speaker(self) -> Speaker:
        """A leaf key with a credential of our own."""
        vouched = await self.own.vouch()
        return Speaker(vouched.pair, vouched.credential.encode())


async def stranger(party: Company, name: str = "Mallory") -> Stranger:
    """One more with the invite, that has connected."""
    return await Stranger(party.network, party.invite, name).come()


@dataclass(frozen=True)
class Former:
    """F: the state of a group at the time of leaving it."""

    group: Group
    speaker: Speaker


async def keep_keys(person: HasRoom) -> Former:
    """A copy of all that a member has, which it keeps when it leaves, or which is stolen."""
    membership = membership_of(person)
    engine, settings = membership.group.engine, membership.group.settings
    group = await Group.import_state(engine, await membership.group.export_state(), settings)
    return Former(group, membership.speaker)


def notice(
    group_id: bytes = LOWEST_GROUP,
    *,
    epoch: int = 5,
    branch: bytes = bytes(16),
    members: int = 2,
    lets_in: bool = True,
    is_settled: bool = True,
    is_answer: bool = False,
) -> bytes:
    """A claim that there is a group."""
    return Notice(group_id, epoch, branch, members, lets_in, is_settled, is_answer).encode()


def tamper(person: Person, change: Callable[[Assembly], None]) -> None:
    """Let a page, which has not begun yet, be another one than ours."""
    task = task_of(person)
    prepare = task._prepare

    async def prepare_otherwise() -> Assembly:
        assembly = await prepare()
        change(assembly)
        return assembly

    task._prepare = prepare_otherwise


async def begin_the_best_group(mallory: Person, group_id: bytes = LOWEST_GROUP) -> Person:
    """D: the page begins a group with the best of all ids, or with one that is taken, lets all in, and stays there."""

    def change(assembly: Assembly) -> None:
        admission, packages = assembly.deciders.admission, assembly.parts.key_packages

        async def begin() -> Group:
            bundle, settings = await packages._bundle(), packages._settings
            return await Group.create(packages._engine, packages._suite, group_id, bundle, settings=settings)

        admission.next_step = lambda now: None if admission._inside or not admission._identity else Create()  # type: ignore[method-assign]
        admission._is_bound = lambda now: True  # type: ignore[method-assign]
        packages.begin = begin  # type: ignore[method-assign]

    tamper(mallory, change)
    return await mallory.join()


async def tell(member: HasRoom, body: Body, *to: Person) -> None:
    """M: a member says something in the group, to these or to all."""
    message = await membership_of(member).write(body)
    await parts_of(member).post.send(message, [person.identity for person in to] or None)


async def tell_in(group: Group, body: Body, forger: MemoryTransport) -> None:
    """Let an attacker with the keys of an epoch send a message to all in it."""
    for frame in split(Kind.GROUP, await group.encrypt(Payload(VERSION, body).encode())):
        await forger.send(frame)


def inject(network: MemoryNetwork, kind: Kind, payload: bytes, sender: str, *to: Person) -> None:
    """S: deliver a parcel that no member sent."""
    for frame in split(kind, payload):
        for person in to:
            network.inject(frame, sender, person.identity)


def play_again(network: MemoryNetwork, records: Iterable[Sent], *to: Person, sender: str = "") -> None:
    """S: deliver what crossed the network once more, in its sender's name or in another one."""
    for sent in list(records):
        for person in to:
            if is_frame(sent.data):
                network.inject(sent.data, sender or sent.sender, person.identity)
            else:
                person.transport.got_event(PeerAnnounced(sender or sent.sender, sent.data))


def is_frame(data: bytes) -> bool:
    """Whether this is a frame, and no announcement."""
    return data[1:2] in (bytes([Kind.DOOR]), bytes([Kind.GROUP])) and _assembles(data)


def _assembles(data: bytes) -> bool:
    try:
        Assembler().add(data, "")
    except Exception:
        return False
    return True


async def said_at_the_door(party: Company, kind: DoorKind) -> list[tuple[Said, Sent]]:
    """What holders of the invite can read of what crossed the network, the last frame of each parcel beside it."""
    door, assembler, said = Door(NativeEngine(), party.invite), Assembler(), []
    for sent in party.network.recorded:
        if not is_frame(sent.data):
            continue
        parcel = assembler.add(sent.data, sent.sender)
        if parcel and parcel.kind is Kind.DOOR:
            read = await door.open(parcel.payload, parcel.sender)
            if read.kind is kind:
                said.append((read, sent))
    return said


def frame_event(frame: bytes, sender: str) -> FrameReceived:
    """What a transport tells of a frame."""
    return FrameReceived(frame, sender)
