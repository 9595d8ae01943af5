/** Saves the conversation as a file on this device: asks in which form, and gives the browser what Python has written. */

import { element } from "./view.mjs";
import { intent } from "./intents.mjs";

const FORMS = { text: ["txt", "text/plain;charset=utf-8"], json: ["json", "application/json"] };

/** Milliseconds until the browser has certainly taken the file. */
const TAKEN = 60_000;

export function prepareExport() {
  const dialog = element("export");
  dialog.addEventListener("close", () => {
    if (Object.hasOwn(FORMS, dialog.returnValue)) intent("export", "", dialog.returnValue);
  });
}

/** Gives the browser a file. */
export function save(form, text) {
  const [ending, type] = FORMS[form];
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: address, download: `conversation.${ending}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), TAKEN);
}
