/** What has become of a file on its way here. */

import { changed, lost } from "./problem.mjs";

/** Milliseconds for looking at one file. */
const PATIENCE = 5000;

/** Bytes; no file of the page is larger. */
const LIMIT = 64 << 20;

const TYPES = new Map([
  ["mjs", /^(?:text|application)\/(?:x-)?(?:javascript|ecmascript)$/],
  ["js", /^(?:text|application)\/(?:x-)?(?:javascript|ecmascript)$/],
  ["css", /^text\/css$/],
]);

const ask = globalThis.fetch.bind(globalThis); // the boot puts its own in place of it

/**
 * Asks for a file that could not be used once more, past the browser's cache, which so forgets a bad one.
 *
 * Gives the BootError to show; undefined if there is nothing wrong with the file now.
 *
 * @param {string} url
 * @param {string} [hash] the file's SHA-256 in base64, if it is known
 */
export async function whatIsWrong(url, hash) {
  const name = nameOf(url);
  try {
    const answer = await ask(url, { cache: "reload", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) return lost(name, `status ${answer.status}`);
    const how = misfit(name, typeOf(answer)) || await otherContent(answer, hash);
    return how ? changed(name, how) : undefined;
  } catch (error) {
    return lost(name, error);
  }
}

/** Everything in a body, called back with how much there is as it comes; fails where it is more than `limit` bytes. */
export async function readAtMost(limit, body, onBytes = () => {}) {
  const parts = [];
  let bytes = 0;
  for (const reader = body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    onBytes(bytes += value.length);
    if (bytes > limit) {
      await reader.cancel();
      throw new RangeError(`more than ${limit} bytes`);
    }
  }
  return new Blob(parts).arrayBuffer();
}

/** SHA-256 in base64. */
export async function hashOf(content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return btoa(String.fromCharCode(...digest));
}

/** What an answer calls its content, without parameters. */
export function typeOf(answer) {
  return (answer.headers.get("content-type") ?? "").split(";", 1)[0].trim().toLowerCase();
}

/** The last part of an address. */
export function nameOf(url) {
  return new URL(url, document.baseURI).pathname.split("/").at(-1);
}

/** How a file of that name came that must not be called so; "" if it may. */
function misfit(name, type) {
  const right = TYPES.get(name.split(".").at(-1));
  if (type === "text/html") return "came as a web page";
  if (!right || right.test(type)) return "";
  return `came as ${type.slice(0, 40) || "a file of no kind"}, which browsers do not take for ${name.endsWith("css") ? "a style" : "a program"}`;
}

async function otherContent(answer, hash) {
  const content = await readAtMost(LIMIT, answer.body);
  return hash && (await hashOf(content)) !== hash ? "came with another content" : "";
}
