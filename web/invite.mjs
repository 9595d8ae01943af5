/**
 * The invite link, made and checked before Python has arrived.
 *
 * The same bytes as volly_browser/room/invite.py, which explains them; a test binds the two:
 *
 *     v1.<base64url(policy || secret || check)>       1 + 32 + 3 bytes, 48 characters
 *     check = HKDF-SHA384(secret, info = "volly/v1/invite check" || policy), 3 bytes
 */

const PREFIX = "v1.";
const CHECK_LABEL = "volly/v1/invite check";
const SECRET_LENGTH = 32;
const CHECK_LENGTH = 3;
const CODED_LENGTH = 48;
const POLICIES = new Map([[1, "hybrid"], [2, "post-quantum"], [3, "transition"], [4, "classical"]]);

/** This is not an invite link that can be used; the message says why and what to do. */
export class InviteError extends Error {
  name = "InviteError";
}

/** A new room's fragment, without the `#`.  The secret comes from the browser's cryptographic generator. */
export async function createInvite(policy = "hybrid") {
  const code = [...POLICIES].find(([, name]) => name === policy)?.[0];
  if (code === undefined) throw new InviteError(`There is no policy called "${policy}".`);
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_LENGTH));
  return PREFIX + toBase64Url(Uint8Array.of(code, ...secret, ...await checkOf(code, secret)));
}

/**
 * Reads a whole link, its fragment, or what follows the `#`.
 *
 * Gives `{fragment, policy}`, or throws an InviteError.
 */
export async function readInvite(text) {
  const fragment = text.trim().replace(/^.*#/s, "");
  if (!fragment.startsWith(PREFIX)) throw new InviteError(whyNotOurs(fragment));
  const packed = fromBase64Url(wellFormed(fragment.slice(PREFIX.length)));
  const [code, secret, check] = [packed[0], packed.slice(1, -CHECK_LENGTH), packed.slice(-CHECK_LENGTH)];
  const policy = POLICIES.get(code);
  if (!policy) {
    throw new InviteError("This invite link was changed on its way, or asks for a kind of room that only a newer Volly knows.");
  }
  if (!equal(check, await checkOf(code, secret))) {
    throw new InviteError("This invite link was changed on its way: a letter is wrong. Please copy it again.");
  }
  return { fragment, policy };
}

function whyNotOurs(fragment) {
  if (!fragment) return "There is no invite in this link: the part after the # is missing. Please copy the whole link.";
  if (/^v\d+\./.test(fragment)) {
    return "This invite link was made by a newer Volly. Please reload the page, or ask where the link comes from.";
  }
  return "This is not an invite link. An invite link ends with #v1. and 48 letters and digits.";
}

function wellFormed(coded) {
  if (!/^[A-Za-z0-9_-]*$/.test(coded)) {
    throw new InviteError("This invite link has letters in it that do not belong there. Please copy it again.");
  }
  if (coded.length < CODED_LENGTH) {
    throw new InviteError("This invite link is incomplete: its end is missing. Please copy the whole link.");
  }
  if (coded.length > CODED_LENGTH) {
    throw new InviteError("This invite link is too long: something was added at its end. Please copy it again.");
  }
  return coded;
}

async function checkOf(code, secret) {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = Uint8Array.of(...new TextEncoder().encode(CHECK_LABEL), code);
  const hkdf = { name: "HKDF", hash: "SHA-384", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(hkdf, key, 8 * CHECK_LENGTH));
}

function equal(a, b) {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function toBase64Url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

function fromBase64Url(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}
