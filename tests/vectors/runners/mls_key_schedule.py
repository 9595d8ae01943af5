"""key-schedule.json."""

from tests.vectors.runners.common import Case, expect, unhex, within
from tests.vectors.runners.shapes import HEX, TEXT, UINT16, UINT32, Array, Record
from volly_browser.crypto.engine import Engine
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.key_schedule import MemberSecret, joiner_secret
from volly_browser.mls.suites import CipherSuite, suite_for
from volly_browser.mls.versions import ProtocolVersion

SECRETS = (
    "init_secret",
    "sender_data_secret",
    "encryption_secret",
    "exporter_secret",
    "epoch_authenticator",
    "external_secret",
    "confirmation_key",
    "membership_key",
    "resumption_psk",
)

EXPORTER = Record(label=TEXT, context=HEX, length=UINT32, secret=HEX)
EPOCH = Record(
    tree_hash=HEX,
    commit_secret=HEX,
    psk_secret=HEX,
    confirmed_transcript_hash=HEX,
    group_context=HEX,
    joiner_secret=HEX,
    welcome_secret=HEX,
    **dict.fromkeys(SECRETS, HEX),
    external_pub=HEX,
    exporter=EXPORTER,
)
SHAPE = Record(cipher_suite=UINT16, group_id=HEX, initial_init_secret=HEX, epochs=Array(EPOCH))


async def run(engine: Engine, case: Case) -> None:
    """A chain of epochs."""
    suite = suite_for(case["cipher_suite"])
    group_id, init_secret = unhex(case, "group_id", "initial_init_secret")
    for number, epoch in enumerate(case["epochs"]):
        with within(f"epochs[{number}]"):
            init_secret = await _run_epoch(engine, suite, _context(suite, group_id, number, epoch), init_secret, epoch)


def _context(suite: CipherSuite, group_id: bytes, number: int, epoch: Case) -> GroupContext:
    tree_hash, transcript_hash = unhex(epoch, "tree_hash", "confirmed_transcript_hash")
    context = GroupContext(ProtocolVersion.MLS10, suite.id, group_id, number, tree_hash, transcript_hash, ())
    expect(context.encode(), bytes.fromhex(epoch["group_context"]), "group_context")
    return context


async def _run_epoch(
    engine: Engine, suite: CipherSuite, context: GroupContext, init_secret: bytes, epoch: Case
) -> bytes:
    commit_secret, psk_secret = unhex(epoch, "commit_secret", "psk_secret")
    joiner = joiner_secret(suite, init_secret, commit_secret, context)
    expect(joiner, bytes.fromhex(epoch["joiner_secret"]), "joiner_secret")
    member_secret = MemberSecret.derive(suite, joiner, psk_secret)
    expect(member_secret.welcome_secret, bytes.fromhex(epoch["welcome_secret"]), "welcome_secret")
    secrets = member_secret.epoch_secrets(context)
    for name in SECRETS:
        expect(getattr(secrets, name), bytes.fromhex(epoch[name]), name)
    external = await secrets.external_key_pair(engine, suite)
    expect(external.public_key, bytes.fromhex(epoch["external_pub"]), "external_pub")
    exporter = epoch["exporter"]
    context_value, expected = unhex(exporter, "context", "secret")
    exported = secrets.export(suite, exporter["label"].encode(), context_value, exporter["length"])
    expect(exported, expected, "exporter.secret")
    return secrets.init_secret
