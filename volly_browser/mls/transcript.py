"""Transcript hashes (RFC 9420, section 8.2) and the tag that confirms them (section 6.1)."""

from dataclasses import dataclass

from volly_browser.mls.codec import Opaque, Struct
from volly_browser.mls.framing import FramedContent
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.versions import Format, WireFormat


@dataclass(frozen=True, slots=True)
class ConfirmedTranscriptHashInput(Struct):
    """The part of a commit that the confirmed transcript hash covers."""

    wire_format: Format
    content: FramedContent
    signature: Opaque


@dataclass(frozen=True, slots=True)
class InterimTranscriptHashInput(Struct):
    """The part of a commit that only the interim transcript hash covers."""

    confirmation_tag: Opaque


def confirmed_transcript_hash(
    suite: CipherSuite, interim_before: bytes, wire_format: WireFormat, commit: FramedContent, signature: bytes
) -> bytes:
    """The confirmed transcript hash of the epoch that the commit begins."""
    return suite.hash(interim_before + ConfirmedTranscriptHashInput(wire_format, commit, signature).encode())


def interim_transcript_hash(suite: CipherSuite, confirmed: bytes, confirmation_tag: bytes) -> bytes:
    """The interim transcript hash of the same epoch."""
    return suite.hash(confirmed + InterimTranscriptHashInput(confirmation_tag).encode())
