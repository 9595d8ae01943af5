// Runs a Python program in Pyodide under Node, which sees this machine's files:
//   node pyodide_run.mjs <folder of the pyodide package> <program.py> [argument...]
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [folder, program, ...args] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
// A fixed hash seed: the same sources give the same bytes on every machine.
const pyodide = await loadPyodide({ env: { PYTHONHASHSEED: "0" } });
pyodide.mountNodeFS("/host", "/");
pyodide.pyimport("sys").argv = pyodide.toPy([program, ...args]);
try {
  pyodide.runPython(await readFile(program, "utf8"), { filename: program });
} catch (error) {
  // Only Python's own words: Node would print the whole of Pyodide's minified source first.
  console.error(error.message);
  process.exitCode = 1;
}
