/**
 * Checks the options of the facade, at the call that gives them: a wrong one is a TypeError.
 */

/** @typedef {{expects: string, accepts: (value: unknown) => boolean}} Option */

/** @type {Record<string, Option>} */
const OPTIONS = {
  name: {
    expects: "a name, as text",
    accepts: (value) => typeof value === "string",
  },
  signalingUrl: {
    expects: "the address of a LiveKit server, such as wss://signaling.example.org",
    accepts: (value) => isUrl(value, ["ws:", "wss:"]),
  },
  tokenUrl: {
    expects: "the address of a token service, such as /token",
    accepts: (value) => isUrl(value, ["http:", "https:"], document.baseURI),
  },
  wasmCryptoUrl: {
    expects: "the address of the folder with the Pyodide files, such as /pyodide-1a2b3c/",
    accepts: (value) => isUrl(value, ["http:", "https:"], document.baseURI),
  },
  enablePostQuantum: {
    expects: "true or false",
    accepts: (value) => typeof value === "boolean",
  },
  history: {
    expects: "a whole number of messages, 0 to 500",
    accepts: (value) => Number.isInteger(value) && /** @type {number} */ (value) >= 0 && /** @type {number} */ (value) <= 500,
  },
  timeoutMs: {
    expects: "a number of milliseconds, 0 or more",
    accepts: (value) => typeof value === "number" && value >= 0,
  },
};

/**
 * Returns the given options without those that are undefined.
 *
 * @template {object} T
 * @param {string} taker  what takes the options; named in errors
 * @param {T} given
 * @param {string[]} known  the names that the taker knows
 * @returns {T}
 * @throws {TypeError} an option is unknown, or its value is not what it expects
 */
export function checkOptions(taker, given, known) {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new TypeError(`${taker} takes an object with options, not ${describe(given)}.`);
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of set) {
    if (!known.includes(name)) {
      throw new TypeError(`${taker} has no option ${JSON.stringify(name)}. Its options are: ${known.join(", ")}.`);
    }
    if (!OPTIONS[name].accepts(value)) {
      throw new TypeError(`The option ${name} of ${taker} is ${OPTIONS[name].expects}, not ${describe(value)}.`);
    }
  }
  return /** @type {T} */ (Object.fromEntries(set));
}

/**
 * @param {string} name  what the value is; named in the error
 * @param {unknown} value
 * @returns {Uint8Array}
 * @throws {TypeError} it is not a Uint8Array
 */
export function checkBytes(name, value) {
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`${name} is a Uint8Array, not ${kind(value)}.`);
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {string}
 * @throws {TypeError} it is not a string
 */
export function checkText(name, value) {
  if (typeof value === "string") return value;
  throw new TypeError(`${name} is a string, not ${kind(value)}.`);
}

/**
 * @param {unknown} value  what mentions stand for: ids of members by words in a text
 * @returns {string}  the same in JSON
 * @throws {TypeError} it is no record of strings
 */
export function checkMentions(value) {
  if (typeof value !== "object" || value === null) throw new TypeError(`mentions is an object, not ${kind(value)}.`);
  return JSON.stringify(Object.fromEntries(Object.entries(value).map(([words, id]) => [words, checkText(`mentions[${JSON.stringify(words)}]`, id)])));
}

const TIMERS = [0, 300, 3600, 86_400, 604_800];

/**
 * @param {{title?: unknown, topic?: unknown, disappearsAfter?: unknown}} changes  of what is set for a room
 * @returns {string}  the same in JSON
 * @throws {TypeError} one is of another kind
 */
export function checkChanges({ title, topic, disappearsAfter }) {
  if (title !== undefined) checkText("title", title);
  if (topic !== undefined) checkText("topic", topic);
  if (disappearsAfter !== undefined && !TIMERS.some((timer) => timer === disappearsAfter)) {
    throw new TypeError(`disappearsAfter is one of ${TIMERS.join(", ")}, not ${describe(disappearsAfter)}.`);
  }
  return JSON.stringify({ title, topic, disappearsAfter });
}

/**
 * @template {Function} T
 * @param {string} name
 * @param {T} value
 * @returns {T}
 * @throws {TypeError} it is not a function
 */
export function checkFunction(name, value) {
  if (typeof value === "function") return value;
  throw new TypeError(`${name} is a function, not ${kind(value)}.`);
}

/**
 * Quotes a value in an error if it is short and no secret, as an option is.
 *
 * @param {unknown} value
 */
function describe(value) {
  return ["string", "number", "boolean"].includes(typeof value) ? JSON.stringify(value) : kind(value);
}

/** @param {unknown} value */
function kind(value) {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? `an object of type ${value.constructor?.name ?? "Object"}` : `a ${typeof value}`;
}

/**
 * @param {unknown} value
 * @param {string[]} protocols
 * @param {string} [base]
 */
function isUrl(value, protocols, base) {
  if (typeof value !== "string" || value === "" || !URL.canParse(value, base)) return false;
  return protocols.includes(new URL(value, base).protocol);
}
