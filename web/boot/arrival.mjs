/** Finds out what went wrong with a file on its way here. */

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

const ask = globalThis.fetch.bind(globalThis); // Downloads replaces it meanwhile

/**
 * Fetches a file that could not be used again, past the browser's cache, which thereby forgets a bad copy.
 *
 * Returns the BootError to show; undefined if nothing is wrong with the file now.
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

/** Reads a body and reports the bytes as they arrive; fails if there are more than `limit`. */
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

/** The content type of an answer, without parameters. */
export function typeOf(answer) {
  return (answer.headers.get("content-type") ?? "").split(";", 1)[0].trim().toLowerCase();
}

/** The last part of an address. */
export function nameOf(url) {
  return new URL(url, document.baseURI).pathname.split("/").at(-1);
}

/** What is wrong with the content type of a file of that name; "" if nothing is. */
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
