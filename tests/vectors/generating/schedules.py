"""Vectors of single functions: what goes in is random, what comes out is computed."""

from tests.vectors.generating.party import SeededEngine
from tests.vectors.runners.common import Case
from tests.vectors.runners.mls_key_schedule import SECRETS
from tests.vectors.runners.mls_message_protection import SENDER
from volly_browser.mls.codec import codec_for
from volly_browser.mls.commit import Commit
from volly_browser.mls.framing import (
    ApplicationData,
    AuthenticatedContent,
    CommitAuthData,
    Content,
    FramedContent,
    FramedContentAuthData,
    sign_content,
)
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.key_schedule import MemberSecret, joiner_secret
from volly_browser.mls.labels import SignatureKeyPair, encrypt_with_label, sign_with_label
from volly_browser.mls.messages import to_message
from volly_browser.mls.padding import bucket
from volly_browser.mls.private_message import protect_private, sender_data_key_and_nonce
from volly_browser.mls.proposals import ExternalPsk, PreSharedKeyID, Proposal, Remove
from volly_browser.mls.psk import psk_secret
from volly_browser.mls.public_message import protect_public
from volly_browser.mls.secret_tree import RatchetType, SecretTree
from volly_browser.mls.suites import CipherSuite
from volly_browser.mls.transcript import confirmed_transcript_hash, interim_transcript_hash
from volly_browser.mls.tree_math import node_width, perfect_width
from volly_browser.mls.versions import ProtocolVersion, WireFormat

EPOCHS = 4
LEAF_COUNTS = (1, 5, 8)
GENERATIONS = (0, 1, 15)
MOST_PSKS = 4


async def crypto_basics(engine: SeededEngine, suite: CipherSuite) -> list[Case]:
    """One case."""
    secret = engine.random(suite.hash_length)
    value, context, content, plaintext = (engine.random(length) for length in (40, 9, 50, 70))
    signature_key = await SignatureKeyPair.generate(engine, suite)
    pair = await suite.kem.generate_key_pair(engine)
    [sealed] = await encrypt_with_label(engine, suite, b"EncryptWithLabel", context, [(pair.public_key, plaintext)])
    signature = await sign_with_label(engine, suite, signature_key.private_key, b"SignWithLabel", content)
    tree_secret = suite.derive_tree_secret(secret, b"DeriveTreeSecret", 0x01020304, 21)
    return [
        {
            "cipher_suite": suite.id,
            "ref_hash": {
                "label": "RefHash",
                "value": value.hex(),
                "out": suite.ref_hash(b"RefHash", value).hex(),
            },
            "expand_with_label": {
                "secret": secret.hex(),
                "label": "ExpandWithLabel",
                "context": context.hex(),
                "length": 100,
                "out": suite.expand_with_label(secret, b"ExpandWithLabel", context, 100).hex(),
            },
            "derive_secret": {
                "secret": secret.hex(),
                "label": "DeriveSecret",
                "out": suite.derive_secret(secret, b"DeriveSecret").hex(),
            },
            "derive_tree_secret": {
                "secret": secret.hex(),
                "label": "DeriveTreeSecret",
                "generation": 0x01020304,
                "length": 21,
                "out": tree_secret.hex(),
            },
            "sign_with_label": {
                "priv": signature_key.private_key.hex(),
                "pub": signature_key.public_key.hex(),
                "content": content.hex(),
                "label": "SignWithLabel",
                "signature": signature.hex(),
            },
            "encrypt_with_label": {
                "priv": pair.private_key.hex(),
                "pub": pair.public_key.hex(),
                "label": "EncryptWithLabel",
                "context": context.hex(),
                "plaintext": plaintext.hex(),
                "kem_output": sealed.kem_output.hex(),
                "ciphertext": sealed.ciphertext.hex(),
            },
        }
    ]


async def key_schedule(engine: SeededEngine, suite: CipherSuite) -> list[Case]:
    """One case with a chain of epochs."""
    group_id, first = engine.random(16), engine.random(suite.hash_length)
    epochs: list[Case] = []
    init_secret = first
    for number in range(EPOCHS):
        epochs.append(await _epoch(engine, suite, group_id, number, init_secret))
        init_secret = bytes.fromhex(epochs[-1]["init_secret"])
    return [
        {
            "cipher_suite": suite.id,
            "group_id": group_id.hex(),
            "initial_init_secret": first.hex(),
            "epochs": epochs,
        }
    ]


async def _epoch(engine: SeededEngine, suite: CipherSuite, group_id: bytes, number: int, init_secret: bytes) -> Case:
    tree_hash, commit_secret, psk, transcript_hash, exporter_context = (
        engine.random(suite.hash_length) for _ in range(5)
    )
    psk = psk if number % 2 else suite.zero
    context = GroupContext(ProtocolVersion.MLS10, suite.id, group_id, number, tree_hash, transcript_hash, ())
    joiner = joiner_secret(suite, init_secret, commit_secret, context)
    member_secret = MemberSecret.derive(suite, joiner, psk)
    secrets = member_secret.epoch_secrets(context)
    external = await secrets.external_key_pair(engine, suite)
    label, length = f"epoch {number}", 32 + 30 * number
    return {
        "tree_hash": tree_hash.hex(),
        "commit_secret": commit_secret.hex(),
        "psk_secret": psk.hex(),
        "confirmed_transcript_hash": transcript_hash.hex(),
        "group_context": context.encode().hex(),
        "joiner_secret": joiner.hex(),
        "welcome_secret": member_secret.welcome_secret.hex(),
        **{name: getattr(secrets, name).hex() for name in SECRETS},
        "external_pub": external.public_key.hex(),
        "exporter": {
            "label": label,
            "context": exporter_context.hex(),
            "length": length,
            "secret": secrets.export(suite, label.encode(), exporter_context, length).hex(),
        },
    }


async def psk_secrets(engine: SeededEngine, suite: CipherSuite) -> list[Case]:
    """A case for each number of keys, beginning with none."""
    return [_psk_secret(engine, suite, count) for count in range(MOST_PSKS + 1)]


def _psk_secret(engine: SeededEngine, suite: CipherSuite, count: int) -> Case:
    chosen = [[engine.random(length) for length in (8, 32, suite.hash_length)] for _ in range(count)]
    psks = [(PreSharedKeyID(ExternalPsk(psk_id), nonce), psk) for psk_id, psk, nonce in chosen]
    return {
        "cipher_suite": suite.id,
        "psks": [{"psk_id": psk_id.hex(), "psk": psk.hex(), "psk_nonce": nonce.hex()} for psk_id, psk, nonce in chosen],
        "psk_secret": psk_secret(suite, psks).hex(),
    }


async def secret_tree(engine: SeededEngine, suite: CipherSuite) -> list[Case]:
    """A case for each number of leaves."""
    return [_secret_tree(engine, suite, leaves) for leaves in LEAF_COUNTS]


def _secret_tree(engine: SeededEngine, suite: CipherSuite, leaves: int) -> Case:
    sender_data_secret, encryption_secret = engine.random(suite.hash_length), engine.random(suite.hash_length)
    ciphertext = engine.random(77)
    key, nonce = sender_data_key_and_nonce(suite, sender_data_secret, ciphertext)
    tree = SecretTree(suite, encryption_secret, perfect_width(node_width(leaves)))
    return {
        "cipher_suite": suite.id,
        "sender_data": {
            "sender_data_secret": sender_data_secret.hex(),
            "ciphertext": ciphertext.hex(),
            "key": key.hex(),
            "nonce": nonce.hex(),
        },
        "encryption_secret": encryption_secret.hex(),
        "leaves": [[_generation(tree, leaf, number) for number in GENERATIONS] for leaf in range(leaves)],
    }


def _generation(tree: SecretTree, leaf: int, number: int) -> Case:
    entry: Case = {"generation": number}
    for ratchet in RatchetType:
        found = tree.find_key(leaf, ratchet, number)
        tree.consume(leaf, ratchet, number)
        kind = ratchet.name.lower()
        entry |= {f"{kind}_key": found.key.hex(), f"{kind}_nonce": found.nonce.hex()}
    return entry


async def transcript_hashes(engine: SeededEngine, suite: CipherSuite) -> list[Case]:
    """One case, with a commit that removes a member."""
    key, before, signature = (engine.random(length) for length in (suite.hash_length, suite.hash_length, 64))
    content = FramedContent(engine.random(16), 7, SENDER, b"", Commit((Remove(0),), None))
    confirmed = confirmed_transcript_hash(suite, before, WireFormat.PRIVATE_MESSAGE, content, signature)
    tag = suite.mac(key, confirmed)
    message = AuthenticatedContent(WireFormat.PRIVATE_MESSAGE, content, CommitAuthData(signature, tag))
    return [
        {
            "cipher_suite": suite.id,
            "confirmation_key": key.hex(),
            "authenticated_content": message.encode().hex(),
            "interim_transcript_hash_before": before.hex(),
            "confirmed_transcript_hash_after": confirmed.hex(),
            "interim_transcript_hash_after": interim_transcript_hash(suite, confirmed, tag).hex(),
        }
    ]


async def message_protection(engine: SeededEngine, suite: CipherSuite) -> list[Case]:
    """One case: a proposal, a commit and application data."""
    return [await _Protection(engine, suite).case()]


class _Protection:
    """The keys of a case."""

    def __init__(self, engine: SeededEngine, suite: CipherSuite) -> None:
        self._engine = engine
        self._suite = suite
        self._encryption_secret, self._sender_data_secret, self._membership_key, tree_hash, transcript_hash = (
            engine.random(suite.hash_length) for _ in range(5)
        )
        self._context = GroupContext(
            ProtocolVersion.MLS10, suite.id, engine.random(16), 3, tree_hash, transcript_hash, ()
        )

    async def case(self) -> Case:
        """The keys and the messages."""
        self._signature_key = await SignatureKeyPair.generate(self._engine, self._suite)
        proposal, commit = Remove(0), Commit((Remove(0),), None)
        application = ApplicationData(self._engine.random(100))
        return {
            "cipher_suite": self._suite.id,
            "group_id": self._context.group_id.hex(),
            "epoch": self._context.epoch,
            "tree_hash": self._context.tree_hash.hex(),
            "confirmed_transcript_hash": self._context.confirmed_transcript_hash.hex(),
            "signature_priv": self._signature_key.private_key.hex(),
            "signature_pub": self._signature_key.public_key.hex(),
            "encryption_secret": self._encryption_secret.hex(),
            "sender_data_secret": self._sender_data_secret.hex(),
            "membership_key": self._membership_key.hex(),
            "proposal": codec_for(Proposal).encode(proposal).hex(),
            "proposal_pub": (await self._public(proposal)).hex(),
            "proposal_priv": (await self._private(proposal)).hex(),
            "commit": commit.encode().hex(),
            "commit_pub": (await self._public(commit)).hex(),
            "commit_priv": (await self._private(commit)).hex(),
            "application": application.application_data.hex(),
            "application_priv": (await self._private(application)).hex(),
        }

    async def _public(self, content: Content) -> bytes:
        signed = await self._sign(WireFormat.PUBLIC_MESSAGE, content)
        return to_message(protect_public(self._suite, signed, self._context, self._membership_key))

    async def _private(self, content: Content) -> bytes:
        message = await protect_private(
            self._engine,
            self._suite,
            await self._sign(WireFormat.PRIVATE_MESSAGE, content),
            secret_tree=SecretTree(self._suite, self._encryption_secret, node_width(2)),
            sender_data_secret=self._sender_data_secret,
            padding=bucket,
        )
        return to_message(message)

    async def _sign(self, wire_format: WireFormat, content: Content) -> AuthenticatedContent:
        framed = FramedContent(self._context.group_id, self._context.epoch, SENDER, b"", content)
        signature = await sign_content(
            self._engine,
            self._suite,
            self._signature_key.private_key,
            wire_format=wire_format,
            content=framed,
            context=self._context,
        )
        if not isinstance(content, Commit):
            return AuthenticatedContent(wire_format, framed, FramedContentAuthData(signature))
        tag = self._engine.random(self._suite.hash_length)  # not checked at this level
        return AuthenticatedContent(wire_format, framed, CommitAuthData(signature, tag))
