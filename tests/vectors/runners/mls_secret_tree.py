"""secret-tree.json."""

from tests.vectors.runners.common import Case, Mismatch, expect, unhex, within
from tests.vectors.runners.shapes import HEX, UINT16, UINT32, Array, Record
from volly_browser.crypto.engine import Engine
from volly_browser.mls.private_message import sender_data_key_and_nonce
from volly_browser.mls.secret_tree import RatchetType, SecretTree
from volly_browser.mls.suites import suite_for
from volly_browser.mls.tree_math import node_width, perfect_width

GENERATION = Record(
    generation=UINT32, handshake_key=HEX, handshake_nonce=HEX, application_key=HEX, application_nonce=HEX
)
SHAPE = Record(
    cipher_suite=UINT16,
    sender_data=Record(sender_data_secret=HEX, ciphertext=HEX, key=HEX, nonce=HEX),
    encryption_secret=HEX,
    leaves=Array(Array(GENERATION)),
)


async def run(engine: Engine, case: Case) -> None:
    """Sender data keys, and the message keys of every leaf."""
    suite = suite_for(case["cipher_suite"])
    sender_data_secret, ciphertext, key, nonce = unhex(
        case["sender_data"], "sender_data_secret", "ciphertext", "key", "nonce"
    )
    expect(sender_data_key_and_nonce(suite, sender_data_secret, ciphertext), (key, nonce), "sender_data: key and nonce")
    if not case["leaves"]:
        raise Mismatch("leaves: there are none")
    tree = SecretTree(suite, bytes.fromhex(case["encryption_secret"]), perfect_width(node_width(len(case["leaves"]))))
    for leaf_index, generations in enumerate(case["leaves"]):
        for number, entry in enumerate(generations):
            with within(f"leaves[{leaf_index}][{number}]"):
                for ratchet in RatchetType:
                    _check_key(tree, leaf_index, ratchet, entry)


def _check_key(tree: SecretTree, leaf_index: int, ratchet: RatchetType, entry: Case) -> None:
    found = tree.find_key(leaf_index, ratchet, entry["generation"])
    tree.consume(leaf_index, ratchet, entry["generation"])
    kind = ratchet.name.lower()
    key, nonce = unhex(entry, f"{kind}_key", f"{kind}_nonce")
    expect(found.key, key, f"{kind}_key")
    expect(found.nonce, nonce, f"{kind}_nonce")
