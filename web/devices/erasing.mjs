/**
 * Erases at once all that this site keeps on the device: by a button, or by Escape pressed three times within a second.
 *
 * The conversation goes out of sight first; then the stores are emptied, in the other tabs of the site as well, and the
 * page starts anew, so that nothing is left in its memory.
 */

import { closeDialogs } from "../view/dialogs.mjs";
import { block, show } from "../view/view.mjs";
import { databases, deleteDatabase } from "./database.mjs";

const PRESSES = 3;
const WITHIN = 1000; // milliseconds

/** Milliseconds that another tab has to close its stores. */
const PATIENCE = 4000;

const NOT_ERASED = "The browser did not erase everything that this site keeps on this device. Close all tabs of this site, and clear its data in the settings of the browser.";

let channel; // to the other tabs; undefined in a browser that stores nothing for sites, and has none
let presses = [];
let isErasing = false;

/** Listens for the keys, and for other tabs; `forget` is to end what this page would write again. */
export function prepareErasing(forget) {
  const begin = () => erase(forget);
  const beginEverywhere = () => {
    channel?.postMessage("erase");
    return begin();
  };
  addEventListener("keydown", (event) => pressed(event) && beginEverywhere(), { capture: true });
  addEventListener("beforeunload", (event) => isErasing && event.stopImmediatePropagation(), { capture: true });
  hearOthers(begin);
  return beginEverywhere;
}

function hearOthers(begin) {
  try {
    channel = new BroadcastChannel("volly erase");
    channel.addEventListener("message", begin);
  } catch {
    // nothing is stored
  }
}

/** Whether this was the last of three presses; a key that is held is one press. */
function pressed({ key, repeat, isComposing, timeStamp }) {
  if (repeat || isComposing) return false;
  presses = key === "Escape" ? [...presses.slice(1 - PRESSES), timeStamp] : [];
  if (presses.length < PRESSES || timeStamp - presses[0] > WITHIN) return false;
  presses = [];
  return true;
}

async function erase(forget) {
  if (isErasing) return;
  isErasing = true;
  outOfSight();
  forget();
  history.replaceState(null, "", location.pathname);
  const failed = (await Promise.allSettled([eraseStorages(), eraseDatabases(), eraseCaches()]))
    .filter(({ reason }) => reason && reason.name !== "SecurityError"); // such a browser stores nothing for sites
  for (const { reason } of failed) console.error(reason);
  if (failed.length) block("Not everything was erased", NOT_ERASED, failed.map(({ reason }) => String(reason)).join("\n"));
  else location.replace(location.pathname);
}

function outOfSight() {
  closeDialogs();
  for (const field of document.querySelectorAll("input, textarea")) field.value = "";
  document.getElementById("messages").replaceChildren();
  document.title = "Volly";
  show("start");
}

async function eraseStorages() {
  localStorage.clear();
  sessionStorage.clear();
}

async function eraseDatabases() {
  await Promise.all((await databases()).map((name) => inTime(deleteDatabase(name))));
}

async function eraseCaches() {
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
}

function inTime(work) {
  const late = new Promise((_, reject) => { setTimeout(reject, PATIENCE, new Error("It took too long.")); });
  return Promise.race([work, late]);
}
