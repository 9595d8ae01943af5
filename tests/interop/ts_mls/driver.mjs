// One member of MLS groups, played by ts-mls, commanded by JSON lines: see ../peer.py for the language.
//
//     node driver.mjs FOLDER    (FOLDER has the node_modules of package-lock.json)
//
// ts-mls 1.6.4 writes `external_pub` as bare bytes, where RFC 9420 (section 12.4.3.2) has a vector; the driver makes up
// for that.

import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const packages = createRequire(join(process.argv[2], "/"));
const load = (name) => import(pathToFileURL(packages.resolve(name)));
const mls = await load("ts-mls");
const { createGroupInfoWithRatchetTree } = await load("ts-mls/createCommit.js");
const { makeKeyPackageRef } = await load("ts-mls/keyPackage.js");
const { decodeVarLenData, varLenDataEncoder } = await load("ts-mls/codec/variableLength.js");
const { encode } = await load("ts-mls/codec/tlsEncoder.js");

const SUITES = {
  1: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
  83: "MLS_256_XWING_AES256GCM_SHA512_Ed25519",
  87: "MLS_256_XWING_AES256GCM_SHA512_MLDSA87",
};
const LACKS = ["UPDATE", "EXTENSIONS", "REPLACEMENT", "UNEVEN_TREES"];
const HOUR = 3600n;
const LIFETIME = 24n * HOUR; // ts-mls refuses more than about a month
const EXTENSION_NAMES = Object.fromEntries(
  Object.entries(mls.defaultExtensionTypes).map(([name, type]) => [type, name]),
);

const fromHex = (text) => new Uint8Array(Buffer.from(text, "hex"));
const toHex = (bytes) => Buffer.from(bytes).toString("hex");
const now = () => BigInt(Math.floor(Date.now() / 1000));

function decoded(text, ...wireformats) {
  const [message] = mls.decodeMlsMessage(fromHex(text), 0) ?? [];
  if (message === undefined) throw new Error("The message is malformed.");
  if (!wireformats.includes(message.wireformat)) throw new Error(`The message is a ${message.wireformat}.`);
  return message;
}

async function suiteOf(id) {
  if (!(id in SUITES)) throw new Error(`ts-mls has no suite ${id}.`);
  return mls.getCiphersuiteImpl(mls.getCiphersuiteFromName(SUITES[id]));
}

const encoded = (wireformat, content) => toHex(mls.encodeMlsMessage({ version: "mls10", wireformat, ...content }));

// What the driver calls an extension is { type, data }.
const extensionOf = ({ type, data }) => ({
  extensionType: EXTENSION_NAMES[type] ?? type,
  extensionData: fromHex(data),
});

const addOf = (keyPackage) => ({
  proposalType: "add",
  add: { keyPackage: decoded(keyPackage, "mls_key_package").keyPackage },
});

const removeOf = (leaf) => ({ proposalType: "remove", remove: { removed: leaf } });

const contextOf = (extensions) => ({
  proposalType: "group_context_extensions",
  groupContextExtensions: { extensions: extensions.map(extensionOf) },
});

class Member {
  #suite; // CiphersuiteImpl
  #offers = []; // key packages with their private parts, until a Welcome
  #externalPsks = {}; // by id in base64, as makePskIndex wants them
  #state;
  #pending;

  hello() {
    return { implementation: "ts-mls 1.6.4", suites: Object.keys(SUITES).map(Number), lacks: LACKS };
  }

  async key_package({ suite, identity }) {
    const offer = await this.#offer(suite, identity);
    this.#offers.push(offer);
    return { key_package: encoded("mls_key_package", { keyPackage: offer.publicPackage }) };
  }

  async adopt({ suite, key_package, init_priv, encryption_priv, signature_priv }) {
    this.#suite = await suiteOf(suite);
    const [initPrivateKey, hpkePrivateKey, signaturePrivateKey] = [init_priv, encryption_priv, signature_priv].map(fromHex);
    const publicPackage = decoded(key_package, "mls_key_package").keyPackage;
    this.#offers.push({ publicPackage, privatePackage: { initPrivateKey, hpkePrivateKey, signaturePrivateKey } });
    return {};
  }

  external_psk({ id, secret }) {
    this.#externalPsks[mls.bytesToBase64(fromHex(id))] = fromHex(secret);
    return {};
  }

  async create({ suite, group_id, identity }) {
    const { publicPackage, privatePackage } = await this.#offer(suite, identity);
    this.#state = await mls.createGroup(fromHex(group_id), publicPackage, privatePackage, [], this.#suite);
    return {};
  }

  async join({ welcome }) {
    const message = decoded(welcome, "mls_welcome").welcome;
    const recipients = message.secrets.map(({ newMember }) => toHex(newMember));
    for (const { publicPackage, privatePackage } of this.#offers) {
      const reference = await makeKeyPackageRef(publicPackage, this.#suite.hash);
      if (!recipients.includes(toHex(reference))) continue;
      const psks = mls.makePskIndex(undefined, this.#externalPsks);
      this.#enter(await mls.joinGroup(message, publicPackage, privatePackage, psks, this.#suite));
      this.#offers = [];
      return {};
    }
    throw new Error("The welcome is for none of our key packages.");
  }

  async group_info() {
    const { groupContext, confirmationTag, ratchetTree, keySchedule } = this.#group;
    const { publicKey } = await this.#suite.hpke.deriveKeyPair(keySchedule.externalSecret);
    const extensionData = encode(varLenDataEncoder)(await this.#suite.hpke.exportPublicKey(publicKey));
    const extensions = [{ extensionType: "external_pub", extensionData }];
    const groupInfo = await createGroupInfoWithRatchetTree(
      groupContext,
      confirmationTag,
      this.#group,
      ratchetTree,
      extensions,
      this.#suite,
    );
    return { group_info: encoded("mls_group_info", { groupInfo }) };
  }

  async external_join({ suite, identity, group_info, again }) {
    const signatureKey = again ? this.#signatureKey : undefined;
    const { publicPackage, privatePackage } = await this.#offer(suite, identity, signatureKey);
    const { groupInfo } = decoded(group_info, "mls_group_info");
    const suiteForInfo = this.#suiteFor(groupInfo);
    const joined = await mls.joinGroupExternal(groupInfo, publicPackage, privatePackage, again, suiteForInfo);
    this.#enter(joined.newState);
    return { commit: encoded("mls_public_message", { publicMessage: joined.publicMessage }) };
  }

  async propose({ wire, add, remove, psk, extensions }) {
    let proposal;
    if (add !== undefined) proposal = addOf(add);
    else if (remove !== undefined) proposal = removeOf(remove);
    else if (psk !== undefined) proposal = this.#externalPsk(psk);
    else if (extensions !== undefined) proposal = contextOf(extensions);
    else throw new Error("ts-mls makes no proposal of this kind.");
    const result = await mls.createProposal(this.#group, wire === "public", proposal, this.#suite);
    this.#state = result.newState;
    return { proposal: toHex(mls.encodeMlsMessage(result.message)) };
  }

  async commit({ wire, add, remove, psks, resumption, extensions }) {
    const extraProposals = [
      ...add.map(addOf),
      ...remove.map(removeOf),
      ...psks.map((id) => this.#externalPsk(id)),
      ...resumption.map((epoch) => this.#resumptionPsk(epoch)),
      ...(extensions === null ? [] : [contextOf(extensions)]),
    ];
    const result = await mls.createCommit(
      { state: this.#group, cipherSuite: this.#suite, pskIndex: this.#psks },
      { wireAsPublicMessage: wire === "public", extraProposals, ratchetTreeExtension: true },
    );
    this.#pending = result.newState;
    const welcome = result.welcome && encoded("mls_welcome", { welcome: result.welcome });
    return { commit: toHex(mls.encodeMlsMessage(result.commit)), welcome: welcome ?? null };
  }

  merge() {
    if (this.#pending === undefined) throw new Error("There is no commit to merge.");
    this.#enter(this.#pending);
    return {};
  }

  discard() {
    this.#pending = undefined;
    return {};
  }

  async process({ message }) {
    const received = decoded(message, "mls_private_message", "mls_public_message");
    return received.wireformat === "mls_private_message"
      ? this.#take(mls.processPrivateMessage, received.privateMessage)
      : this.#take(mls.processPublicMessage, received.publicMessage);
  }

  async send({ data, authenticated_data }) {
    const aad = fromHex(authenticated_data);
    const result = await mls.createApplicationMessage(this.#group, fromHex(data), this.#suite, aad);
    this.#state = result.newState;
    return { message: encoded("mls_private_message", { privateMessage: result.privateMessage }) };
  }

  state() {
    const { groupContext, keySchedule, privatePath, groupActiveState } = this.#group;
    return {
      group_id: toHex(groupContext.groupId),
      epoch: Number(groupContext.epoch),
      active: groupActiveState.kind === "active",
      own_leaf: privatePath.leafIndex,
      members: this.#members(),
      tree_hash: toHex(groupContext.treeHash),
      confirmed_transcript_hash: toHex(groupContext.confirmedTranscriptHash),
      epoch_authenticator: toHex(keySchedule.epochAuthenticator),
    };
  }

  async export({ label, context, length }) {
    const { exporterSecret } = this.#group.keySchedule;
    const secret = await mls.mlsExporter(exporterSecret, label, fromHex(context), length, this.#suite);
    return { secret: toHex(secret) };
  }

  get #group() {
    if (this.#state === undefined) throw new Error("This member is in no group.");
    return this.#state;
  }

  get #psks() {
    return mls.makePskIndex(this.#group, this.#externalPsks);
  }

  // The suite, except that it takes the one public key in this group info as the RFC has it.
  #suiteFor({ extensions }) {
    const vector = extensions.find(({ extensionType }) => extensionType === "external_pub")?.extensionData;
    const bare = (bytes) => (bytes === vector ? decodeVarLenData(vector, 0)[0] : bytes);
    const importPublicKey = (bytes) => this.#suite.hpke.importPublicKey(bare(bytes));
    return { ...this.#suite, hpke: { ...this.#suite.hpke, importPublicKey } };
  }

  #enter(state) {
    this.#state = state;
    this.#pending = undefined;
  }

  async #offer(suite, identity, signatureKey) {
    this.#suite = await suiteOf(suite);
    const key = signatureKey ?? (await this.#suite.signature.keygen());
    const credential = { credentialType: "basic", identity: fromHex(identity) };
    const lifetime = { notBefore: now() - HOUR, notAfter: now() + LIFETIME };
    return mls.generateKeyPackageWithKey(credential, mls.defaultCapabilities(), lifetime, [], key, this.#suite);
  }

  get #signatureKey() {
    const { ratchetTree, privatePath, signaturePrivateKey } = this.#group;
    return { signKey: signaturePrivateKey, publicKey: ratchetTree[2 * privatePath.leafIndex].leaf.signaturePublicKey };
  }

  #externalPsk(id) {
    return this.#pskProposal({ psktype: "external", pskId: fromHex(id) });
  }

  #resumptionPsk(epoch) {
    const pskGroupId = this.#group.groupContext.groupId;
    return this.#pskProposal({ psktype: "resumption", usage: "application", pskGroupId, pskEpoch: BigInt(epoch) });
  }

  #pskProposal(identifier) {
    const pskNonce = this.#suite.rng.randomBytes(this.#suite.kdf.size);
    return { proposalType: "psk", psk: { preSharedKeyId: { ...identifier, pskNonce } } };
  }

  async #take(process, message) {
    let kind = "application";
    // ts-mls tells a proposal from a commit only to the callback that may refuse it.
    const note = (incoming) => {
      kind = incoming.kind;
      return "accept";
    };
    const result = await process(this.#group, message, this.#psks, this.#suite, note);
    if (kind === "commit") this.#enter(result.newState);
    else this.#state = result.newState;
    if (kind !== "application") return { kind };
    return { kind, data: toHex(result.message), authenticated_data: toHex(message.authenticatedData) };
  }

  #members() {
    return this.#group.ratchetTree.flatMap((node, index) =>
      node?.nodeType !== "leaf"
        ? []
        : [
            {
              leaf: index / 2,
              identity: toHex(node.leaf.credential.identity),
              signature_key: toHex(node.leaf.signaturePublicKey),
            },
          ],
    );
  }
}

const COMMANDS = Object.getOwnPropertyNames(Member.prototype).filter((name) => name !== "constructor");

async function answer(member, line) {
  try {
    const { do: command, ...fields } = JSON.parse(line);
    if (!COMMANDS.includes(command)) throw new Error(`There is no command ${command}.`);
    return await member[command](fields);
  } catch (error) {
    return { error: `${error?.name}: ${error?.message}` };
  }
}

const member = new Member();
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(member, line))}\n`);
}
