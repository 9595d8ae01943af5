"""Pre-shared keys (RFC 9420, section 8.4): finding them and chaining them into `psk_secret`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from volly_browser.mls.codec import Struct, Uint16
from volly_browser.mls.errors import MissingPsk
from volly_browser.mls.proposals import ExternalPsk, PreSharedKeyID
from volly_browser.mls.suites import CipherSuite


@dataclass(frozen=True, slots=True)
class PSKLabel(Struct):
    """Which key this is, and its place among the others."""

    id: PreSharedKeyID
    index: Uint16
    count: Uint16


ResumptionSecrets = Mapping[tuple[bytes, int], bytes]
"""The `resumption_psk` of each (group id, epoch) that is still kept."""


def find_psks(
    ids: Sequence[PreSharedKeyID], external: Mapping[bytes, bytes], resumption: ResumptionSecrets
) -> list[tuple[PreSharedKeyID, bytes]]:
    """Each id with its key, in the given order.

    Raises:
        MissingPsk: one of them is not there.
    """
    return [(psk_id, _find(psk_id, external, resumption)) for psk_id in ids]


def _find(psk_id: PreSharedKeyID, external: Mapping[bytes, bytes], resumption: ResumptionSecrets) -> bytes:
    named = psk_id.psk
    if isinstance(named, ExternalPsk):
        key, what = external.get(named.psk_id), f"the pre-shared key {named.psk_id.hex()}"
    else:
        key, what = resumption.get((named.psk_group_id, named.psk_epoch)), f"the key of epoch {named.psk_epoch}"
    if key is None:
        raise MissingPsk(f"This member does not have {what} that the group asks for (RFC 9420, section 8.4).")
    return key


def psk_secret(suite: CipherSuite, psks: Sequence[tuple[PreSharedKeyID, bytes]]) -> bytes:
    """`psk_secret`: all keys chained in their order; zeros where there are none."""
    secret = suite.zero
    for index, (psk_id, psk) in enumerate(psks):
        extracted = suite.extract(suite.zero, psk)
        label = PSKLabel(psk_id, index, len(psks)).encode()
        secret = suite.extract(suite.expand_with_label(extracted, b"derived psk", label, suite.hash_length), secret)
    return secret
