/**
 * Makes and finds invite links before Python has arrived.
 *
 * Tests hold it to the same bytes and findings as volly_browser/room/invite.py and invite_text.py, which explain them:
 *
 *     v1.<base64url(policy || secret || check)>             1 + 32 + 3 bytes, 48 characters
 *     v2.<base64url(policy || secret || history || check)>  1 + 32 + 2 + 4 bytes, 52 characters
 *     check = HKDF-SHA384(secret, info = "volly/v1/invite check" || policy, and history if there is any), 3 or 4 bytes
 */

/** By version: characters of the coded part, and bytes of the check. */
const FORMS = new Map([[1, { length: 48, check: 3 }], [2, { length: 52, check: 4 }]]);
const NEWEST = Math.max(...FORMS.keys());
const CHECK_LABEL = "volly/v1/invite check";
const SECRET_LENGTH = 32;
const HISTORY_LIMIT = 500;
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
  none: "This is not an invite link. An invite link ends with #v1. or #v2. and about 50 letters and digits.",
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
 *
 * Newcomers are told up to `history` messages from before they came, 0 to 500.
 */
export async function createInvite(policy = "hybrid", history = 0) {
  const code = [...POLICIES].find(([, name]) => name === policy)?.[0];
  if (code === undefined) throw new InviteError(`There is no policy called "${policy}".`);
  if (!Number.isInteger(history) || history < 0 || history > HISTORY_LIMIT) {
    throw new InviteError(`Newcomers are told 0 to ${HISTORY_LIMIT} messages, not ${history}.`);
  }
  const version = history ? 2 : 1;
  const terms = history ? Uint8Array.of(code, history >> 8, history & 0xff) : Uint8Array.of(code);
  for (;;) {
    const secret = crypto.getRandomValues(new Uint8Array(SECRET_LENGTH));
    const check = await checkOf(terms, secret, FORMS.get(version).check);
    const coded = toBase64Url(Uint8Array.of(code, ...secret, ...terms.slice(1), ...check));
    if (!/[_-]/.test(coded)) return `v${version}.${coded}`;
  }
}

/**
 * Finds the first part of a text that has the shape of an invite's fragment, such as `v1.` and 48 letters; or null.
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
 * Returns `{fragment, policy, history}`, or throws an InviteError.
 */
export async function readInvite(text) {
  const found = [...readings(text)];
  const fragments = new Set(found.map(({ fragment }) => fragment).filter(Boolean));
  for (const fragment of fragments) {
    const terms = await termsProvenBy(fragment);
    if (terms) return { fragment, ...terms };
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
  const length = FORMS.get(version)?.length ?? Infinity;
  return { version, isLink, tight, fragment: coded.length >= length ? `v${version}.${coded.slice(0, length)}` : undefined };
}

/** Removes percent encoding, of which forwarding services add layers. */
function decoded(text) {
  const utf8 = new TextDecoder();
  const plain = (codes) => utf8.decode(Uint8Array.from(codes.slice(1).split("%"), (code) => parseInt(code, 16)));
  for (let round = 0; round < DECODING_ROUNDS; round++) text = text.replace(/(?:%[0-9A-Fa-f]{2})+/g, plain);
  return text;
}

async function termsProvenBy(fragment) {
  const [terms, secret, check] = split(fragment);
  return equal(check, await checkOf(terms, secret, check.length)) ? read(terms) : undefined;
}

/** The bytes that say what kind of room it is, the secret, and the check. */
function split(fragment) {
  const packed = fromBase64Url(fragment.slice("v1.".length));
  const [end, { check }] = [1 + SECRET_LENGTH, FORMS.get(Number(fragment[1]))];
  return [Uint8Array.of(packed[0], ...packed.slice(end, -check)), packed.slice(1, end), packed.slice(-check)];
}

/** Reads what a link says of its room; undefined if there are no such rooms. */
function read([code, high, low]) {
  const policy = POLICIES.get(code);
  const history = high === undefined ? 0 : (high << 8) | low;
  const isKnown = policy && (high === undefined || (history > 0 && history <= HISTORY_LIMIT));
  return isKnown ? { policy, history } : undefined;
}

/** Chooses the most precise sentence about a text without an invite. */
function whyNone(text, found) {
  const ours = found.filter(({ version }) => FORMS.has(version));
  const whole = ours.find(({ version, tight }) => LETTERS.exec(tight)[0].length >= FORMS.get(version).length);
  if (whole) return read(split(whole.fragment)[0]) ? WORDS.changed : WORDS.unknownPolicy;
  const begun = ours.find(({ isLink }) => isLink);
  if (begun) return reachesFarEnough(begun) ? WORDS.strange : WORDS.short;
  if (found.some(({ version, isLink }) => isLink && version > NEWEST)) return WORDS.newer;
  return /^$|#$/.test(text.trim()) ? WORDS.empty : WORDS.none;
}

/** Whether the fragment would be long enough if all characters up to the next space belonged to it. */
function reachesFarEnough({ version, tight }) {
  const [word] = tight.split(ANY_SPACE, 1);
  return (/^.*[A-Za-z0-9_-]/s.exec(word)?.[0].length ?? 0) >= FORMS.get(version).length;
}

async function checkOf(terms, secret, length) {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = Uint8Array.of(...new TextEncoder().encode(CHECK_LABEL), ...terms);
  const hkdf = { name: "HKDF", hash: "SHA-384", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(hkdf, key, 8 * length));
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
