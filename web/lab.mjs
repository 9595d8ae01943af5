/**
 * The lab's own behaviour: names for the parts of the cells, and one button that runs all cells in order.
 *
 * PyScript fires `py-editor` at a cell whose editor is in place, at the setup cell when it has run, and again at all of
 * them after a cell was stopped, which starts Python anew.
 */

const status = document.getElementById("lab-status");
const runAll = /** @type {HTMLButtonElement} */ (document.getElementById("run-all"));

/** Milliseconds after which the start has failed, or is slower than people wait for. */
const PATIENCE = 60_000;

/** Setup cells that have run; a new start of Python is a new element. */
const started = new WeakSet();

document.addEventListener("py-editor", ({ target }) => {
  const cell = /** @type {Element} */ (target);
  document.getElementById("stuck")?.remove();
  if (cell.hasAttribute("setup")) started.add(cell);
  else prepareCell(cell);
  showWhetherReady();
});
runAll.addEventListener("click", runInOrder);
setTimeout(sayThatPythonDoesNotStart, PATIENCE);

function isReady() {
  return started.has(document.querySelector('script[type^="py-editor"][setup]'));
}

function sayThatPythonDoesNotStart() {
  if (isReady()) return;
  status.textContent = "Python has not started yet. The connection may be slow; or something on the way has changed a file of this page: please reload, or try another network.";
}

function showWhetherReady() {
  runAll.disabled = !isReady();
  status.textContent = isReady()
    ? "Python is ready. Run the cells in order. In a cell, Ctrl+Enter runs it; Escape, then Tab, leaves it."
    : "Python is starting. You can already read, and change the cells.";
}

/** @param {Element} cell */
function prepareCell(cell) {
  const editor = cell.nextElementSibling.querySelector(".py-editor-input > div").shadowRoot;
  editor.adoptedStyleSheets.forEach(darkenPaleColors);
  const code = editor.querySelector(".cm-content");
  code.setAttribute("aria-label", `Code: ${headingOf(cell)}`);
  code.tabIndex = 0; // as it is anyway, but not every screen reader and checker knows that of editable elements
  code.blur(); // a new editor takes the focus
  runButton(cell).setAttribute("aria-label", `Run: ${headingOf(cell)}`);
  cell.nextElementSibling.querySelector(".py-editor-output").setAttribute("role", "status");
}

/**
 * Replaces CodeMirror's orange of f-strings, which is hard to read on white.
 *
 * @param {CSSStyleSheet} sheet
 */
function darkenPaleColors(sheet) {
  for (const { style } of sheet.cssRules) {
    if (style?.color === "rgb(238, 68, 0)") style.color = "rgb(184, 50, 0)";
  }
}

/** Runs all cells; ends early if one is stopped, after which Python and this start anew. */
async function runInOrder() {
  runAll.disabled = true;
  for (const cell of document.querySelectorAll('script[type^="py-editor"]:not([setup])')) {
    status.textContent = `Running: ${headingOf(cell)}`;
    const done = new Promise((resolve) => cell.addEventListener("py-editor:done", resolve, { once: true }));
    runButton(cell).click();
    await done;
  }
  status.textContent = "All cells have run. Change one and run it again.";
  runAll.disabled = false;
}

/** @param {Element} cell */
const headingOf = (cell) => cell.closest("section").querySelector("h2").textContent;

/** @param {Element} cell */
const runButton = (cell) => cell.nextElementSibling.querySelector("button");
