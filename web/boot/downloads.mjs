/** Watches what Pyodide downloads: counts it, checks it, and notices failures that Pyodide does not report. */

import { hashOf, readAtMost, typeOf, whatIsWrong } from "./arrival.mjs";
import { BootError, cannotRun, isShortOfMemory, lost } from "./problem.mjs";

const PROGRAM = "pyodide.asm.wasm";

/** Milliseconds that a file on its way has to arrive, as the possible reason of an error. */
const PATIENCE = 5000;

/** Answers requests that failed: Pyodide is given up, and must not go on. */
const NEVER = new Promise(() => {});

/** @typedef {{name: string, bytes: number, transfer: number, sha256: string}} File */

export class Downloads {
  #fetch = globalThis.fetch;
  #instantiate = globalThis.WebAssembly.instantiateStreaming;
  #failure = Promise.withResolvers();
  #checks = new Map();
  #files;
  #lazy;
  #received = new Map();
  #folder;
  #onProgress;

  /**
   * @param {string} folder the address of the files
   * @param {{files: File[], lazy?: File[]}} manifest the files loaded at once, and those possibly later
   * @param {(progress: {received: number, total: number}) => void} onProgress
   */
  constructor(folder, { files, lazy = [] }, onProgress) {
    this.#folder = folder;
    this.#files = new Map(files.map((file) => [file.name, file]));
    this.#lazy = new Map(lazy.map((file) => [file.name, file]));
    this.#onProgress = onProgress;
  }

  /**
   * Runs `start` with the page's `fetch` and `instantiateStreaming` watched; rejects at the first failure of either.
   *
   * Resolves to what `start` resolves to once every file has proven to be the one in the list.
   */
  async watch(start) {
    globalThis.fetch = (input, options) => this.#watchedFetch(input, options);
    WebAssembly.instantiateStreaming = (...given) => this.#watchedInstantiate(...given);
    try {
      const started = await this.#unlessOneFails(start());
      await this.#unlessOneFails(Promise.all(this.#checks.values()));
      return started;
    } catch (error) {
      throw error instanceof BootError ? error : await this.#reasonFor(error);
    } finally {
      globalThis.fetch = this.#fetch;
      WebAssembly.instantiateStreaming = this.#instantiate;
    }
  }

  /** Imports a module of the folder, checked.  Raises BootError. */
  async load(name) {
    const file = this.#files.get(name) ?? this.#lazy.get(name);
    const url = this.#folder + name;
    try {
      await checkedByBrowser(url, file?.sha256);
      const loaded = await import(url);
      if (this.#files.has(name)) this.#got(name, file.bytes);
      return loaded;
    } catch (error) {
      throw (await whatIsWrong(url, file?.sha256)) ?? (error instanceof SyntaxError ? cannotRun(error) : lost(name, error));
    }
  }

  #unlessOneFails(work) {
    return Promise.race([work, this.#failure.promise]);
  }

  /** The reason of an error: a bad file, if one is found among those that have not been checked yet. */
  async #reasonFor(error) {
    const checked = Promise.all(this.#checks.values()).then(() => undefined);
    const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
    const reason = await Promise.race([checked, late, this.#failure.promise.catch((failure) => failure)]);
    if (reason) return reason;
    return isShortOfMemory(error) ? cannotRun(error) : new BootError("broken", "Python could not be started in this page.", error);
  }

  async #watchedFetch(input, options) {
    const name = String(input?.url ?? input).replace(this.#folder, "");
    if (!this.#files.has(name)) return this.#fetch.call(globalThis, input, options);
    try {
      const response = await this.#fetch.call(globalThis, input, options);
      if (!response.ok) throw new Error(`status ${response.status}`);
      // A clone is checked, and Pyodide gets the original: a response rebuilt around a counting stream would lose the
      // browser's streaming compilation.
      this.#checks.set(name, this.#check(name, response.clone().body));
      return name === PROGRAM || await this.#checks.get(name) ? response : NEVER;
    } catch (error) {
      await this.#fail(name, error);
      return NEVER;
    }
  }

  /** Whether the content is what the list says. */
  async #check(name, body) {
    const { bytes, sha256 } = this.#files.get(name);
    try {
      const content = await readAtMost(bytes, body, (received) => this.#got(name, received));
      if ((await hashOf(content)) === sha256) return true;
      throw new Error("another content");
    } catch (error) {
      await this.#fail(name, error);
      return false;
    }
  }

  async #fail(name, error) {
    const wrong = await whatIsWrong(this.#folder + name, this.#files.get(name).sha256);
    this.#failure.reject(wrong ?? lost(name, error));
  }

  async #watchedInstantiate(source, imports) {
    try {
      const started = await this.#instantiated(await source, imports);
      return await this.#checks.get(PROGRAM) ? started : NEVER;
    } catch (error) {
      if (await this.#checks.get(PROGRAM)) this.#failure.reject(cannotRun(error));
      throw error;
    }
  }

  /** Instantiates a program that a proxy possibly gave another type: browsers stream `application/wasm` only. */
  async #instantiated(response, imports) {
    return typeOf(response) === "application/wasm"
      ? this.#instantiate.call(WebAssembly, response, imports)
      : WebAssembly.instantiate(await response.arrayBuffer(), imports);
  }

  #got(name, bytes) {
    this.#received.set(name, bytes);
    const share = ({ name, bytes, transfer }) => transfer * Math.min(1, (this.#received.get(name) ?? 0) / bytes);
    const sum = (of) => [...this.#files.values()].reduce((total, file) => total + of(file), 0);
    this.#onProgress({ received: sum(share), total: sum((file) => file.transfer) });
  }
}

/** Lets the browser fetch a module by its hash, as index.html does for those that every visitor needs. */
async function checkedByBrowser(href, sha256) {
  const link = document.createElement("link");
  const isAsked = [...document.querySelectorAll('link[rel="modulepreload"]')].some((asked) => asked.href === href);
  if (isAsked || !sha256 || !link.relList.supports("modulepreload")) return;
  await new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => reject(new Error("it did not come, or not as it should be"));
    document.head.append(Object.assign(link, { rel: "modulepreload", integrity: `sha256-${sha256}`, href }));
  });
}
