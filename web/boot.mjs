/**
 * Brings Python into the page: Pyodide, our packages, and the JavaScript that Python uses, all from one folder.
 *
 *     const pyodide = await boot({ url: "/pyodide-…/", boot: config.boot, onProgress });
 *
 * Pyodide swallows three failures: a program that cannot be instantiated leaves `loadPyodide()` pending for ever, a lost
 * standard library ends in an abort, and a package with a wrong hash is reported on the console only.  So this module
 * watches the downloads itself, and fails with a BootError whose message a person can read.
 */

/** Why Python could not be started: `kind` is "unsupported", "network", "integrity" or "broken". */
export class BootError extends Error {
  name = "BootError";

  constructor(kind, message, cause) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** Modules that nearly every visitor needs; the others are loaded when Python asks for them. */
const EAGER_MODULES = ["livekit", "webcrypto"];

/**
 * Loads Pyodide and our packages, checked.
 *
 * Python finds the folder's JavaScript modules through volly_browser/bridge/modules.py.
 *
 * @param {object} options
 * @param {string} options.url where the folder with the Pyodide files lies
 * @param {object} options.boot the folder's boot.json
 * @param {string[]} [options.modules] JavaScript modules to load at once, beside Python, by their names in boot.json
 * @param {(progress: {received: number, total: number}) => void} [options.onProgress] called as bytes arrive; they are
 *   counted as they travel, compressed
 * @returns {Promise<object>} what `loadPyodide` gives
 * @throws {BootError}
 */
export async function boot({ url, boot: manifest, modules = EAGER_MODULES, onProgress = () => {} }) {
  mark("boot");
  requireAbilities();
  const folder = new URL(url.replace(/\/*$/, "/"), document.baseURI).href;
  const downloads = new Downloads(folder, manifest.files, onProgress);
  const module = moduleLoader(folder, manifest.modules, downloads);
  const [pyodide] = await Promise.all([
    downloads.watch(() => startPython(folder, manifest, downloads)),
    ...modules.map(module),
  ]);
  pyodide.registerJsModule("volly_page", { module });
  return pyodide;
}

/** Leaves a mark on the browser's performance timeline; `build.py bench` reads them. */
export function mark(step) {
  performance.mark(`volly:${step}`);
}

function requireAbilities() {
  if (!globalThis.isSecureContext) {
    throw new BootError("unsupported",
      "This page came over an insecure connection, so the browser withholds its cryptography. Please open it with https://.");
  }
  if (typeof WebAssembly !== "object" || !WebAssembly.instantiateStreaming) {
    throw new BootError("unsupported",
      "This browser has WebAssembly switched off, or is too old for it (Lockdown Mode switches it off, too). Volly's encryption needs it.");
  }
}

function moduleLoader(folder, names, downloads) {
  const loading = new Map();
  return (name) => {
    if (!loading.has(name)) loading.set(name, loadModule(folder, names[name], downloads));
    return loading.get(name);
  };
}

async function loadModule(folder, file, downloads) {
  try {
    if (!file) throw new Error("there is none of that name");
    const loaded = await import(folder + file);
    downloads.gotWhole(file);
    return loaded;
  } catch (error) {
    throw lost(file, error);
  }
}

async function startPython(folder, manifest, downloads) {
  // Pyodide would ask for the second only after the first has arrived; both import the same module.
  const [{ loadPyodide }] = await Promise.all(
    ["pyodide.mjs", "pyodide.asm.mjs"].map((file) => loadModule(folder, file, downloads)),
  );
  mark("loader");
  const pyodide = await loadPyodide({ indexURL: folder, packages: manifest.packages });
  mark("python");
  const missing = manifest.packages.filter((name) => !(name in pyodide.loadedPackages));
  if (missing.length) throw new BootError("integrity", `These parts of Volly could not be loaded: ${missing.join(", ")}.`);
  const dataclasses = pyodide.pyimport("volly_browser.bridge.dataclass_code");
  dataclasses.install();
  dataclasses.destroy();
  return pyodide;
}

/** Watches what Pyodide downloads: counts it, and notices what Pyodide does not tell. */
class Downloads {
  #fetch = globalThis.fetch;
  #instantiate = globalThis.WebAssembly.instantiateStreaming;
  #failure = Promise.withResolvers();
  #sizes;
  #received = new Map();
  #folder;
  #onProgress;

  constructor(folder, files, onProgress) {
    this.#folder = folder;
    this.#sizes = new Map(files.map((file) => [file.name, file]));
    this.#onProgress = onProgress;
  }

  /** Runs `start` with the page's `fetch` and `instantiateStreaming` watched; rejects at the first failure of either. */
  async watch(start) {
    globalThis.fetch = (input, options) => this.#watchedFetch(input, options);
    WebAssembly.instantiateStreaming = (...given) => this.#watchedInstantiate(given);
    try {
      return await Promise.race([start(), this.#failure.promise]);
    } catch (error) {
      throw error instanceof BootError ? error : new BootError("broken", "Python could not be started in this page.", error);
    } finally {
      globalThis.fetch = this.#fetch;
      WebAssembly.instantiateStreaming = this.#instantiate;
    }
  }

  /** The whole file has arrived by a way that cannot be counted on its way (an import). */
  gotWhole(name) {
    if (this.#sizes.has(name)) this.#got(name, this.#sizes.get(name).bytes);
  }

  async #watchedFetch(input, options) {
    const name = String(input?.url ?? input).replace(this.#folder, "");
    if (!this.#sizes.has(name)) return this.#fetch.call(globalThis, input, options);
    try {
      const response = await this.#fetch.call(globalThis, input, options);
      if (!response.ok) throw new Error(`status ${response.status}`);
      // A copy is counted, and Pyodide gets the original: a response rebuilt around a counting stream would lose the
      // browser's fast way from the network to the compiler.
      this.#count(name, response.clone().body);
      return response;
    } catch (error) {
      this.#failure.reject(await this.#whyRefused(name, input, options, error));
      return new Promise(() => {}); // whoever asked is given up
    }
  }

  async #count(name, body) {
    try {
      let bytes = 0;
      for (const reader = body.getReader(); ;) {
        const { done, value } = await reader.read();
        if (done) break;
        this.#got(name, bytes += value.length);
      }
      if (bytes !== this.#sizes.get(name).bytes) throw new Error(`${bytes} bytes`);
    } catch (error) {
      this.#failure.reject(lost(name, error));
    }
  }

  async #whyRefused(name, input, options, error) {
    if (!options?.integrity) return lost(name, error);
    const there = await this.#fetch.call(globalThis, input, { cache: "reload" }).then((answer) => answer.ok, () => false);
    if (!there) return lost(name, error);
    return new BootError("integrity",
      "A part of this page is not what it should be. Either the site is just being updated, or somebody has changed it. Nothing was started.",
      new Error(`${name} does not have the hash ${options.integrity}`));
  }

  async #watchedInstantiate(given) {
    try {
      return await this.#instantiate.apply(WebAssembly, given);
    } catch (error) {
      this.#failure.reject(new BootError("unsupported",
        "This browser cannot run Volly's engine. It may be too old, or short of memory.", error));
      throw error;
    }
  }

  #got(name, bytes) {
    this.#received.set(name, bytes);
    const share = ({ name, bytes, transfer }) => transfer * Math.min(1, (this.#received.get(name) ?? 0) / bytes);
    const sum = (of) => [...this.#sizes.values()].reduce((total, file) => total + of(file), 0);
    this.#onProgress({ received: sum(share), total: sum((file) => file.transfer) });
  }
}

function lost(name, cause) {
  return new BootError("network",
    "A part of this page could not be loaded. Please check your connection and try again.", new Error(`${name}: ${cause}`, { cause }));
}
