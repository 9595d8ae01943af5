/**
 * Seals what is kept on this device: the key is made of a passphrase and of the room's link, so that both are needed.
 *
 *     key    = scrypt(passphrase, salt || SHA-256(fragment), N, r, p), 32 bytes, for AES-256-GCM
 *     sealed = nonce (12 random bytes) || AES-256-GCM(length in 4 bytes || content || zeros up to a multiple of 256)
 *     bound  = JSON of [LABEL, room, kind, position, revision], which is authenticated and not stored
 *
 * An attacker that has the device, and not the link, cannot even try passphrases.
 */

import { module } from "../boot/modules.mjs";
import { COSTS, LENGTH, NONCE, TAG, sealedLength } from "./forms.mjs";

const LABEL = "volly/device/1";

/** Bytes of a salt. */
export const SALT = 16;

/** How a key is made now. */
export const COST = COSTS.at(-1);

/** Milliseconds after which the making of a key lets the page react. */
const SLICE = 8;

export const utf8 = (text) => new TextEncoder().encode(text);

/** Hashes the fragment of a link; the hash stays out of every store. */
export async function hashOf(text) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)));
}

/** Makes the key, which no script can read; `onProgress` is told the share that is done, and can end it by throwing. */
export async function keyOf(passphrase, fragment, { salt, N, r, p }, onProgress) {
  const { scryptAsync } = await module("scrypt");
  const salted = Uint8Array.of(...salt, ...(await hashOf(fragment)));
  const options = { N, r, p, dkLen: 32, asyncTick: SLICE, onProgress };
  const bytes = await scryptAsync(utf8(passphrase.normalize("NFKC")), salted, options);
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  bytes.fill(0);
  return key;
}

/** Seals bytes for one place: `[room, kind, position, revision]`. */
export async function seal(key, content, place) {
  const padded = new Uint8Array(sealedLength(content.length) - NONCE - TAG);
  new DataView(padded.buffer).setUint32(0, content.length);
  padded.set(content, LENGTH);
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const sealed = new Uint8Array(await crypto.subtle.encrypt(boundTo(place, iv), key, padded));
  const whole = new Uint8Array(NONCE + sealed.length);
  whole.set(iv);
  whole.set(sealed, NONCE);
  return whole;
}

/** Opens what was sealed for this place; resolves to undefined if it is anything else. */
export async function open(key, sealed, place) {
  if (!(sealed instanceof Uint8Array) || sealed.length < sealedLength(0)) return undefined;
  try {
    const algorithm = boundTo(place, sealed.slice(0, NONCE));
    const padded = new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed.slice(NONCE)));
    const length = new DataView(padded.buffer).getUint32(0);
    return length <= padded.length - LENGTH ? padded.slice(LENGTH, LENGTH + length) : undefined;
  } catch {
    return undefined; // altered, sealed for another place, or with another key
  }
}

function boundTo(place, iv) {
  return { name: "AES-GCM", iv, additionalData: utf8(JSON.stringify([LABEL, ...place])) };
}
