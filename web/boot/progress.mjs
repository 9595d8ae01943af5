/** Shows the loading in bytes, and the steps after it in words. */

import { announce, element } from "../view/view.mjs";

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/** Shows how many bytes have arrived. */
export function showBytes({ received, total }) {
  const bar = element("boot-progress");
  bar.max = total;
  bar.value = received;
  element("boot-text").textContent =
    `Loading the encryption: ${megabytes(received)} of ${megabytes(total)} MB. You can already type.`;
}

/** Shows the step that follows when all bytes are there. */
export function showStep(text) {
  element("boot-progress").removeAttribute("value");
  element("boot-text").textContent = text;
}

/** Ends the progress: everything works. */
export function showReady() {
  element("boot").hidden = true;
  document.documentElement.dataset.ready = "";
  announce("The encryption is ready.");
}

export function isReady() {
  return "ready" in document.documentElement.dataset;
}
