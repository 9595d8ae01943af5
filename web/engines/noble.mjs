// The `javascript` engine: @noble/post-quantum, and the curves and ciphers that it is built on, for browsers whose
// WebCrypto lacks the post-quantum algorithms.  The contract is in batch.mjs; this module answers at once.

import { gcm } from "@noble/ciphers/aes.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { ml_kem768_x25519 } from "@noble/post-quantum/hybrid.js";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";

import { connectTo, decryptionFailed, invalidKey } from "./batch.mjs";

const KEMS = { "ML-KEM-768": ml_kem768, "MLKEM768-X25519": ml_kem768_x25519 };

const SIGNATURES = {
  "ML-DSA-65": {
    publicKey: (seed) => ml_dsa65.keygen(seed).publicKey,
    sign: (message, seed) => ml_dsa65.sign(message, ml_dsa65.keygen(seed).secretKey),
    verify: (signature, message, publicKey) => ml_dsa65.verify(signature, message, publicKey),
  },
  Ed25519: {
    publicKey: (seed) => ed25519.getPublicKey(seed),
    sign: (message, seed) => ed25519.sign(message, seed),
    // Verified as in RFC 8032 and WebCrypto, not by the wider rules of ZIP 215.
    verify: (signature, message, publicKey) => ed25519.verify(signature, message, publicKey, { zip215: false }),
  },
};

const HASHES = { sha256, sha384, sha512 };

function failing(reason, operation, compute) {
  try {
    return compute();
  } catch (error) {
    throw reason(operation, error);
  }
}

const OPERATIONS = {
  derivePublicKey({ algorithm, privateKey }) {
    if (algorithm === "X25519") return x25519.getPublicKey(privateKey);
    return algorithm in KEMS ? KEMS[algorithm].keygen(privateKey).publicKey : SIGNATURES[algorithm].publicKey(privateKey);
  },
  encapsulate(operation) {
    const kem = KEMS[operation.algorithm];
    const { cipherText, sharedSecret } = failing(invalidKey, operation, () => kem.encapsulate(operation.publicKey));
    return [cipherText, sharedSecret];
  },
  decapsulate(operation) {
    const kem = KEMS[operation.algorithm];
    const { secretKey } = kem.keygen(operation.privateKey);
    return failing(decryptionFailed, operation, () => kem.decapsulate(operation.ciphertext, secretKey));
  },
  agree(operation) {
    return failing(invalidKey, operation, () => x25519.getSharedSecret(operation.privateKey, operation.publicKey));
  },
  sign({ algorithm, privateKey, message }) {
    return SIGNATURES[algorithm].sign(message, privateKey);
  },
  verify({ algorithm, publicKey, message, signature }) {
    try {
      return SIGNATURES[algorithm].verify(signature, message, publicKey);
    } catch {
      return false; // malformed
    }
  },
  seal({ key, nonce, aad, plaintext }) {
    return gcm(key, nonce, aad).encrypt(plaintext);
  },
  open(operation) {
    const { key, nonce, aad, ciphertext } = operation;
    return failing(decryptionFailed, operation, () => gcm(key, nonce, aad).decrypt(ciphertext));
  },
  mac({ algorithm, key, message }) {
    return hmac(HASHES[algorithm], key, message);
  },
};

export const connect = connectTo((operation) => OPERATIONS[operation.op](operation));

/** All algorithms, in every browser. */
export async function algorithms() {
  return [...Object.keys(KEMS), ...Object.keys(SIGNATURES), "X25519", "AES-GCM"];
}
