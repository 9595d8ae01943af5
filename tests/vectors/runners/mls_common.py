"""What the runners of MLS vectors share beyond `common`."""

from tests.vectors.runners.common import expect
from volly_browser.mls.codec import Struct
from volly_browser.mls.messages import MLSMessage


def body_of(message: str) -> Struct:
    """What an encoded MLSMessage carries; it must also encode to the same bytes."""
    encoded = bytes.fromhex(message)
    decoded = MLSMessage.decode(encoded)
    expect(decoded.encode(), encoded, "the encoding of a message")
    return decoded.body
