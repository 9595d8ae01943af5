/**
 * The page's Python engine, seen from JavaScript: one Pyodide for each folder, and one way to call it.
 *
 * Only simple values cross: text, numbers, bytes, and plain objects of these. Python is handed the two ends of a
 * promise and calls one of them, so the only Python object that JavaScript ever holds is the facade itself.
 */

import { boot } from "../boot/boot.mjs";

/** @typedef {{tokenUrl: string, signalingUrl: string | null, wasmCryptoUrl: string, engines: object, boot: object}} Config */

/** A page possibly loads this module twice, inside two bundles; Python starts once all the same. */
const ENGINES = Symbol.for("volly.engines");

/** @type {Map<string, Promise<Engine>>} */
const engines = (/** @type {any} */ (globalThis)[ENGINES] ??= new Map());

/** @type {Promise<Config> | undefined} */
let config;

/** The site's own configuration: the page's, else /config.json.  @returns {Promise<Config>} */
export function siteConfig() {
  config ??= loadConfig().catch((error) => {
    config = undefined;
    throw error;
  });
  return config;
}

async function loadConfig() {
  const carried = document.getElementById("volly-config");
  return carried ? JSON.parse(carried.textContent) : fetchJson(new URL("/config.json", import.meta.url));
}

/**
 * Starts the engine of a folder, which tests itself.
 *
 * @param {string} [wasmCryptoUrl]  the folder; the site's own if left out
 * @returns {Promise<Engine>}
 */
export async function engineAt(wasmCryptoUrl) {
  const site = await siteConfig();
  const folder = folderUrl(wasmCryptoUrl ?? site.wasmCryptoUrl);
  const running = engines.get(folder);
  if (running) return running;
  const starting = start(folder, site);
  engines.set(folder, starting);
  starting.catch(() => engines.delete(folder)); // so that it can be tried again
  return starting;
}

/** @param {string} address */
function folderUrl(address) {
  const url = new URL(address, document.baseURI);
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

/**
 * @param {string} folder
 * @param {Config} site
 */
async function start(folder, site) {
  const own = folder === folderUrl(site.wasmCryptoUrl);
  const engine = new Engine(await boot({ url: folder, boot: own ? site.boot : await bootList(folder) }));
  await engine.call("start", JSON.stringify(site.engines));
  return engine;
}

/** @param {string} folder */
async function bootList(folder) {
  try {
    return await fetchJson(new URL("boot.json", folder));
  } catch (error) {
    throw failure("WrongFolder", `There is no boot.json in ${folder}: wasmCryptoUrl is the folder that holds the Pyodide files, and not a single file.`);
  }
}

/** @param {URL} url */
async function fetchJson(url) {
  const answer = await fetch(url).catch(() => undefined);
  if (!answer?.ok) throw failure("NotFound", `${url} could not be loaded (${answer ? `status ${answer.status}` : "no answer"}).`);
  return answer.json().catch(() => {
    throw failure("NotFound", `${url} is not what it should be: something on the way has changed it, or answers in its place.`);
  });
}

/**
 * @param {string} name  the class of the error, as Python calls it
 * @param {string} sentence
 */
export function failure(name, sentence) {
  const error = new Error(sentence);
  error.name = name;
  return error;
}

/**
 * Returns what `work` returns. A Python error from outside of the facade, whose message is a whole traceback, becomes an
 * Error with one sentence.
 *
 * @template T
 * @param {() => T} work
 * @returns {T}
 */
function plainly(work) {
  try {
    return work();
  } catch (/** @type {any} */ error) {
    if (error.name !== "PythonError") throw error;
    throw failure(error.type, error.message.trim().split("\n").at(-1).replace(/^[\w.]+: /, ""));
  }
}

/** Python, started. It lives as long as the page. */
export class Engine {
  #python;

  /** @param {any} pyodide  kept for tests and integrations */
  constructor(pyodide) {
    this.pyodide = pyodide;
    this.#python = plainly(() => {
      const module = pyodide.pyimport("volly_browser.ui.facade_page");
      const facade = module.open_facade();
      module.destroy();
      return facade;
    });
  }

  /**
   * Starts an operation of Python's.
   *
   * @param {string} verb
   * @param {...(string | number | Uint8Array | undefined)} values
   * @returns {Promise<any>}
   */
  call(verb, ...values) {
    return new Promise((resolve, reject) => {
      const refuse = (/** @type {string} */ name, /** @type {string} */ sentence) => reject(failure(name, sentence));
      plainly(() => this.#python.call(resolve, refuse, verb, ...values));
    });
  }

  /**
   * Makes a client.
   *
   * @param {object} options  a `ClientOptions` of Python
   * @returns {number}  names it to Python until it is closed
   */
  openClient(options) {
    return plainly(() => this.#python.open_client(JSON.stringify(options)));
  }

  /**
   * Returns a fact about a client that Python has at hand.
   *
   * @param {"sharedSecret" | "members" | "messages" | "people" | "room" | "livekitRoom"} fact
   * @param {number} client
   * @returns {any}
   */
  look(fact, client) {
    return plainly(() => this.#python.look(fact, client));
  }

  /**
   * Let a client tell the ids of messages that are new or look different, until it is closed.
   *
   * @param {number} client
   * @param {(ids: string[]) => void} callback
   */
  watch(client, callback) {
    plainly(() => this.#python.watch(client, callback));
  }
}
