"""Welcome (RFC 9420, section 12.4.3.1): brings newcomers the secrets of the epoch that adds them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from volly_browser.crypto.engine import DecryptionFailed, Engine, InvalidKey, Open, Seal, run_one
from volly_browser.mls.codec import Opaque, Struct, Uint16, Vector
from volly_browser.mls.errors import InvalidWelcome, NotForUs
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.key_package import KeyPackage, KeyPackageBundle
from volly_browser.mls.key_schedule import MemberSecret
from volly_browser.mls.labels import HPKECiphertext, decrypt_with_label, encrypt_with_label
from volly_browser.mls.proposals import MAX_PSKS, PreSharedKeyID, ResumptionPsk, ResumptionUsage
from volly_browser.mls.psk import PskBundle, find_psks, psk_secret

WELCOME_LABEL = b"Welcome"


@dataclass(frozen=True, slots=True)
class PathSecret(Struct):
    """The path secret of the lowest node above both the committer and the newcomer."""

    path_secret: Opaque


@dataclass(frozen=True, slots=True)
class GroupSecrets(Struct):
    """The secrets for one newcomer."""

    joiner_secret: Opaque = field(repr=False)
    path_secret: PathSecret | None = field(repr=False)
    psks: Vector[PreSharedKeyID]


@dataclass(frozen=True, slots=True)
class EncryptedGroupSecrets(Struct):
    """The secrets for the owner of one key package."""

    new_member: Opaque
    encrypted_group_secrets: HPKECiphertext


@dataclass(frozen=True, slots=True)
class Welcome(Struct):
    """The secrets for each newcomer, and the group info for all of them."""

    cipher_suite: Uint16
    secrets: Vector[EncryptedGroupSecrets]
    encrypted_group_info: Opaque


@dataclass(frozen=True, slots=True)
class OpenedWelcome:
    """What a newcomer finds in a welcome; nothing of it is verified yet."""

    bundle: KeyPackageBundle
    group_secrets: GroupSecrets
    member_secret: MemberSecret
    group_info: GroupInfo


async def seal_welcome(
    engine: Engine,
    member_secret: MemberSecret,
    group_info: GroupInfo,
    newcomers: Sequence[tuple[KeyPackage, GroupSecrets]],
) -> Welcome:
    """Seal one welcome for all newcomers of a commit; three awaits.

    Raises:
        InvalidKey: the init key of a newcomer is malformed.
    """
    suite = member_secret.suite
    key, nonce = member_secret.welcome_key_and_nonce()
    encrypted_group_info = await run_one(engine, Seal(key, nonce, b"", group_info.encode()))
    recipients = [(key_package.init_key, secrets.encode()) for key_package, secrets in newcomers]
    sealed = await encrypt_with_label(engine, suite, WELCOME_LABEL, encrypted_group_info, recipients)
    secrets = tuple(
        EncryptedGroupSecrets(key_package.reference(suite), ciphertext)
        for (key_package, _), ciphertext in zip(newcomers, sealed, strict=True)
    )
    return Welcome(suite.id, secrets, encrypted_group_info)


async def open_welcome(
    engine: Engine,
    welcome: Welcome,
    bundles: Sequence[KeyPackageBundle],
    psks: Sequence[PskBundle],
    optional_psks: Sequence[PskBundle] = (),
) -> OpenedWelcome:
    """Find and open the secrets that a welcome has for one of our key packages; three awaits.

    Args:
        engine: decrypts.
        welcome: the message.
        bundles: our key packages.
        psks: pre-shared keys, each of which must be mixed into the epoch.
        optional_psks: those that possibly are.

    Raises:
        NotForUs: none of the key packages is meant.
        InvalidWelcome: what is encrypted to us does not open, asks for pre-shared keys in a forbidden way, or lacks one
            of `psks`.
        MissingPsk: a pre-shared key is not there.
        DecodeError: what is encrypted is malformed.
    """
    bundle, sealed = _find_entry(welcome, bundles)
    secrets = await _open_group_secrets(engine, welcome, bundle, sealed)
    _check_psk_ids(secrets.psks)
    found = find_psks(secrets.psks, (*psks, *optional_psks))
    if not all(any(psk.is_called(item.psk) for item in secrets.psks) for psk in psks):
        raise InvalidWelcome("The group was entered without a pre-shared key that must be mixed in (RFC 9420, 8.4).")
    member_secret = MemberSecret.derive(bundle.suite, secrets.joiner_secret, psk_secret(bundle.suite, found))
    group_info = await _open_group_info(engine, welcome, member_secret)
    return OpenedWelcome(bundle, secrets, member_secret, group_info)


def _find_entry(welcome: Welcome, bundles: Sequence[KeyPackageBundle]) -> tuple[KeyPackageBundle, HPKECiphertext]:
    ours = {bundle.reference: bundle for bundle in bundles if bundle.suite.id == welcome.cipher_suite}
    for entry in welcome.secrets:
        if entry.new_member in ours:
            return ours[entry.new_member], entry.encrypted_group_secrets
    raise NotForUs("The welcome is for none of our key packages (RFC 9420, section 12.4.3.1).")


async def _open_group_secrets(
    engine: Engine, welcome: Welcome, bundle: KeyPackageBundle, sealed: HPKECiphertext
) -> GroupSecrets:
    try:
        encoded = await decrypt_with_label(
            engine,
            bundle.suite,
            bundle.init_private_key,
            label=WELCOME_LABEL,
            context=welcome.encrypted_group_info,
            sealed=sealed,
        )
    except (DecryptionFailed, InvalidKey) as error:
        raise InvalidWelcome("The secrets in the welcome do not open (RFC 9420, section 12.4.3.1).") from error
    return GroupSecrets.decode(encoded)


def _check_psk_ids(psk_ids: Sequence[PreSharedKeyID]) -> None:
    if any(_usage(item) in (ResumptionUsage.REINIT, ResumptionUsage.BRANCH) for item in psk_ids):
        raise InvalidWelcome("The group continues another in a way that is not supported (RFC 9420, section 11).")
    if len(set(psk_ids)) != len(psk_ids) or len(psk_ids) > MAX_PSKS:
        raise InvalidWelcome("The welcome names its pre-shared keys wrongly (RFC 9420, section 12.4.3.1).")


def _usage(psk_id: PreSharedKeyID) -> ResumptionUsage | None:
    return psk_id.psk.usage if isinstance(psk_id.psk, ResumptionPsk) else None


async def _open_group_info(engine: Engine, welcome: Welcome, member_secret: MemberSecret) -> GroupInfo:
    key, nonce = member_secret.welcome_key_and_nonce()
    try:
        encoded = await run_one(engine, Open(key, nonce, b"", welcome.encrypted_group_info))
    except DecryptionFailed as error:
        raise InvalidWelcome(
            "The group info does not open: it was changed, or a pre-shared key is another one "
            "(RFC 9420, section 12.4.3.1)."
        ) from error
    return GroupInfo.decode(encoded)
