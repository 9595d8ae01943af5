/** Links in what people write: found in plain text, and only those that lead where they seem to lead. */

/** Addresses in a text that become links: each one costs the browser some time. */
export const LINKS_LIMIT = 300;

const HOST_LIMIT = 253;
const LABEL_LIMIT = 63;

/** Letters that an address is looked at for; a longer one ends there. */
export const ADDRESS_LIMIT = 2500;

const ENDS_A_SENTENCE = ".,;:!?…|*_~";
const BRACKETS = { ")": "(", "]": "[" };

const WIDE_PUNCTUATION = "\\u3001-\\u3003\\u3008-\\u3011\\u3014-\\u301f\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65";
const QUOTES = "\"'`\\u00ab\\u00bb\\u2018-\\u201f\\u2039\\u203a";
const STOPS_OF_OTHER_SCRIPTS = "\\u0589\\u060c\\u061b\\u061f\\u06d4\\u0964\\u0965\\u1362";
const UNSEEN = "\\p{Z}\\p{Cc}\\p{Cs}\\p{Default_Ignorable_Code_Point}\\u2800\\uFFF9-\\uFFFC\\u{13430}-\\u{1343F}\\u{16FE4}\\u{1D159}";

/** Characters that end an address, wherever they stand. */
const NEVER = `${UNSEEN}${WIDE_PUNCTUATION}${QUOTES}${STOPS_OF_OTHER_SCRIPTS}<>\\\\^\\{\\}`;

const START = /(?<![A-Za-z0-9])https?:\/\//gi;
const SCHEME = /https?:\/\//iy;
const AUTHORITY = new RegExp(`[^${NEVER}|*~/?#]{1,300}`, "uy");
const REST = new RegExp(`(?:/[^${NEVER}|?#]{0,${ADDRESS_LIMIT}})?(?:[?#][^${NEVER}]{0,${ADDRESS_LIMIT}})?`, "uy");

/** Ends an address in texts without spaces: no top-level domain has letters of another script after ASCII ones. */
const WORD_BEHIND_HOST = /(?:\.[A-Za-z0-9-]+|:[0-9]+)([^\x00-\u024f][^.]*)$/u;

const HOST_AND_PORT = /^([^\x00-,/:-@[-^`{-\x7f]+|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/u;
const LABEL = /^[^\x00-,./:-@[-^`{-\x7f]+$/u;

/**
 * A web address in a text.
 *
 * @typedef {object} Link
 * @property {string} address as written, which is also where it leads
 * @property {string} realHost the host as browsers look it up if that is another one than is written (letters that are possibly
 *   mistaken for others, numbers that are addresses); else empty
 */

/**
 * Splits a text into plain text and links, in order; together they are the whole text.
 *
 * After 300 addresses the rest stays plain text.
 *
 * @param {string} text
 * @returns {(string | Link)[]}
 */
export function splitLinks(text) {
  const pieces = [];
  let [plainFrom, looked] = [0, 0];
  for (const { index } of text.matchAll(START)) {
    if (++looked > LINKS_LIMIT) break;
    const link = index < plainFrom ? undefined : linkAt(text, index);
    if (!link) continue;
    if (plainFrom < index) pieces.push(text.slice(plainFrom, index));
    pieces.push(link);
    plainFrom = index + link.address.length;
  }
  if (plainFrom < text.length) pieces.push(text.slice(plainFrom));
  return pieces;
}

/**
 * Makes a link of the address that begins here; undefined if there is none, or if it names no host, or another one than it
 * seems to (`https://bank@evil.example`).
 *
 * @param {string} text
 * @param {number} start
 * @returns {Link | undefined}
 */
export function linkAt(text, start) {
  const scheme = matchAt(SCHEME, text, start);
  const authority = matchAt(AUTHORITY, text, start + scheme.length);
  if (!scheme || !authority) return undefined;
  const end = start + scheme.length + authority.length;
  let named = balanced(authority.replace(WORD_BEHIND_HOST, withoutWord));
  const goesOn = named === authority && /^[/?#]/.test(text.slice(end, end + 1));
  if (!goesOn) named = withoutStops(named);
  const host = hostOf(named);
  if (!host) return undefined;
  const rest = goesOn ? withoutStops(balanced(matchAt(REST, text, end))) : "";
  return { address: scheme + named + rest, realHost: isPlain(named, host) ? "" : host };
}

/**
 * The host to which a whole address leads, in ASCII; empty if it is no address that can be a link.
 *
 * @param {string} address
 */
export function hostToShow(address) {
  if (linkAt(address, 0)?.address !== address) return "";
  const { host, username, password } = new URL(address);
  return username || password ? "" : host;
}

function matchAt(pattern, text, place) {
  pattern.lastIndex = place;
  return pattern.exec(text)?.[0] ?? "";
}

function withoutWord(whole, word) {
  return whole.slice(0, whole.length - word.length);
}

/** Whether one reads in the address itself where it leads. */
function isPlain(authority, host) {
  const [, named] = HOST_AND_PORT.exec(authority);
  return named.startsWith("[") || named.toLowerCase().replace(/\.$/, "") === host;
}

/** Takes the punctuation of the sentence around from the end of an address. */
function withoutStops(address) {
  let end = address.length;
  while (end > 0 && ENDS_A_SENTENCE.includes(address[end - 1])) end -= 1;
  return address.slice(0, end);
}

/** Cuts a text before the first bracket that closes without having been opened in it. */
function balanced(address) {
  const open = { "(": 0, "[": 0 };
  for (let place = 0; place < address.length; place++) {
    const letter = address[place];
    if (letter in open) open[letter] += 1;
    else if (letter in BRACKETS && --open[BRACKETS[letter]] < 0) return address.slice(0, place);
  }
  return address;
}

/** The host as this browser looks it up, without the port; empty if it would not. */
function hostOf(authority) {
  const [, named] = HOST_AND_PORT.exec(authority) ?? [];
  if (!named || (!named.startsWith("[") && !named.replace(/\.$/, "").split(".").every(isLabel))) return "";
  try {
    const host = new URL(`https://${named}`).hostname.replace(/\.$/, "");
    return host.length <= HOST_LIMIT && host.split(".").every(fits) ? host : "";
  } catch {
    return "";
  }
}

/** Whether it has only letters that a label has, also after those that stand for others have become them. */
function isLabel(label) {
  return label.length <= 4 * LABEL_LIMIT && LABEL.test(label.toLowerCase().normalize("NFKC"));
}

function fits(label) {
  return 0 < label.length && label.length <= LABEL_LIMIT;
}
