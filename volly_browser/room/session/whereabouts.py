"""Asks members about the group's epochs and answers them, so that members follow or change branch on proof alone."""

from collections.abc import Callable, Sequence

from volly_browser.room.door.questions import Questions
from volly_browser.room.events import MemberMisbehaved, Misbehaviour, RoomEvent
from volly_browser.room.group.branches import Branches, Proof
from volly_browser.room.group.catch_up import CatchUp
from volly_browser.room.group.commits import Stance
from volly_browser.room.group.membership import Membership
from volly_browser.room.group.throttle import Throttle
from volly_browser.room.identity.credential import Credential
from volly_browser.room.latest import Latest
from volly_browser.room.session.seat import Seat
from volly_browser.room.wire.door import DoorKind, Said
from volly_browser.room.wire.post import Post
from volly_browser.room.wire.structs import Answer, PassedEpoch, Question

ACCUSED_LIMIT = 4096
"""Members that are remembered as told of."""


class Whereabouts:
    """Sends and takes questions and answers.

    Args:
        seat: our membership.
        questions: makes and checks them.
        post: sends.
        catch_up: decides which identities to ask, and knows those of members.
        branches: takes proofs.
        throttle: limits our answers.
        emit: takes the room's events.
    """

    def __init__(
        self,
        seat: Seat,
        questions: Questions,
        post: Post,
        *,
        catch_up: CatchUp,
        branches: Branches,
        throttle: Throttle,
        emit: Callable[[RoomEvent], None],
    ) -> None:
        self._seat = seat
        self._questions = questions
        self._post = post
        self._catch_up = catch_up
        self._branches = branches
        self._throttle = throttle
        self._emit = emit
        self._accused = Latest[bytes, None](ACCUSED_LIMIT)

    async def ask(self, now: float) -> None:
        """Ask the members that seem to be in other epochs or branches.  Raises TransportError."""
        membership = self._seat.membership
        if membership is None:
            return
        for identity in self._catch_up.questions(now):
            self._catch_up.asked(identity, now)
            question = await self._questions.ask(
                membership.speaker,
                membership.group.group_id,
                membership.history,
                asking=self._post.identity,
                asked=identity,
                now=now,
            )
            await self._post.say(DoorKind.QUESTION, question.encode(), [identity])

    async def got_question(self, said: Said, now: float) -> None:
        """Answer a member's question.  Raises RemoteError, TransportError."""
        membership, question = self._seat.membership, Question.decode(said.content)
        if membership is None or question.group_id != membership.group.group_id:
            return
        if not self._throttle.take_turn(said.sender, now, is_member=self._catch_up.knows(said.sender)):
            return
        asking = await self._questions.check(question, said.sender, self._post.identity)
        is_met = self._seat.roster.has_met(asking.member_id)
        self._note_identity(asking, said.sender)
        if is_met and self._is_behind(membership, question):
            await self._send_orders(membership, question, said.sender, now)
        else:
            await self._answer(membership, question, said.sender)
            self._learn(membership, question.history, said.sender, now, is_met=is_met)
            self._accuse_of_split(membership, question.history, asking)

    @staticmethod
    def _is_behind(membership: Membership, question: Question) -> bool:
        last = question.history[-1]
        is_shared = membership.stance(last.epoch, last.branch) is Stance.SHARED
        return is_shared and membership.orders_after(question.history) is not None

    async def _send_orders(self, membership: Membership, question: Question, identity: str, now: float) -> None:
        orders = membership.orders_after(question.history) or []
        self._throttle.answered(sum(map(len, orders)), now)
        for order in orders:
            await self._post.send(order, [identity])

    async def _answer(self, membership: Membership, question: Question, identity: str) -> None:
        answer = await self._questions.answer(
            question,
            membership.speaker,
            membership.history,
            answering=self._post.identity,
            asking=identity,
        )
        await self._post.say(DoorKind.ANSWER, answer.encode(), [identity])

    def _learn(
        self, membership: Membership, history: Sequence[PassedEpoch], identity: str, now: float, *, is_met: bool
    ) -> None:
        """Take the asker's epoch as a hint: possibly it is we that have to follow or change branch."""
        match membership.stance(history[-1].epoch, history[-1].branch):
            case Stance.AHEAD:
                self._catch_up.saw_ahead(identity, history[-1].epoch, now, is_member=is_met)
            case Stance.FORKED | Stance.FORGOTTEN:  # possibly it split off long ago
                self._catch_up.saw_fork(identity, now, is_member=is_met)

    async def got_answer(self, said: Said, now: float) -> None:
        """Take the answer to a question of ours.  Raises RemoteError."""
        membership, answer = self._seat.membership, Answer.decode(said.content)
        if membership is None or answer.group_id != membership.group.group_id:
            return
        if not self._questions.expects(answer, said.sender, now):
            return
        credential = await self._questions.read(answer, said.sender, self._post.identity)
        self._note_identity(credential, said.sender)
        last = answer.history[-1]
        if membership.stance(last.epoch, last.branch) is not Stance.SHARED:
            self._proved(membership, credential, answer, now)

    def _proved(self, membership: Membership, credential: Credential, answer: Answer, now: float) -> None:
        roster, member_id = self._seat.roster, credential.member_id
        if self._is_in_use(credential):
            is_met = roster.has_met(member_id)
            shared = membership.members_of_last_shared(answer.history)
            self._branches.proved(Proof(member_id, answer.history, shared, is_met, now))
            self._accuse_of_split(membership, answer.history, credential)

    def _note_identity(self, credential: Credential, identity: str) -> None:
        """A member has signed that it is at this identity; if we have met it, it waits behind no stranger."""
        if self._seat.roster.has_met(credential.member_id) and self._is_in_use(credential):
            self._catch_up.reached_by(credential.member_id, identity)

    def _is_in_use(self, credential: Credential) -> bool:
        """Whether its member has signed with no later one."""
        return credential.claims.renewal >= self._seat.roster.used_renewal_of(credential.member_id)

    def _accuse_of_split(self, membership: Membership, history: Sequence[PassedEpoch], witness: Credential) -> None:
        """A member that gave out two orders for one epoch is told of once, beside the one that got the other order."""
        giver, roster = membership.split_by(history), self._seat.roster
        if giver is None or giver in (membership.company.me, *self._accused) or not roster.has_met(witness.member_id):
            return
        self._accused[giver] = None
        name, two_orders = roster.name_of(giver), Misbehaviour.TWO_ORDERS
        self._emit(MemberMisbehaved(giver.hex(), name, two_orders, witness.member_id.hex(), witness.name))
