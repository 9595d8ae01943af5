"""Every label of a derivation, and the sizes of what is on the wire.

Bounds on what is taken are beside what takes it, all of them in docs/limits.md.

Each derivation names its purpose by one of these labels.  A change in meaning takes a new label, never a new use of an
old one.
"""

INVITE_VERSION = 1
"""The version of the link to a room in which newcomers are told nothing of what was said before."""

HISTORY_INVITE_VERSION = 2
"""The version of the link to a room in which they are; it says how many messages."""

VERSION = 2
"""The version of everything on the wire."""

HASH = "sha384"
"""The hash of every derivation outside MLS."""

ROOM_ID = b"volly/v1/room id"
DOOR_KEY = b"volly/v1/door key"
EXTERNAL_PSK = b"volly/v1/external psk"
EXTERNAL_PSK_ID = b"volly/v1/external psk id"
INVITE_CHECK = b"volly/v1/invite check"
ROOM_NAME = b"volly/v1/room by name"
DOOR_SEAL = b"volly/v2/door seal"
MEMBER_ID = b"volly/v2/member id"
LEAF = b"volly/v2/leaf"
QUESTION = b"volly/v2/question"
ANSWER = b"volly/v2/answer"
CHAIN = b"volly/v2/chain"
RANKING = b"volly/v2/ranking"
SHARED_SECRET = "volly/v1/shared secret"
BRANCH = "volly/v1/branch"

KNOCK_EXTENSION = 0xF0A1
"""The key package extension that has the Knock; from the private-use range (RFC 9420, section 17.3)."""

INVITE_SECRET_LENGTH = 32
INVITE_CHECK_LENGTH = 3
INVITE_HISTORY_LENGTH = 2
HISTORY_INVITE_CHECK_LENGTH = 4
ROOM_ID_LENGTH = 16
DOOR_KEY_LENGTH = 32
PSK_LENGTH = 32
SHARED_SECRET_LENGTH = 32
MEMBER_ID_LENGTH = 16
GROUP_ID_LENGTH = 16
DIGEST_LENGTH = 16
BRANCH_LENGTH = 16
CHAIN_LENGTH = 16
RANKING_DIGEST_LENGTH = 16
QUESTION_NONCE_LENGTH = 16
SALT_LENGTH = 16
MESSAGE_ID_LENGTH = 32

NAME_LIMIT = 64
"""Graphemes of a display name, each of which looks like one letter."""

NAME_BYTES_LIMIT = 4 * NAME_LIMIT
"""Bytes of a display name in UTF-8."""

TOPIC_LIMIT = 200
"""Graphemes of the topic of a room."""

TOPIC_BYTES_LIMIT = 4 * TOPIC_LIMIT
"""Bytes of the topic of a room in UTF-8."""

TEXT_BYTES_LIMIT = 64_000
"""Bytes of one text in UTF-8."""

HISTORY_LIMIT = 500
"""Messages from before it came that a newcomer is told at most."""

ROOM_LIMIT = 200
"""People in a room: the Welcome for one more would still fit a parcel."""

EPOCH_LIMIT = 1 << 32
"""The highest epoch in which a group is entered: two commits a second lead there in 68 years, and what is counted from
it (`delivery.lamports`) fits its field for any number of commits beyond."""

PARCEL_LIMIT = 1 << 22
"""Bytes of the largest parcel: a hybrid Welcome to a group of 200 has three quarters of it."""
