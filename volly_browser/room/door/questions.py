"""Questions about the group's epochs, and answers: signed, bound to both connections, and fresh.

A question proves the asker's identity to the member that is asked.  An answer proves to the asker which member answers
and which epoch it is in at that time, since it repeats the question's random nonce.  Both are sent at the door, since
the asker is in another epoch, so holders of the invite can read them: ids and epoch numbers, but no content.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from volly_browser.crypto.engine import PUBLIC_KEY_LENGTH, Engine, Verify
from volly_browser.errors import RemoteError
from volly_browser.mls.labels import SignatureKeyPair, all_valid, sign_with_label, verifying
from volly_browser.mls.suites import CipherSuite
from volly_browser.room import labels
from volly_browser.room.identity.credential import Credential
from volly_browser.room.latest import Latest
from volly_browser.room.wire.structs import Answer, PassedEpoch, Question, QuestionTBS, Voucher

OPEN_LIMIT = 192
"""Questions of ours that can still be answered; more than are asked in `OPEN_SECONDS`, so that none ends another."""

OPEN_SECONDS = 10.0
"""Seconds for which a question can be answered."""

HISTORY_LIMIT = 64
"""Epochs that a question or an answer can name."""


class QuestionRefused(RemoteError):
    """A question or an answer is not what it claims to be."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """The key of our leaf, with which we sign, and the credential that vouches for it."""

    pair: SignatureKeyPair
    credential: bytes

    @property
    def voucher(self) -> Voucher:
        """What others need to check our signature."""
        return Voucher(self.credential, self.pair.public_key)


class Questions:
    """Makes and checks questions and answers.

    Args:
        engine: computes.
        suite: of the room.
        room_id: of the room.
    """

    def __init__(self, engine: Engine, suite: CipherSuite, room_id: str) -> None:
        self._engine = engine
        self._suite = suite
        self._room_id = room_id
        self._open = Latest[bytes, tuple[str, float]](OPEN_LIMIT)

    async def ask(
        self,
        speaker: Speaker,
        group_id: bytes,
        history: Sequence[PassedEpoch],
        *,
        asking: str,
        asked: str,
        now: float,
    ) -> Question:
        """Make a question from our identity `asking` to the identity `asked`."""
        nonce = self._engine.random(labels.QUESTION_NONCE_LENGTH)
        self._open[nonce] = (asked, now + OPEN_SECONDS)
        latest = tuple(history[-HISTORY_LIMIT:])
        tbs = QuestionTBS(self._room_id, asking, asked, group_id, latest, nonce)
        signature = await self._sign(speaker, labels.QUESTION, tbs.encode())
        return Question(speaker.voucher, group_id, latest, nonce, signature)

    async def check(self, question: Question, asking: str, asked: str) -> Credential:
        """Check a question; return which member asks.  Raises QuestionRefused, CredentialError."""
        _check_history(question.history)
        tbs = QuestionTBS(self._room_id, asking, asked, question.group_id, question.history, question.nonce)
        return await self._check(question.voucher, labels.QUESTION, tbs.encode(), question.signature)

    async def answer(
        self,
        question: Question,
        speaker: Speaker,
        history: Sequence[PassedEpoch],
        *,
        answering: str,
        asking: str,
    ) -> Answer:
        """Make our answer, from the identity `answering`."""
        latest = tuple(history[-HISTORY_LIMIT:])
        tbs = QuestionTBS(self._room_id, answering, asking, question.group_id, latest, question.nonce)
        signature = await self._sign(speaker, labels.ANSWER, tbs.encode())
        return Answer(speaker.voucher, question.group_id, latest, question.nonce, signature)

    def expects(self, answer: Answer, answering: str, now: float) -> bool:
        """Whether a message answers an open question of ours to this identity."""
        asked, until = self._open.get(answer.nonce, ("", now))
        return asked == answering and now < until

    async def read(self, answer: Answer, answering: str, asking: str) -> Credential:
        """Check an answer, of which each question takes one; return which member answers.

        Raises QuestionRefused, CredentialError.
        """
        if self._open.pop(answer.nonce, None) is None:
            raise QuestionRefused("An answer is to no question of ours.")
        _check_history(answer.history)
        tbs = QuestionTBS(self._room_id, answering, asking, answer.group_id, answer.history, answer.nonce)
        return await self._check(answer.voucher, labels.ANSWER, tbs.encode(), answer.signature)

    async def _sign(self, speaker: Speaker, label: bytes, content: bytes) -> bytes:
        return await sign_with_label(self._engine, self._suite, speaker.pair.private_key, label, content)

    async def _check(self, voucher: Voucher, label: bytes, content: bytes, signature: bytes) -> Credential:
        credential = Credential.read(self._suite, voucher.credential)
        if len(voucher.leaf_key) != PUBLIC_KEY_LENGTH[self._suite.signature]:
            raise QuestionRefused("The leaf key of a voucher has a wrong length.")
        checks: list[Verify] = [
            credential.verification(self._suite, self._room_id, voucher.leaf_key),
            verifying(self._suite, voucher.leaf_key, label, content, signature),
        ]
        if not await all_valid(self._engine, checks):
            raise QuestionRefused("A question or an answer has a wrong signature.")
        return credential


def _check_history(history: Sequence[PassedEpoch]) -> None:
    if not 0 < len(history) <= HISTORY_LIMIT:
        raise QuestionRefused(f"A history has {len(history)} epochs; 1 to {HISTORY_LIMIT} are right.")
