/**
 * Brings Python into the page: Pyodide, our packages, and the JavaScript that Python uses, all from one folder.
 *
 *     const pyodide = await boot({ url: "/pyodide-…/", boot: config.boot, onProgress });
 *
 * Pyodide swallows three failures: a program that cannot be instantiated leaves `loadPyodide()` pending for ever, a lost
 * standard library ends in an abort, and a package with a wrong hash is reported on the console only.  So the downloads are
 * watched (boot/downloads.mjs), and every failure is a BootError whose message a person can read.
 */

import { Downloads } from "./downloads.mjs";
import { BootError, withoutWebAssembly } from "./problem.mjs";

export { BootError };

/** Modules that nearly every visitor needs; the others are loaded when Python asks for them. */
const EAGER_MODULES = ["livekit", "webcrypto"];

/**
 * Loads Pyodide and our packages, checked.
 *
 * Python finds the folder's JavaScript modules through volly_browser/bridge/modules.py.
 *
 * @param {object} options
 * @param {string} options.url the address of the folder with the Pyodide files
 * @param {object} options.boot the folder's boot.json
 * @param {string[]} [options.modules] JavaScript modules to load at once, beside Python, by their names in boot.json
 * @param {(progress: {received: number, total: number}) => void} [options.onProgress] called as bytes arrive; they are
 *   counted as they travel, compressed
 * @param {(module: (name: string) => Promise<object>) => void} [options.onModules] called at once with what loads
 *   the folder's modules, each when it is first asked for
 * @returns {Promise<object>} what `loadPyodide` resolves to
 * @throws {BootError}
 */
export async function boot({ url, boot: manifest, modules = EAGER_MODULES, onProgress = () => {}, onModules = () => {} }) {
  mark("boot");
  requireAbilities();
  const folder = new URL(url.replace(/\/*$/, "/"), document.baseURI).href;
  const downloads = new Downloads(folder, manifest, onProgress);
  const module = moduleLoader(manifest.modules, downloads);
  onModules(module);
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

/** Throws BootError if this browser cannot run Python at all; works before anything is loaded. */
export function requireAbilities() {
  if (!globalThis.isSecureContext) {
    throw new BootError("unsupported",
      "This page came over an insecure connection, so the browser withholds its cryptography. Please open it with https://.");
  }
  if (typeof WebAssembly !== "object" || !WebAssembly.instantiateStreaming) throw withoutWebAssembly();
}

function moduleLoader(names, downloads) {
  const loading = new Map();
  return (name) => {
    if (!loading.has(name)) loading.set(name, loadNamed(name, names[name], downloads));
    return loading.get(name);
  };
}

async function loadNamed(name, file, downloads) {
  if (!file) throw new BootError("network", `There is no part of this page that is called "${name}".`);
  return downloads.load(file);
}

async function startPython(folder, manifest, downloads) {
  // Pyodide would fetch the second only after the first has arrived.
  const [{ loadPyodide }] = await Promise.all(["pyodide.mjs", "pyodide.asm.mjs"].map((file) => downloads.load(file)));
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
