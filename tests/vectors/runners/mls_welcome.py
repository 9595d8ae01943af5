"""welcome.json."""

from tests.vectors.runners.common import Case, Mismatch, expect, unhex, within
from tests.vectors.runners.mls_common import body_of
from tests.vectors.runners.shapes import HEX, UINT16, Record
from volly_browser.crypto.engine import Engine
from volly_browser.mls.key_package import KeyPackage, KeyPackageBundle
from volly_browser.mls.labels import SignatureKeyPair, all_valid
from volly_browser.mls.suites import suite_for
from volly_browser.mls.welcome import Welcome, open_welcome

SHAPE = Record(cipher_suite=UINT16, init_priv=HEX, signer_pub=HEX, key_package=HEX, welcome=HEX)


async def run(engine: Engine, case: Case) -> None:
    """Open a welcome and verify the group info in it."""
    suite = suite_for(case["cipher_suite"])
    init_private_key, signer_public_key = unhex(case, "init_priv", "signer_pub")
    with within("key_package"):
        key_package = body_of(case["key_package"])
        if not isinstance(key_package, KeyPackage):
            raise Mismatch("it is not a key package")
        expect(await all_valid(engine, key_package.verifications(suite)), True, "the validity of its signatures")
    bundle = KeyPackageBundle(suite, key_package, init_private_key, b"", SignatureKeyPair(b"", b""))
    with within("welcome"):
        welcome = body_of(case["welcome"])
        if not isinstance(welcome, Welcome):
            raise Mismatch("it is not a welcome")
        opened = await open_welcome(engine, welcome, [bundle], ())
        info = opened.group_info
        secrets = opened.member_secret.epoch_secrets(info.group_context)
        tag = secrets.confirmation_tag(suite, info.group_context.confirmed_transcript_hash)
        expect(tag, info.confirmation_tag, "the confirmation tag")
    signed = await all_valid(engine, [info.verification(suite, signer_public_key)])
    expect(signed, True, "the validity of the group info's signature by signer_pub")
