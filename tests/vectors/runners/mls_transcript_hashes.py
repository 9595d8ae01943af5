"""transcript-hashes.json."""

from tests.vectors.runners.common import Case, Mismatch, expect, unhex, within
from tests.vectors.runners.shapes import HEX, UINT16, Record
from volly_browser.crypto.engine import Engine
from volly_browser.mls.commit import Commit
from volly_browser.mls.framing import AuthenticatedContent, CommitAuthData
from volly_browser.mls.suites import suite_for
from volly_browser.mls.transcript import confirmed_transcript_hash, interim_transcript_hash

SHAPE = Record(
    cipher_suite=UINT16,
    confirmation_key=HEX,
    authenticated_content=HEX,
    interim_transcript_hash_before=HEX,
    confirmed_transcript_hash_after=HEX,
    interim_transcript_hash_after=HEX,
)


async def run(engine: Engine, case: Case) -> None:
    """One step of both hashes, and the tag that confirms it."""
    suite = suite_for(case["cipher_suite"])
    encoded, before = unhex(case, "authenticated_content", "interim_transcript_hash_before")
    with within("authenticated_content"):
        message = AuthenticatedContent.decode(encoded)
        expect(message.encode(), encoded, "its encoding")
    if not isinstance(message.content.content, Commit) or not isinstance(message.auth, CommitAuthData):
        raise Mismatch("authenticated_content is not a commit")
    confirmed = confirmed_transcript_hash(suite, before, message.wire_format, message.content, message.auth.signature)
    expect(confirmed, bytes.fromhex(case["confirmed_transcript_hash_after"]), "confirmed_transcript_hash_after")
    key = bytes.fromhex(case["confirmation_key"])
    expect(
        suite.mac_is_valid(key, confirmed, message.auth.confirmation_tag),
        True,
        "authenticated_content: the validity of the confirmation tag",
    )
    interim = interim_transcript_hash(suite, confirmed, message.auth.confirmation_tag)
    expect(interim, bytes.fromhex(case["interim_transcript_hash_after"]), "interim_transcript_hash_after")
