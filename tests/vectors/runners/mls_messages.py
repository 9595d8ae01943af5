"""messages.json: every struct decodes, and encodes to the same bytes."""

from typing import Any

from tests.vectors.runners.common import Case, expect, within
from tests.vectors.runners.mls_common import body_of
from tests.vectors.runners.shapes import HEX, Record
from volly_browser.crypto.engine import Engine
from volly_browser.mls.codec import codec_for
from volly_browser.mls.commit import Commit
from volly_browser.mls.framing import ContentType
from volly_browser.mls.group_info import GroupInfo
from volly_browser.mls.key_package import KeyPackage
from volly_browser.mls.private_message import PrivateMessage
from volly_browser.mls.proposals import (
    Add,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    ReInit,
    Remove,
    Update,
)
from volly_browser.mls.public_message import PublicMessage
from volly_browser.mls.ratchet_tree import RATCHET_TREE
from volly_browser.mls.welcome import GroupSecrets, Welcome

MESSAGES = {
    "mls_welcome": Welcome,
    "mls_group_info": GroupInfo,
    "mls_key_package": KeyPackage,
    "public_message_application": PublicMessage,
    "public_message_proposal": PublicMessage,
    "public_message_commit": PublicMessage,
    "private_message": PrivateMessage,
}

STRUCTS: dict[str, Any] = {
    "group_secrets": GroupSecrets,
    "add_proposal": Add,
    "update_proposal": Update,
    "remove_proposal": Remove,
    "pre_shared_key_proposal": PreSharedKey,
    "re_init_proposal": ReInit,
    "external_init_proposal": ExternalInit,
    "group_context_extensions_proposal": GroupContextExtensions,
    "commit": Commit,
}

SHAPE = Record(**dict.fromkeys((*MESSAGES, *STRUCTS, "ratchet_tree"), HEX))


async def run(engine: Engine, case: Case) -> None:
    """Every field of the case."""
    for name, kind in MESSAGES.items():
        with within(name):
            body = body_of(case[name])
            expect(type(body).__name__, kind.__name__, "its body")
            if isinstance(body, PublicMessage):
                expect(body.content.content_type, ContentType[name.rsplit("_", 1)[1].upper()], "its content type")
    codecs = {name: codec_for(struct) for name, struct in STRUCTS.items()} | {"ratchet_tree": RATCHET_TREE}
    for name, codec in codecs.items():
        encoded = bytes.fromhex(case[name])
        with within(name):
            expect(codec.encode(codec.decode(encoded)), encoded, "its encoding")
