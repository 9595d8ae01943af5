"""Puts the parts of a room together: each gets its neighbours, and nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from volly_browser.crypto.engine import Engine
from volly_browser.mls.group import Group
from volly_browser.mls.labels import SignatureKeyPair
from volly_browser.mls.suites import suite_for
from volly_browser.room import labels
from volly_browser.room.content.content import Numbered
from volly_browser.room.delivery.exchange import Exchange, Keep
from volly_browser.room.door.admission import Admission
from volly_browser.room.door.key_packages import KeyPackages
from volly_browser.room.door.questions import Questions
from volly_browser.room.events import RoomEvent
from volly_browser.room.group.branches import Branches
from volly_browser.room.group.catch_up import CatchUp
from volly_browser.room.group.commit_rules import CommitRules
from volly_browser.room.group.membership import Membership
from volly_browser.room.group.refresh import Refresh
from volly_browser.room.group.sequencer import Sequencer
from volly_browser.room.group.settings import settings_of
from volly_browser.room.group.throttle import Throttle
from volly_browser.room.identity.credential import OwnIdentity
from volly_browser.room.identity.roster import Reachability, Roster
from volly_browser.room.invite import Invite
from volly_browser.room.machine import Machine
from volly_browser.room.mimi import Content
from volly_browser.room.presence.attendance import Attendance
from volly_browser.room.presence.reading import OwnReading
from volly_browser.room.presence.removals import Removals
from volly_browser.room.presence.typing import OwnTyping
from volly_browser.room.session.doorway import Doorway
from volly_browser.room.session.early import Early
from volly_browser.room.session.inside import Inside
from volly_browser.room.session.leaving import Leaving
from volly_browser.room.session.ordering import Ordering
from volly_browser.room.session.past import Past
from volly_browser.room.session.protocol import Deciders, Parts, Protocol
from volly_browser.room.session.reader import Reader
from volly_browser.room.session.seat import Seat
from volly_browser.room.session.whereabouts import Whereabouts
from volly_browser.room.session.will import Will
from volly_browser.room.timing import Timing
from volly_browser.room.wire.announcer import Announcer
from volly_browser.room.wire.door import Door
from volly_browser.room.wire.post import Post
from volly_browser.transport.contract import Transport


@dataclass(frozen=True, slots=True)
class Assembly:
    """The parts of a room.

    Attributes:
        member_id: ours, 16 bytes.
        protocol: runs in the room's task.
        parts, deciders: those of the protocol.
        announcer: runs in a task of its own.
    """

    member_id: bytes
    protocol: Protocol
    parts: Parts
    deciders: Deciders
    announcer: Announcer


async def assemble(
    invite: Invite,
    transport: Transport,
    engine: Engine,
    name: str,
    *,
    clock: Callable[[], float],
    timing: Timing,
    emit: Callable[[RoomEvent], None],
    choose_other: bool | None,
    history: int | None = None,
) -> Assembly:
    """Make a new identity, and a room around it; see `room.Room` for the arguments."""
    suite = suite_for(invite.policy)
    pair = await SignatureKeyPair.generate(engine, suite)
    identity = OwnIdentity(engine, suite, invite.room_id, name, pair)
    roster = Roster(suite)
    rules = CommitRules(suite, invite.psk_id, roster)
    settings = settings_of(suite, invite.room_id, clock, rules.judge, rules.judge_members)
    announcer = Announcer(transport, timing)
    post = Post(transport, Door(engine, invite), announcer)
    seat = Seat(roster)
    key_packages = KeyPackages(engine, suite, settings, invite, identity=identity)

    def keep(sender: bytes, name: str, numbered: Numbered, message_id: bytes, content: Content) -> None:
        past.keep(sender, name, numbered, message_id, content)

    deciders = _deciders(invite.room_id, identity.member_id, engine, timing, emit=emit, clock=clock, keep=keep)
    past = _past(
        invite,
        history,
        seat,
        post,
        reachability=deciders.reachability,
        member_id=identity.member_id,
        timing=timing,
        emit=emit,
        clock=clock,
    )
    throttle = Throttle(timing)
    early = Early(timing)
    machines: tuple[Machine, ...] = (
        deciders.reachability,
        deciders.sequencer,
        deciders.refresh,
        deciders.catch_up,
        deciders.branches,
        deciders.attendance,
        deciders.removals,
        deciders.exchange,
        deciders.admission,
        deciders.will,
        deciders.reading,
        early,
        *past.machines,
    )

    def sit_down(group: Group, ranking: Sequence[bytes]) -> Membership:
        return Membership(group, ranking, roster, invite, identity=identity, rules=rules)

    doorway = Doorway(
        seat,
        key_packages,
        post,
        admission=deciders.admission,
        sequencer=deciders.sequencer,
        catch_up=deciders.catch_up,
        reachability=deciders.reachability,
        throttle=throttle,
        members_throttle=Throttle(timing),
    )
    inside = Inside(
        seat,
        sit_down,
        doorway,
        post,
        machines=machines,
        admission=deciders.admission,
        sequencer=deciders.sequencer,
        branches=deciders.branches,
        refresh=deciders.refresh,
        attendance=deciders.attendance,
        removals=deciders.removals,
        exchange=deciders.exchange,
        reachability=deciders.reachability,
        early=early,
        emit=emit,
        clock=clock,
    )
    ordering = Ordering(
        seat,
        key_packages,
        doorway,
        inside,
        post,
        sequencer=deciders.sequencer,
        refresh=deciders.refresh,
        catch_up=deciders.catch_up,
        reachability=deciders.reachability,
        emit=emit,
    )
    reader = Reader(
        seat,
        ordering,
        exchange=deciders.exchange,
        admission=deciders.admission,
        sequencer=deciders.sequencer,
        attendance=deciders.attendance,
        removals=deciders.removals,
        reachability=deciders.reachability,
        catch_up=deciders.catch_up,
        branches=deciders.branches,
        early=early,
        past=past,
        emit=emit,
    )
    whereabouts = Whereabouts(
        seat,
        Questions(engine, suite, invite.room_id),
        post,
        catch_up=deciders.catch_up,
        branches=deciders.branches,
        throttle=throttle,
        emit=emit,
    )
    parts = Parts(seat, key_packages, post, doorway, inside, ordering, reader, whereabouts, past)
    protocol = Protocol(parts, deciders, machines, emit, member_id=identity.member_id, choose_other=choose_other)
    return Assembly(identity.member_id, protocol, parts, deciders, announcer)


def _past(
    invite: Invite,
    history: int | None,
    seat: Seat,
    post: Post,
    *,
    reachability: Reachability,
    member_id: bytes,
    timing: Timing,
    emit: Callable[[RoomEvent], None],
    clock: Callable[[], float],
) -> Past:
    """Make what tells newcomers what was said before, if this room does that."""
    passes_on, takes = (invite.history, invite.history) if history is None else (history, labels.HISTORY_LIMIT)
    if not takes:
        return Past()
    from volly_browser.room.session.historian import open_historian  # noqa: PLC0415 - most rooms do without

    return open_historian(
        seat,
        post,
        passes_on=passes_on,
        takes=takes,
        room_id=invite.room_id,
        reachability=reachability,
        member_id=member_id,
        timing=timing,
        emit=emit,
        clock=clock,
    )


def _deciders(
    room_id: str,
    member_id: bytes,
    engine: Engine,
    timing: Timing,
    *,
    emit: Callable[[RoomEvent], None],
    clock: Callable[[], float],
    keep: Keep,
) -> Deciders:
    def chance() -> float:
        return int.from_bytes(engine.random(4), "big") / (1 << 32)

    return Deciders(
        admission=Admission(timing, chance),
        sequencer=Sequencer(timing, member_id),
        catch_up=CatchUp(timing),
        branches=Branches(timing),
        refresh=Refresh(timing, chance),
        attendance=Attendance(timing),
        removals=Removals(timing),
        exchange=Exchange(room_id, member_id, timing, emit, chance=chance, clock=clock, keep=keep),
        reachability=Reachability(),
        leaving=Leaving(timing),
        typing=OwnTyping(timing),
        reading=OwnReading(timing),
        will=Will(timing),
    )
