/** Keyboard shortcuts: each with a modifier, and none that browsers, screen readers or text boxes take for themselves. */

import { element, showing } from "./view.mjs";
import { openDialog } from "./dialogs.mjs";
import { openSearch } from "./search.mjs";

/** By the keys as they are held; Cmd counts as Ctrl. */
const SHORTCUTS = {
  "Ctrl+Shift+KeyF": openSearch,
  "Ctrl+Slash": () => openDialog("shortcuts"),
  "Alt+PageDown": () => element("newer").click(),
};

export function prepareShortcuts() {
  document.addEventListener("keydown", (event) => {
    const shortcut = SHORTCUTS[held(event)];
    if (!shortcut || event.isComposing || !showing("room") || document.querySelector("dialog:modal")) return;
    event.preventDefault();
    shortcut();
  });
}

function held({ ctrlKey, metaKey, altKey, shiftKey, code, key }) {
  const named = key === "/" ? "Slash" : code; // wherever it is on a keyboard
  const shift = shiftKey && named !== "Slash"; // and however it is typed there
  return [(ctrlKey || metaKey) && "Ctrl", altKey && "Alt", shift && "Shift", named].filter(Boolean).join("+");
}
