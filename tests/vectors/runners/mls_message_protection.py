"""message-protection.json."""

from tests.vectors.runners.common import Case, Mismatch, expect, unhex, within
from tests.vectors.runners.mls_common import body_of
from tests.vectors.runners.shapes import HEX, UINT16, UINT64, Record
from volly_browser.crypto.engine import Engine, run_one
from volly_browser.mls.codec import Codec, codec_for
from volly_browser.mls.commit import Commit
from volly_browser.mls.errors import MlsUsageError
from volly_browser.mls.framing import (
    ApplicationData,
    AuthenticatedContent,
    CommitAuthData,
    Content,
    FramedContent,
    FramedContentAuthData,
    MemberSender,
    sign_content,
    verify_content,
)
from volly_browser.mls.group_context import GroupContext
from volly_browser.mls.padding import unpadded
from volly_browser.mls.private_message import (
    PrivateMessage,
    open_content,
    open_sender_data,
    protect_private,
    ratchet_type_of,
)
from volly_browser.mls.proposals import Proposal
from volly_browser.mls.public_message import PublicMessage, protect_public, unprotect_public
from volly_browser.mls.secret_tree import SecretTree
from volly_browser.mls.suites import suite_for
from volly_browser.mls.tree_math import node_width
from volly_browser.mls.versions import ProtocolVersion, WireFormat

SENDER = MemberSender(1)

SHAPE = Record(
    cipher_suite=UINT16,
    group_id=HEX,
    epoch=UINT64,
    tree_hash=HEX,
    confirmed_transcript_hash=HEX,
    signature_priv=HEX,
    signature_pub=HEX,
    encryption_secret=HEX,
    sender_data_secret=HEX,
    membership_key=HEX,
    proposal=HEX,
    proposal_pub=HEX,
    proposal_priv=HEX,
    commit=HEX,
    commit_pub=HEX,
    commit_priv=HEX,
    application=HEX,
    application_priv=HEX,
)


class Protection:
    """The keys of one case."""

    def __init__(self, engine: Engine, case: Case) -> None:
        self.engine = engine
        self.suite = suite_for(case["cipher_suite"])
        self.encryption_secret, self.sender_data_secret, self.membership_key = unhex(
            case, "encryption_secret", "sender_data_secret", "membership_key"
        )
        self.private_key, self.public_key = unhex(case, "signature_priv", "signature_pub")
        group_id, tree_hash, transcript_hash = unhex(case, "group_id", "tree_hash", "confirmed_transcript_hash")
        self.context = GroupContext(
            ProtocolVersion.MLS10, self.suite.id, group_id, case["epoch"], tree_hash, transcript_hash, ()
        )

    async def sign(self, wire_format: WireFormat, content: Content) -> AuthenticatedContent:
        """A message of the sender; the tag of a commit is not checked at this level."""
        framed = FramedContent(self.context.group_id, self.context.epoch, SENDER, b"", content)
        signature = await sign_content(
            self.engine,
            self.suite,
            self.private_key,
            wire_format=wire_format,
            content=framed,
            context=self.context,
        )
        is_commit = isinstance(content, Commit)
        auth = CommitAuthData(signature, b"tag") if is_commit else FramedContentAuthData(signature)
        return AuthenticatedContent(wire_format, framed, auth)

    async def check(self, message: AuthenticatedContent, content: Content, what: str) -> None:
        """The message is the sender's and carries `content`."""
        verification = verify_content(self.suite, self.public_key, message, self.context)
        expect(await run_one(self.engine, verification), True, "the validity of the signature")
        expect(message.content.sender, SENDER, "the sender")
        if message.content.content != content:
            raise Mismatch(f"the content is not {what}")

    async def check_public(self, message: PublicMessage, content: Content, what: str) -> None:
        """A public message unprotects to `content`."""
        unprotected = unprotect_public(self.suite, message, self.context, self.membership_key)
        await self.check(unprotected, content, what)

    async def check_private(self, message: PrivateMessage, content: Content, what: str) -> None:
        """A private message unprotects to `content`, with a fresh secret tree."""
        tree = self.secret_tree()
        sender_data = await open_sender_data(self.engine, self.suite, message, self.sender_data_secret)
        ratchet_type = ratchet_type_of(message.content_type)
        key = tree.find_key(sender_data.leaf_index, ratchet_type, sender_data.generation)
        await self.check(await open_content(self.engine, message, sender_data, key), content, what)

    def secret_tree(self) -> SecretTree:
        """The secret tree of two members."""
        return SecretTree(self.suite, self.encryption_secret, node_width(2))

    async def protect_privately(self, content: Content) -> PrivateMessage:
        """A private message of our own making."""
        return await protect_private(
            self.engine,
            self.suite,
            await self.sign(WireFormat.PRIVATE_MESSAGE, content),
            secret_tree=self.secret_tree(),
            sender_data_secret=self.sender_data_secret,
            padding=unpadded,
        )


async def run(engine: Engine, case: Case) -> None:
    """A proposal, a commit and application data, in the clear and encrypted, theirs and ours."""
    protection = Protection(engine, case)
    for name, codec in (("proposal", codec_for(Proposal)), ("commit", codec_for(Commit))):
        with within(name):
            content = _decode(codec, bytes.fromhex(case[name]))
        await _run_public(protection, case[f"{name}_pub"], content, name)
        await _run_private(protection, case[f"{name}_priv"], content, name)
    data = ApplicationData(bytes.fromhex(case["application"]))
    await _run_private(protection, case["application_priv"], data, "application")
    await _refuse_public(protection, data)


def _decode(codec: Codec[Content], encoded: bytes) -> Content:
    content = codec.decode(encoded)
    expect(codec.encode(content), encoded, "its encoding")
    return content


async def _run_public(protection: Protection, message: str, content: Content, name: str) -> None:
    with within(f"{name}_pub"):
        theirs = body_of(message)
        if not isinstance(theirs, PublicMessage):
            raise Mismatch("it is not a public message")
        await protection.check_public(theirs, content, name)
    with within(f"our own {name}_pub"):
        signed = await protection.sign(WireFormat.PUBLIC_MESSAGE, content)
        ours = protect_public(protection.suite, signed, protection.context, protection.membership_key)
        await protection.check_public(ours, content, name)


async def _run_private(protection: Protection, message: str, content: Content, name: str) -> None:
    with within(f"{name}_priv"):
        theirs = body_of(message)
        if not isinstance(theirs, PrivateMessage):
            raise Mismatch("it is not a private message")
        await protection.check_private(theirs, content, name)
    with within(f"our own {name}_priv"):
        await protection.check_private(await protection.protect_privately(content), content, name)


async def _refuse_public(protection: Protection, data: ApplicationData) -> None:
    signed = await protection.sign(WireFormat.PUBLIC_MESSAGE, data)
    try:
        protect_public(protection.suite, signed, protection.context, protection.membership_key)
    except MlsUsageError:
        return
    raise Mismatch("application: it was protected as a public message")
