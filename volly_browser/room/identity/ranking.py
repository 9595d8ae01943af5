"""The order of the members: how each commit changes it, and how it becomes a part of the epoch that it leads to.

The first in it sequences, so all members have to have the same.  A newcomer is told it by the member that lets it in,
which possibly lies.  Therefore each commit mixes in the invite's pre-shared key under a name that has a digest of the
order after it, which all that follow the commit have computed themselves (`group.commit_rules`): a newcomer told
another order than the others does not have their keys either.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence

from volly_browser.mls.proposals import ExternalPsk
from volly_browser.mls.psk import PskBundle
from volly_browser.room import labels


def ranking_after(ranking: Iterable[bytes], removed: Collection[bytes], added: Sequence[bytes]) -> tuple[bytes, ...]:
    """The order once some were removed and others added, who come last; one that is both comes last, too."""
    return (*(member_id for member_id in ranking if member_id not in removed and member_id not in added), *added)


def ranking_digest(ranking: Iterable[bytes]) -> bytes:
    """16 bytes that no other order has."""
    return hashlib.sha256(labels.RANKING + b"".join(ranking)).digest()[: labels.RANKING_DIGEST_LENGTH]


def psk_name(psk_id: bytes, digest: bytes) -> ExternalPsk:
    """What the pre-shared key of the invite is called in a commit that leads to an order with this digest."""
    return ExternalPsk(psk_id + digest)


def psk_with(psk_id: bytes, secret: bytes, digest: bytes) -> PskBundle:
    """The pre-shared key of the invite for that commit."""
    return PskBundle(psk_name(psk_id, digest), secret)
