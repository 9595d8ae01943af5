"""Key packages, ours and those of others, and the groups that one gets into with them."""

import contextlib
from collections import deque
from collections.abc import Callable, Sequence

from volly_browser.crypto.engine import Engine
from volly_browser.errors import RemoteError
from volly_browser.mls.credentials import BasicCredential
from volly_browser.mls.errors import NotForUs
from volly_browser.mls.group import ExternalJoin, Group
from volly_browser.mls.key_package import KeyPackage, KeyPackageBundle
from volly_browser.mls.labels import SignatureKeyPair, all_valid
from volly_browser.mls.leaf_validation import LeafRules
from volly_browser.mls.proposals import ExternalPsk
from volly_browser.mls.psk import PskBundle
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import suite_for
from volly_browser.room import labels
from volly_browser.room.door.admission import Knock
from volly_browser.room.door.asking import Asking
from volly_browser.room.door.group_age import new_group_id
from volly_browser.room.door.knocks import Join
from volly_browser.room.door.rejoin import Offer
from volly_browser.room.door.rejoining import members_of
from volly_browser.room.identity.credential import Identity
from volly_browser.room.identity.names import clean_name
from volly_browser.room.identity.roster import Roster
from volly_browser.room.invite import Invite
from volly_browser.room.wire.structs import Hello, PassedEpoch, Resync

BUNDLES_LIMIT = 4
"""Key packages of ours that a Welcome may still come for."""

BUNDLE_LIFE = 60.0
"""Seconds for which it may."""

CLOCK_TOLERANCE = 3 * 24 * 3600
"""Seconds by which a key package is dated back, so that a wrong clock keeps nobody out; it lives for a week."""


KEY_PACKAGE_LIMIT = 32_000
"""Bytes of a key package at the door, which is kept until somebody checks it; a hybrid one has 11,000."""


class KnockRefused(RemoteError):
    """A key package at the door cannot be used for this room."""


class Entrance:
    """Who we are in this room, and what we need to get in.

    Args:
        engine: computes.
        invite: to the room.
        name: our display name.
        clock: seconds since 1970.
    """

    def __init__(self, engine: Engine, invite: Invite, name: str, clock: Callable[[], float]) -> None:
        self.engine = engine
        self.suite = suite_for(invite.policy)
        self.settings = Settings(clock=clock)
        self.psks = (PskBundle(ExternalPsk(invite.psk_id), invite.psk),)
        self.member_id = engine.random(labels.MEMBER_ID_LENGTH)
        self.name = clean_name(name)
        self._door_key = invite.door_key
        self._bundles: deque[tuple[KeyPackageBundle, float]] = deque(maxlen=BUNDLES_LIMIT)
        self._signature_key: SignatureKeyPair | None = None
        self.asking = Asking(engine, self.suite, self.member_id)

    async def begin(self) -> Group:
        """A new group with us alone in it."""
        nonce = self.engine.random(labels.GROUP_NONCE_LENGTH)
        group_id = new_group_id(self._door_key, nonce, self.settings.clock())
        return await Group.create(self.engine, self.suite, group_id, await self._bundle(0), settings=self.settings)

    async def hello(self, knock: Knock, now: float) -> Hello:
        """A knock with a fresh key package, which a Welcome may come for."""
        bundle = await self._bundle(knock.seniority)
        self._bundles.append((bundle, now + BUNDLE_LIFE))
        return Hello(knock.group_id, bundle.message)

    async def join(self, welcome: bytes) -> Group:
        """The group that a Welcome leads into.  Its key package, and those before it, are deleted.

        Raises:
            NotForUs: it is for none of our key packages.
            DecodeError, MlsError: it is malformed or not authentic.
        """
        for bundle, _ in tuple(self._bundles):
            with contextlib.suppress(NotForUs):
                group = await Group.join(self.engine, welcome, bundle, self.psks, settings=self.settings)
                while self._bundles.popleft()[0] is not bundle:
                    pass
                return group
        raise NotForUs("The Welcome is for none of our key packages (RFC 9420, section 12.4.3.1).")

    async def question(self, group_id: bytes, history: tuple[PassedEpoch, ...], identity: str) -> Resync:
        """A question for what we have missed, from us at our transport identity."""
        return await self.asking.question(group_id, history, identity, await self._own_key())

    async def rejoin(self, answer: bytes) -> Offer | None:
        """An external commit into our own place in a group; None where we are not in it any more.

        Raises:
            AnswerRefused: the answer is to no question of ours.
            UnexpectedMessage, DecodeError, MlsError: the group info in it is malformed or not authentic.
        """
        group_info, key = await self.asking.read_answer(answer), await self._own_key()
        mine = [member for member in members_of(self.suite, group_info) if member.signature_key == key.public_key]
        if not mine:
            return None
        bundle = await self._bundle(Identity.read(mine[0].identity).seniority)
        join = ExternalJoin(bundle, mine[0].leaf_index, self.psks)
        return Offer(*await Group.join_external(self.engine, group_info, join, settings=self.settings))

    def forget_expired(self, now: float) -> None:
        """Delete the key packages that nobody has answered."""
        while self._bundles and self._bundles[0][1] <= now:
            self._bundles.popleft()

    def read(self, hello: Hello, sender: str, roster: Roster) -> Join:
        """A knock of somebody else, all but its signatures checked.

        Raises:
            KnockRefused, IdentityError: the key package is unusable in this room.
            DecodeError, MlsError: it is malformed.
        """
        if len(hello.key_package) > KEY_PACKAGE_LIMIT:
            raise KnockRefused(f"A key package at the door has {len(hello.key_package)} bytes, which is too long.")
        key_package = KeyPackage.from_message(hello.key_package)
        LeafRules(self.suite, (), self.settings).check_key_package(key_package)
        credential = key_package.leaf_node.credential
        if not isinstance(credential, BasicCredential):
            raise KnockRefused("A key package at the door has no basic credential.")
        identity = Identity.read(credential.identity)
        if not roster.may_take(identity.member_id, key_package.leaf_node.signature_key):
            raise KnockRefused("Somebody at the door claims to be a member, with another key.")
        return Join(identity.member_id, identity.seniority, hello.group_id, hello.key_package, sender)

    async def forged(self, joins: Sequence[Join]) -> list[Join]:
        """Those among some knocks that have a wrong signature (RFC 9420, section 10.1)."""
        if await self._are_authentic(joins):
            return []
        return [join for join in joins if not await self._are_authentic([join])]

    async def _are_authentic(self, joins: Sequence[Join]) -> bool:
        key_packages = [KeyPackage.from_message(join.key_package) for join in joins]
        verifications = [item for package in key_packages for item in package.verifications(self.suite)]
        return await all_valid(self.engine, verifications)

    async def _own_key(self) -> SignatureKeyPair:
        if self._signature_key is None:
            self._signature_key = await SignatureKeyPair.generate(self.engine, self.suite)
        return self._signature_key

    async def _bundle(self, seniority: int) -> KeyPackageBundle:
        identity = Identity(self.member_id, seniority, self.name).encode()
        dated = self.settings.clock() - CLOCK_TOLERANCE
        return await KeyPackageBundle.generate(self.engine, self.suite, identity, await self._own_key(), dated)
