// Runs pytest in the page's own Python, under Node: the built site's Pyodide, with its standard library and its wheels,
// put together as web/boot/boot.mjs does it.
//   node run.mjs '{"engine": folder, "library": archive, "packages": folder, "project": folder}' [argument of pytest...]
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [places, ...args] = process.argv.slice(2);
const { engine, library, packages, project } = JSON.parse(places);
const { packages: wheels, modules } = JSON.parse(readFileSync(`${engine}/boot.json`, "utf8"));
const load = (file) => import(pathToFileURL(`${engine}/${file}`));

// Of a promise Python can only await the outcome on JavaScript's event loop, and tests run on loops of their own.  So
// this is a browser whose WebCrypto, which promises everything, has none of the algorithms: noble answers at once.
const webcrypto = { algorithms: async () => [], connect: () => ({ define: () => 0, start: () => undefined }) };

try {
  const { loadPyodide } = await load("pyodide.mjs");
  const pyodide = await loadPyodide({ indexURL: `${engine}/`, packages: wheels });
  pyodide.pyimport("volly_browser.bridge.dataclass_code").install();
  const module = async (name) => (name === "webcrypto" ? webcrypto : load(modules[name]));
  pyodide.registerJsModule("volly_page", { module });
  pyodide.FS.writeFile("/whole_library.zip", new Uint8Array(readFileSync(library)));
  for (const [name, folder] of [["packages", packages], ["tests", `${project}/tests`], ["web", `${project}/web`]]) {
    pyodide.FS.mkdirTree(`/checkout/${name}`);
    pyodide.mountNodeFS(`/checkout/${name}`, folder);
  }
  pyodide.globals.set("arguments", pyodide.toPy(args));
  await pyodide.runPythonAsync(`
    import sys
    sys.path.append("/checkout")
    from tests.page_python.inside import start
    await start.prepare()
  `);
  process.exitCode = pyodide.runPython("start.run_pytest(arguments)"); // not within a task, as no loop runs in another
} catch (error) {
  // Only Python's own words: Node would print the whole of Pyodide's minified source first.
  console.log(`The page's Python has ended. ${error.message}`);
  process.exitCode = 70;
}
