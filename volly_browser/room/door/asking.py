"""Questions for what was missed: signed by a member, and answered so that nobody else can read what is not for all.

A GroupInfo tells who is in the group.  Whoever has the invite can open what is said at the door, so a GroupInfo is
given to members only, encrypted to a key that the member made for this one question.
"""

from collections import deque

from volly_browser.crypto.engine import DecryptionFailed, Engine, InvalidKey
from volly_browser.errors import RemoteError
from volly_browser.mls.labels import (
    HPKECiphertext,
    SignatureKeyPair,
    all_valid,
    decrypt_with_label,
    encrypt_with_label,
    sign_with_label,
    verifying,
)
from volly_browser.mls.suites import CipherSuite
from volly_browser.room import labels
from volly_browser.room.identity.roster import Roster
from volly_browser.room.wire.structs import PassedEpoch, Resync, ResyncTBS

KEYS_LIMIT = 4
"""Questions of ours that an answer may still come for."""


class AnswerRefused(RemoteError):
    """An answer is to no question of ours."""


def to_be_signed(question: Resync, identity: str) -> bytes:
    """What the signature of a question from this transport identity covers."""
    return ResyncTBS(question.group_id, question.history, question.member_id, question.reply_key, identity).encode()


class Asking:
    """Makes and checks questions, seals and opens answers.

    Args:
        engine: computes.
        suite: of the room.
        member_id: ours.
    """

    def __init__(self, engine: Engine, suite: CipherSuite, member_id: bytes) -> None:
        self._engine = engine
        self._suite = suite
        self._member_id = member_id
        self._reply_keys: deque[bytes] = deque(maxlen=KEYS_LIMIT)

    async def question(
        self, group_id: bytes, history: tuple[PassedEpoch, ...], identity: str, signature_key: SignatureKeyPair
    ) -> Resync:
        """A question from us, at our transport identity."""
        seed = self._engine.random(self._suite.kem.private_key_length)
        pair = await self._suite.kem.derive_key_pair(self._engine, seed)
        self._reply_keys.append(pair.private_key)
        unsigned = Resync(group_id, history, self._member_id, pair.public_key, b"")
        content = to_be_signed(unsigned, identity)
        signature = await sign_with_label(self._engine, self._suite, signature_key.private_key, labels.RESYNC, content)
        return Resync(group_id, history, self._member_id, pair.public_key, signature)

    async def is_from_member(self, question: Resync, identity: str, roster: Roster) -> bool:
        """Whether the member that a question names has signed it at this transport identity."""
        key = roster.signature_key(question.member_id)
        if key is None:
            return False
        content = to_be_signed(question, identity)
        return await all_valid(self._engine, [verifying(self._suite, key, labels.RESYNC, content, question.signature)])

    async def answer(self, question: Resync, group_info: bytes) -> bytes:
        """A GroupInfo for who asked.  Raises InvalidKey."""
        [sealed] = await encrypt_with_label(
            self._engine, self._suite, labels.RESYNC, b"", [(question.reply_key, group_info)]
        )
        return sealed.encode()

    async def read_answer(self, answer: bytes) -> bytes:
        """The GroupInfo in an answer.  Raises AnswerRefused, DecodeError."""
        sealed = HPKECiphertext.decode(answer)
        for key in self._reply_keys:
            try:
                return await decrypt_with_label(
                    self._engine, self._suite, key, label=labels.RESYNC, context=b"", sealed=sealed
                )
            except (DecryptionFailed, InvalidKey):
                continue
        raise AnswerRefused("A GroupInfo came that answers no question of ours.")
