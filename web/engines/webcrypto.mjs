// The `webcrypto` engine: what this browser's WebCrypto offers.  The contract is in batch.mjs.

import { connectTo, decryptionFailed, invalidKey, unsupported } from "./batch.mjs";
import { joined } from "./programs.mjs";

const { subtle } = globalThis.crypto;

const bytesOfHex = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));

// The post-quantum algorithms take seeds as they are.  For the older two a private key is PKCS #8 (RFC 8410,
// section 7): a fixed prefix and the 32 bytes.
const SEED = { privateFormat: "raw-seed", publicFormat: "raw-public", prefix: new Uint8Array() };
const X25519_PKCS8 = { privateFormat: "pkcs8", publicFormat: "raw", prefix: bytesOfHex("302e020100300506032b656e04220420") };
const ED25519_PKCS8 = { privateFormat: "pkcs8", publicFormat: "raw", prefix: bytesOfHex("302e020100300506032b657004220420") };

const KEYS = {
  "ML-KEM-768": { ...SEED, privateUses: ["decapsulateBits"], publicUses: ["encapsulateBits"] },
  "MLKEM768-X25519": { ...SEED, privateUses: ["decapsulateBits"], publicUses: ["encapsulateBits"] },
  "ML-DSA-65": { ...SEED, privateUses: ["sign"], publicUses: ["verify"] },
  X25519: { ...X25519_PKCS8, privateUses: ["deriveBits"], publicUses: [] },
  Ed25519: { ...ED25519_PKCS8, privateUses: ["sign"], publicUses: ["verify"] },
};

// The errors of browsers for an unknown name, key format or key usage.
const UNSUPPORTED = ["NotSupportedError", "TypeError", "SyntaxError"];

const failing = (reason, operation) => (error) => {
  throw (UNSUPPORTED.includes(error?.name) ? unsupported : reason)(operation, error);
};

const importPublic = ({ algorithm, publicKey }) =>
  subtle.importKey(KEYS[algorithm].publicFormat, publicKey, algorithm, true, KEYS[algorithm].publicUses);

function importPrivate({ algorithm, privateKey }, extractable = false) {
  const { privateFormat, prefix, privateUses } = KEYS[algorithm];
  const encoded = joined([prefix, privateKey]);
  const importing = subtle.importKey(privateFormat, encoded, algorithm, extractable, privateUses);
  encoded.fill(0); // importKey has made its own copy before it returned (Web Cryptography, section 14.3.9)
  return importing;
}

async function publicOfSeed(operation) {
  const key = await importPrivate(operation);
  return new Uint8Array(await subtle.exportKey("raw-public", await subtle.getPublicKey(key, KEYS[operation.algorithm].publicUses)));
}

// Not every browser has getPublicKey; JWK is the form in which each of them gives the public half.
async function publicOfPkcs8(operation) {
  const { x } = await subtle.exportKey("jwk", await importPrivate(operation, true));
  return Uint8Array.from(atob(x.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}

async function encapsulate(operation) {
  const { ciphertext, sharedKey } = await subtle.encapsulateBits(operation.algorithm, await importPublic(operation));
  return [new Uint8Array(ciphertext), new Uint8Array(sharedKey)];
}

async function decapsulate(operation) {
  const { algorithm, ciphertext } = operation;
  return new Uint8Array(await subtle.decapsulateBits(algorithm, await importPrivate(operation), ciphertext));
}

async function agree(operation) {
  const [key, peer] = await Promise.all([importPrivate(operation), importPublic(operation)]);
  return new Uint8Array(await subtle.deriveBits({ name: operation.algorithm, public: peer }, key, 256));
}

// A key that signs once will sign again, and importing its seed takes a third of the time of a signature.  So the last
// few keys are kept, which cannot be extracted.  They are found by a hash of the seed: the seed itself is not kept.
const SIGNING_KEYS_KEPT = 4;
const signingKeys = new Map();

async function signingKey(operation) {
  const { algorithm } = operation;
  const privateKey = operation.privateKey.slice(); // the original is overwritten if another operation fails meanwhile
  try {
    const name = `${algorithm} ${new Uint8Array(await subtle.digest("SHA-256", privateKey)).join()}`;
    const key = signingKeys.get(name) ?? importPrivate({ algorithm, privateKey });
    signingKeys.delete(name); // the latest comes last
    signingKeys.set(name, key);
    if (signingKeys.size > SIGNING_KEYS_KEPT) signingKeys.delete(signingKeys.keys().next().value);
    return key;
  } finally {
    privateKey.fill(0);
  }
}

const sign = async (operation) =>
  new Uint8Array(await subtle.sign(operation.algorithm, await signingKey(operation), operation.message));

const verify = async (operation) =>
  subtle.verify(operation.algorithm, await importPublic(operation), operation.signature, operation.message);

const importAes = (key, use) => subtle.importKey("raw", key, "AES-GCM", false, [use]);
const aesGcm = ({ nonce, aad }) => ({ name: "AES-GCM", iv: nonce, additionalData: aad, tagLength: 128 });

const seal = async (operation) =>
  new Uint8Array(await subtle.encrypt(aesGcm(operation), await importAes(operation.key, "encrypt"), operation.plaintext));

const open = async (operation) =>
  new Uint8Array(await subtle.decrypt(aesGcm(operation), await importAes(operation.key, "decrypt"), operation.ciphertext));

async function mac({ algorithm, key, message }) {
  const hash = algorithm.replace("sha", "SHA-");
  return new Uint8Array(await subtle.sign("HMAC", await subtle.importKey("raw", key, { name: "HMAC", hash }, false, ["sign"]), message));
}

const OPERATIONS = {
  derivePublicKey: (operation) =>
    (KEYS[operation.algorithm].privateFormat === "pkcs8" ? publicOfPkcs8 : publicOfSeed)(operation).catch(failing(invalidKey, operation)),
  encapsulate: (operation) => encapsulate(operation).catch(failing(invalidKey, operation)),
  decapsulate: (operation) => decapsulate(operation).catch(failing(decryptionFailed, operation)),
  agree: (operation) => agree(operation).catch(failing(invalidKey, operation)),
  sign: (operation) => sign(operation).catch(failing(invalidKey, operation)),
  seal: (operation) => seal(operation).catch(failing(invalidKey, operation)),
  open: (operation) => open(operation).catch(failing(decryptionFailed, operation)),
  mac,
  // A malformed key or signature is not valid; that is an answer, not a failure.
  verify: (operation) =>
    verify(operation).catch((error) => (UNSUPPORTED.includes(error?.name) ? failing(invalidKey, operation)(error) : false)),
};

const perform = (operation) => OPERATIONS[operation.op](operation);

export const connect = connectTo(perform);

// Two bugs of WebKitGTK 2.50 that a plain round trip does not show: it takes no X25519 or Ed25519 private key that begins
// with a zero byte, and it accepts this Ed25519 signature of "Test" with s + L in place of s (Wycheproof, ed25519_test,
// test 63).
const trialKey = (length) => new Uint8Array(length).fill(1, 1);
const FORGED = {
  algorithm: "Ed25519",
  publicKey: bytesOfHex("7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa"),
  message: bytesOfHex("54657374"),
  signature: bytesOfHex(
    "7c38e026f29e14aabd059a0f2db8b0cd783040609a8be684db12f82a27774ab067654bce3832c2d76f8f6f5dafc08d9339d4eef676573336a5c51eb6f946b31d",
  ),
};

// Performs every operation of an algorithm once; resolves to true if all work.
const TRIALS = {
  async kem(algorithm, privateKey) {
    const publicKey = await publicOfSeed({ algorithm, privateKey });
    const [ciphertext] = await encapsulate({ algorithm, publicKey });
    return (await decapsulate({ algorithm, privateKey, ciphertext })).length === 32;
  },
  async signature(algorithm, privateKey) {
    const message = new Uint8Array(1);
    const [publicKey, signature] = await Promise.all([
      perform({ op: "derivePublicKey", algorithm, privateKey }),
      perform({ op: "sign", algorithm, privateKey, message }),
    ]);
    return verify({ algorithm, publicKey, message, signature });
  },
  async agreement(algorithm, privateKey) {
    const publicKey = await publicOfPkcs8({ algorithm, privateKey });
    return (await agree({ algorithm, privateKey, publicKey })).length === 32;
  },
  async aead(algorithm, key) {
    const parameters = { algorithm, key, nonce: new Uint8Array(12), aad: new Uint8Array() };
    return (await open({ ...parameters, ciphertext: await seal({ ...parameters, plaintext: key }) })).length === key.length;
  },
};

const WORKS = {
  "ML-KEM-768": () => TRIALS.kem("ML-KEM-768", trialKey(64)),
  "MLKEM768-X25519": () => TRIALS.kem("MLKEM768-X25519", trialKey(32)),
  "ML-DSA-65": () => TRIALS.signature("ML-DSA-65", trialKey(32)),
  Ed25519: async () => (await TRIALS.signature("Ed25519", trialKey(32))) && !(await verify(FORGED)),
  X25519: () => TRIALS.agreement("X25519", trialKey(32)),
  "AES-GCM": () => TRIALS.aead("AES-GCM", trialKey(32)),
};

/** The algorithms that work here; never rejects. */
export async function algorithms() {
  const names = Object.keys(WORKS);
  const works = await Promise.all(names.map((name) => WORKS[name]().catch(() => false)));
  return names.filter((_, index) => works[index]);
}
