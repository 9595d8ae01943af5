/**
 * Makes and finds invite links before Python has arrived.
 *
 * Tests hold it to the same bytes and findings as volly_browser/room/invite.py and invite_text.py, which explain them:
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

const HIDDEN = "\\\\\\p{Default_Ignorable_Code_Point}";
const SPACE = "\\0-\\x20\\x7f-\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const ANY_HIDDEN = new RegExp(`[${HIDDEN}]+`, "gu");
const ANY_SPACE = new RegExp(`[${SPACE}]+`, "gu");
const LINE_BREAK = /=?\r?\n[> \t]*/g;
const MARKER = new RegExp(`[vｖ][${HIDDEN}${SPACE}]{0,8}([0-9０-９]{1,3})[${HIDDEN}${SPACE}]{0,8}(?:[.．]|%(?:25){0,3}2[Ee])`, "gu");
const LEAD = new RegExp(`(?:^|[#＃]|%(?:25){0,3}23)[${HIDDEN}${SPACE}]*$`, "u");
const TEXT_LIMIT = 1 << 18;
const LEAD_LENGTH = 16;
const MARKERS_LIMIT = 64;
const ENCODED_WINDOW = 1024;
const WINDOW = 256;
const DECODING_ROUNDS = 3;
const LETTERS = /^[A-Za-z0-9_-]*/;

const WORDS = {
  changed: "This invite link was changed on its way: a letter is wrong. Please copy it again.",
  unknownPolicy: "This invite link was changed on its way, or asks for a kind of room that only a newer Volly knows.",
  strange: "This invite link has letters in it that do not belong there. Please copy it again.",
  short: "This invite link is incomplete: its end is missing. Please copy the whole link.",
  newer: "This invite link was made by a newer Volly. Please reload the page, or ask where the link comes from.",
  empty: "There is no invite in this link: the part after the # is missing. Please copy the whole link.",
  none: "This is not an invite link. An invite link ends with #v1. and 48 letters and digits.",
};

/** The text has no usable invite link; the message says why and what to do. */
export class InviteError extends Error {
  name = "InviteError";
}

/**
 * Makes a new room's fragment, without the `#`.  The secret comes from the browser's cryptographic generator.
 *
 * It is drawn until the link has letters and digits only: programs that find links in a text leave out a `-` or `_` at
 * the end, mail programs break lines at a `-`, and in markdown a `_` has a meaning.  That costs 2 bits of 256.
 */
export async function createInvite(policy = "hybrid") {
  const code = [...POLICIES].find(([, name]) => name === policy)?.[0];
  if (code === undefined) throw new InviteError(`There is no policy called "${policy}".`);
  for (;;) {
    const secret = crypto.getRandomValues(new Uint8Array(SECRET_LENGTH));
    const coded = toBase64Url(Uint8Array.of(code, ...secret, ...await checkOf(code, secret)));
    if (!/[_-]/.test(coded)) return PREFIX + coded;
  }
}

/**
 * Finds the first part of a text that has the shape of an invite's fragment, `v1.` and 48 letters; or null.
 *
 * The text is a link, a path (`/%23v1.…`), or a mail with a link in it.  The check bytes are left to `readInvite`, which
 * also looks further if they are wrong.
 */
export function findInvite(text) {
  for (const { fragment } of readings(text)) if (fragment) return fragment;
  return null;
}

/**
 * Reads the invite in a text: a link, its fragment, what follows the `#`, or a mail with a link in it.
 *
 * Returns `{fragment, policy}`, or throws an InviteError.
 */
export async function readInvite(text) {
  const found = [...readings(text)];
  const fragments = new Set(found.map(({ fragment }) => fragment).filter(Boolean));
  for (const fragment of fragments) {
    const policy = await policyProvenBy(fragment);
    if (policy) return { fragment, policy };
  }
  throw new InviteError(whyNone(text, found));
}

/** Yields what follows each version mark, up to a number of marks and a length of text. */
function* readings(text) {
  let count = 0;
  for (const marker of text.slice(0, TEXT_LIMIT).matchAll(MARKER)) {
    if (++count > MARKERS_LIMIT) return;
    const before = text.slice(Math.max(0, marker.index - LEAD_LENGTH), marker.index);
    const start = marker.index + marker[0].length;
    yield reading(Number(marker[1].normalize("NFKC")), LEAD.test(before), text.slice(start, start + ENCODED_WINDOW));
  }
}

function reading(version, isLink, rest) {
  const tight = decoded(rest).slice(0, WINDOW).normalize("NFKC").replace(ANY_HIDDEN, "");
  const loose = tight.replace(LINE_BREAK, "").replace(ANY_SPACE, "");
  const [coded] = LETTERS.exec(loose);
  const isWhole = version === 1 && coded.length >= CODED_LENGTH;
  return { version, isLink, tight, fragment: isWhole ? PREFIX + coded.slice(0, CODED_LENGTH) : undefined };
}

/** Removes percent encoding, of which forwarding services add layers. */
function decoded(text) {
  const utf8 = new TextDecoder();
  const plain = (codes) => utf8.decode(Uint8Array.from(codes.slice(1).split("%"), (code) => parseInt(code, 16)));
  for (let round = 0; round < DECODING_ROUNDS; round++) text = text.replace(/(?:%[0-9A-Fa-f]{2})+/g, plain);
  return text;
}

async function policyProvenBy(fragment) {
  const packed = fromBase64Url(fragment.slice(PREFIX.length));
  const [code, secret, check] = [packed[0], packed.slice(1, -CHECK_LENGTH), packed.slice(-CHECK_LENGTH)];
  return equal(check, await checkOf(code, secret)) ? POLICIES.get(code) : undefined;
}

/** Chooses the most precise sentence about a text without an invite. */
function whyNone(text, found) {
  const ours = found.filter(({ version }) => version === 1);
  const whole = ours.find(({ tight }) => LETTERS.exec(tight)[0].length >= CODED_LENGTH);
  if (whole) return POLICIES.has(fromBase64Url(whole.fragment.slice(PREFIX.length))[0]) ? WORDS.changed : WORDS.unknownPolicy;
  const begun = ours.find(({ isLink }) => isLink);
  if (begun) return reachesFarEnough(begun.tight) ? WORDS.strange : WORDS.short;
  if (found.some(({ version, isLink }) => isLink && version > 1)) return WORDS.newer;
  return /^$|#$/.test(text.trim()) ? WORDS.empty : WORDS.none;
}

/** Whether the fragment would be long enough if all characters up to the next space belonged to it. */
function reachesFarEnough(tight) {
  const [word] = tight.split(ANY_SPACE, 1);
  return (/^.*[A-Za-z0-9_-]/s.exec(word)?.[0].length ?? 0) >= CODED_LENGTH;
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
