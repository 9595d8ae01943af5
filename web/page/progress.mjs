/** What is being loaded, in bytes, and what is being done after that, in words. */

import { announce, element } from "./view.mjs";

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/** Bytes have arrived. */
export function showBytes({ received, total }) {
  const bar = element("boot-progress");
  bar.max = total;
  bar.value = received;
  element("boot-text").textContent =
    `Loading the encryption: ${megabytes(received)} of ${megabytes(total)} MB. You can already type.`;
}

/** All bytes are there; this is what happens now. */
export function showStep(text) {
  element("boot-progress").removeAttribute("value");
  element("boot-text").textContent = text;
}

/** Everything works: nothing more to wait for. */
export function showReady() {
  element("boot").hidden = true;
  document.documentElement.dataset.ready = "";
  announce("The encryption is ready.");
}

export function isReady() {
  return "ready" in document.documentElement.dataset;
}
