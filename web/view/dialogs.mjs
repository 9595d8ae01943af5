/** Buttons that open dialogs; Escape and the browser close them. */

import { element } from "./view.mjs";

export function prepareDialogs() {
  document.addEventListener("click", (event) => {
    const dialog = event.target.closest?.("[data-opens]")?.dataset.opens;
    if (dialog) {
      event.target.closest("dialog:modal")?.close();
      openDialog(dialog);
    }
    if (event.target.closest?.("[data-closes]")) event.target.closest("dialog").close();
  });
}

/** Opens a dialog; resolves to the value of the button that closed it, "" if none did. */
export function ask(id) {
  const dialog = openDialog(id);
  return new Promise((resolve) => {
    const closed = () => {
      if (dialog.open) return; // close events come late: this one belongs to an earlier use of the dialog
      dialog.removeEventListener("close", closed);
      resolve(dialog.returnValue);
    };
    dialog.addEventListener("close", closed);
  });
}

/** Opens a dialog, if it is not open. */
export function openDialog(id) {
  const dialog = element(id);
  hidePopovers();
  dialog.returnValue = "";
  if (!dialog.open) dialog.showModal();
  return dialog;
}

export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog:modal")) dialog.close();
  hidePopovers();
}

function hidePopovers() {
  for (const popover of ["people", "more-menu"]) element(popover).hidePopover?.();
}
