// Stock Pyodide, started as its documentation says.

const folder = document.documentElement.dataset.pyodide;
const { loadPyodide } = await import(`${folder}pyodide.mjs`);
await loadPyodide({ indexURL: folder });
performance.mark("stock:ready");
