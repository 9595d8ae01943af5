"""Our key packages and those of newcomers, and joining a group by a Welcome."""

import contextlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from volly_browser.crypto.engine import Engine, Verify
from volly_browser.errors import RemoteError
from volly_browser.mls.codec import DecodeError
from volly_browser.mls.errors import NotForUs
from volly_browser.mls.events import ApplicationMessage
from volly_browser.mls.extensions import Extension
from volly_browser.mls.framing import ContentType
from volly_browser.mls.group import Group
from volly_browser.mls.key_package import KeyPackage, KeyPackageBundle
from volly_browser.mls.labels import all_valid
from volly_browser.mls.leaf_node import Lifetime
from volly_browser.mls.leaf_validation import LeafRules
from volly_browser.mls.messages import MLSMessage
from volly_browser.mls.settings import Settings
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.welcome import Welcome
from volly_browser.room import labels
from volly_browser.room.content.content import Ranking, read_payload
from volly_browser.room.door.knocks import Join
from volly_browser.room.door.openings import Openings
from volly_browser.room.identity.credential import Credential, OwnIdentity
from volly_browser.room.identity.ranking import psk_with, ranking_digest
from volly_browser.room.identity.roster import RankingRefused, RosterEntry
from volly_browser.room.identity.vouching import credential_of, vouching
from volly_browser.room.invite import Invite
from volly_browser.room.mimi import ContentError
from volly_browser.room.wire.structs import Knock, Welcomed

BUNDLES_LIMIT = 8
"""Key packages of ours that a Welcome can still use."""

BUNDLE_LIFE = 60.0
"""Seconds for which a Welcome can use a key package."""

ALWAYS = Lifetime(0, (1 << 64) - 1)
"""A key package's lifetime is unlimited: a knock proves by its ticket that it is fresh, and clocks can be years off."""

KEY_PACKAGE_LIMIT = 20_000
"""Bytes of a key package at the door; a hybrid one has some 17,000."""


class KnockRefused(RemoteError):
    """A key package at the door cannot be used for this room."""


class WelcomeRefused(RemoteError):
    """A Welcome opens, and is not to be followed."""


@dataclass(frozen=True, slots=True)
class ReadKnock:
    """A newcomer's knock, checked except for its signatures."""

    join: Join
    knock: Knock


@dataclass(frozen=True, slots=True)
class Joined:
    """A group that we can join.

    Attributes:
        group: the group.
        ranking: the ids of its members, the longest in the group first.
        by: the member that added us.
        bundle: our key package that it was done with.
    """

    group: Group
    ranking: tuple[bytes, ...]
    by: RosterEntry
    bundle: KeyPackageBundle


class KeyPackages:
    """Makes our key packages and opens Welcomes; reads and checks those of newcomers.

    Args:
        engine: computes.
        suite: of the room.
        settings: of its groups.
        invite: of the room.
        identity: ours.
    """

    def __init__(
        self,
        engine: Engine,
        suite: CipherSuite,
        settings: Settings,
        invite: Invite,
        *,
        identity: OwnIdentity,
    ) -> None:
        self._engine = engine
        self._suite = suite
        self._settings = settings
        self._invite = invite
        self._identity = identity
        self._bundles: deque[tuple[KeyPackageBundle, float]] = deque(maxlen=BUNDLES_LIMIT)
        self._openings = Openings()

    async def begin(self) -> Group:
        """Begin a group of which we are the only member."""
        group_id = self._engine.random(labels.GROUP_ID_LENGTH)
        return await Group.create(self._engine, self._suite, group_id, await self._bundle(), settings=self._settings)

    async def offer(self, knock: Knock, now: float) -> bytes:
        """Make a key package that a Welcome can use from now on; return it as an MLSMessage."""
        extension = Extension(labels.KNOCK_EXTENSION, knock.encode())
        bundle = await self._bundle(extension)
        self._bundles.append((bundle, now + BUNDLE_LIFE))
        self._openings.begin_again()
        return bundle.message

    async def join(self, welcomed: Welcomed, sender: str) -> Joined:
        """Open a Welcome and check all of it; `took` it if its group becomes ours.

        Until then its key package stays: another member possibly lets us in with it as well.

        Opening a Welcome takes long, so the sender of a bad one is ignored until our next knock, and no other is.  One
        that is not for us is recognised at once and does not count.

        Raises:
            NotForUs: it is for none of our key packages, or of a sender that is ignored.
            WelcomeRefused: its group cannot be named in what members say.
            DecodeError, MlsError, ContentError: it is malformed, not authentic, or lacks the invite's pre-shared key.
            RankingRefused: the order that it comes with is none of the group's members.
        """
        if not self._are_meant(welcomed.welcome):
            raise NotForUs("The Welcome is for none of our key packages (RFC 9420, section 12.4.3.1).")
        if not self._openings.take_turn(sender):
            raise NotForUs("A Welcome comes from a sender of one that was no good, or of many.")
        try:
            return await self._open(welcomed)
        except RemoteError:
            self._openings.failed(sender)
            raise

    async def _open(self, welcomed: Welcomed) -> Joined:
        psk = psk_with(self._invite.psk_id, self._invite.psk, welcomed.digest)
        for bundle, _ in tuple(self._bundles):
            with contextlib.suppress(NotForUs):
                group = await Group.join(self._engine, welcomed.welcome, bundle, (psk,), settings=self._settings)
                return await self._joined(group, welcomed, bundle)
        raise NotForUs("The Welcome is for none of our key packages (RFC 9420, section 12.4.3.1).")

    def _are_meant(self, message: bytes) -> bool:
        """Whether a Welcome names a key package of ours."""
        welcome = MLSMessage.decode(message).body
        ours = {bundle.reference for bundle, _ in self._bundles}
        return isinstance(welcome, Welcome) and any(entry.new_member in ours for entry in welcome.secrets)

    def took(self, joined: Joined) -> None:
        """Delete the key package of a Welcome, and those before it: we are in its group."""
        while self._bundles and self._bundles.popleft()[0] is not joined.bundle:
            pass
        self._openings.begin_again()

    async def _joined(self, group: Group, welcomed: Welcomed, bundle: KeyPackageBundle) -> Joined:
        _require_nameable(group)
        event = await group.process(welcomed.ranking, only=ContentType.APPLICATION)
        assert isinstance(event, ApplicationMessage)  # no other body has this content type
        body = read_payload(event.data).body
        if not isinstance(body, Ranking):
            raise ContentError("A Welcome comes without the order of the members.")
        if ranking_digest(body.members) != welcomed.digest:
            raise ContentError("A Welcome comes with another order of the members than that of the group.")
        ids = [Credential.read(self._suite, member.identity).member_id for member in group.members()]
        if sorted(body.members) != sorted(ids):
            raise RankingRefused("A Welcome comes with an order of other members than the group has.")
        return Joined(group, body.members, RosterEntry.of(self._suite, event.sender), bundle)

    def forget_expired(self, now: float) -> None:
        """Delete the key packages for which no Welcome came in time."""
        while self._bundles and self._bundles[0][1] <= now:
            self._bundles.popleft()

    def deadline(self) -> float | None:
        """Return when to call `forget_expired`."""
        return self._bundles[0][1] if self._bundles else None

    def read(self, message: bytes, sender: str) -> ReadKnock:
        """Read a newcomer's knock, and check all but its signatures.

        Raises:
            KnockRefused, CredentialError: the key package is unusable in this room.
            DecodeError, MlsError: it is malformed.
        """
        if len(message) > KEY_PACKAGE_LIMIT:
            raise KnockRefused(f"A key package at the door has {len(message)} bytes, which is too long.")
        key_package = KeyPackage.from_message(message)
        LeafRules(self._suite, (), self._settings).check_key_package(key_package)
        credential = credential_of(self._suite, key_package.leaf_node)
        knock = _knock_of(key_package)
        if knock.identity != sender:
            raise KnockRefused("A key package at the door was made for another connection.")
        join = Join(credential.member_id, credential.claims.renewal, message, sender)
        return ReadKnock(join, knock)

    async def forged(self, joins: Sequence[Join]) -> list[Join]:
        """Verify the signatures of knocks (RFC 9420, section 10.1); return those with a wrong one."""
        if await self._are_authentic(joins):
            return []
        return [join for join in joins if not await self._are_authentic([join])]

    async def _are_authentic(self, joins: Sequence[Join]) -> bool:
        key_packages = [KeyPackage.from_message(join.key_package) for join in joins]
        verifications: list[Verify] = []
        for package in key_packages:
            verifications += package.verifications(self._suite)
            verifications += vouching(self._suite, self._invite.room_id, package.leaf_node)
        return await all_valid(self._engine, verifications)

    async def _bundle(self, *extensions: Extension) -> KeyPackageBundle:
        vouched = await self._identity.vouch()
        return await KeyPackageBundle.generate(
            self._engine,
            self._suite,
            vouched.credential.encode(),
            vouched.pair,
            lifetime=ALWAYS,
            extensions=extensions,
        )


def _require_nameable(group: Group) -> None:
    """Raise WelcomeRefused unless the id and the epoch of a group fit all that its members say of it."""
    if len(group.group_id) != labels.GROUP_ID_LENGTH:
        raise WelcomeRefused(f"A Welcome leads into a group whose id has {len(group.group_id)} bytes.")
    if group.epoch > labels.EPOCH_LIMIT:
        raise WelcomeRefused(f"A Welcome leads into the epoch {group.epoch}, which no group reaches.")


def _knock_of(key_package: KeyPackage) -> Knock:
    extensions = key_package.extensions
    if [extension.extension_type for extension in extensions] != [labels.KNOCK_EXTENSION]:
        raise KnockRefused("A key package at the door does not say what for it was made.")
    try:
        return Knock.decode(extensions[0].extension_data)
    except DecodeError as error:
        raise KnockRefused(f"A key package at the door does not say well what for it was made. {error}") from error
