/**
 * "Keep on this device" for the room of this visit: the dialogs, and what Python gets and gives (ui/device/keeper.py).
 *
 * A room is off (nothing is kept), locked (something is kept, and its passphrase was not given yet) or open.
 */

import { openDialog } from "../view/dialogs.mjs";
import { announce, element, say } from "../view/view.mjs";
import { prepareErasing } from "./erasing.mjs";
import { ROOMS_LIMIT } from "./forms.mjs";
import { KeptRoom, forget, isAnyKept, isKept } from "./kept.mjs";

const LEAST = 8; // letters of a passphrase

/** Records that Python takes at once, so that the page reacts in between. */
const AT_ONCE = 20;

const BUTTON = { off: "Keep on this device", locked: "Kept here, and closed", open: "Kept on this device" };

const WORDS = {
  short: `Please use at least ${LEAST} letters.`,
  different: "These two are not the same.",
  passphrase: "This passphrase does not open what is kept here.",
  damaged: "What is kept here is damaged and cannot be opened. You can delete it and begin anew.",
  elsewhere: "This room is open in another tab, which keeps it. Close it there first.",
  full: `This device keeps ${ROOMS_LIMIT} rooms already, which is the most. Stop keeping another one first.`,
  storage: "The browser did not let this site store anything: its space is used up, or storing is switched off.",
};

const DIALOGS = { off: "keep", locked: "unlock", open: "kept" };

/** Ends the making of a key, because the dialog was closed. */
class Cancelled extends Error {
  isCancelled = true;
}

let fragment; // of the room of this visit
let state = "off";
let room; // a KeptRoom, if it is open
let opened; // what it had, until Python takes it

export function prepareKeeping(forgetTexts) {
  const eraseNow = prepareErasing(() => {
    forgetTexts();
    closeKeeping();
  });
  for (const button of document.querySelectorAll("[data-keep]")) button.addEventListener("click", () => showDialog());
  element("keep-form").addEventListener("submit", (event) => doing(event, "keep", keep));
  element("unlock-form").addEventListener("submit", (event) => doing(event, "unlock", unlock));
  for (const id of ["keep", "unlock"]) {
    element(id).addEventListener("close", () => element(`${id}-form`).reset()); // no passphrase stays in the page
  }
  element("stop-keeping").addEventListener("click", stop);
  element("delete-kept").addEventListener("click", stop);
  element("erase-now").addEventListener("click", eraseNow);
  sayWhetherAnyIsKept();
}

/** Finds out whether something is kept of the room that is entered, and asks for its passphrase. */
export async function openKeeping(ofRoom) {
  fragment = ofRoom;
  try {
    if (!(await isKept(ofRoom)) || fragment !== ofRoom) return;
    become("locked");
    showDialog();
  } catch (error) {
    console.error(error); // a browser that stores nothing for sites has nothing to be opened
  }
}

/** Closes the room that is left; what is kept of it stays. */
export function closeKeeping() {
  fragment = undefined;
  room?.close();
  opened = undefined;
  become("off");
  sayWhetherAnyIsKept();
}

/** What the room had when it was opened, for Python, a part at each call; undefined once all of it was taken. */
export function takeOpened() {
  if (!opened) return undefined;
  const records = opened.records.splice(0, AT_ONCE);
  const part = { records, damaged: opened.damaged, isLast: !opened.records.length };
  if (part.isLast) opened = undefined;
  return part;
}

/** Writes what Python has packed: `[[position, bytes | null]]`. */
export async function keepRecords(changes) {
  if (state !== "open") return;
  const written = room;
  try {
    await written.write(changes);
  } catch (error) {
    if (written !== room) return; // it was closed meanwhile
    console.error(error);
    room.close();
    become("locked");
    tellPython("failed");
  }
}

function become(next, nextRoom) {
  [state, room] = [next, nextRoom];
  for (const button of document.querySelectorAll("[data-keep-words]")) button.textContent = BUTTON[state];
  for (const line of document.querySelectorAll("[data-if-kept]")) line.hidden = (state === "off") === (line.dataset.ifKept === "yes");
}

function tellPython(what) {
  document.dispatchEvent(new CustomEvent("volly:device", { detail: what }));
}

function showDialog() {
  const dialog = openDialog(DIALOGS[state]);
  dialog.querySelector("form").reset();
  for (const line of dialog.querySelectorAll(".problem")) line.hidden = true;
  element("delete-kept").hidden = true;
}

/** Runs what a form asks for, once at a time, and says in the form why it failed. */
async function doing(event, name, work) {
  event.preventDefault();
  const [dialog, form, progress] = [element(name), event.target, element(`${name}-progress`)];
  if (!progress.hidden) return;
  say(`${name}-problem`, "");
  const asked = fragment;
  const onProgress = (share) => {
    progress.value = share;
    if (!dialog.open || fragment !== asked) throw new Cancelled();
  };
  progress.value = 0;
  progress.hidden = false;
  for (const control of form.elements) if (control.type === "submit") control.disabled = true;
  try {
    await work(form, onProgress, asked);
    dialog.close();
  } catch (error) {
    if (!error.isCancelled) fail(name, error);
  } finally {
    progress.hidden = true;
    for (const control of form.elements) control.disabled = false;
    if (!element(`${name}-problem`).hidden) form.querySelector("input").focus();
  }
}

function fail(name, error) {
  const kind = error.kind ?? "storage";
  if (!(kind in WORDS)) throw error;
  if (kind === "storage") console.error(error);
  say(`${name}-problem`, WORDS[kind]);
  element("delete-kept").hidden = kind !== "damaged";
}

async function keep(form, onProgress, asked) {
  const [passphrase, again] = [element("passphrase-new").value, element("passphrase-again").value];
  if ([...passphrase].length < LEAST) throw objection("short");
  if (passphrase !== again) throw objection("different");
  await begin(await KeptRoom.make(asked, passphrase, onProgress), asked);
  announce("This room is kept on this device.");
}

async function unlock(form, onProgress, asked) {
  await begin(await KeptRoom.open(asked, element("passphrase").value, onProgress), asked);
}

async function begin(found, asked) {
  if (fragment !== asked) return found.room.close(); // the room was left meanwhile
  opened = { records: found.records, damaged: found.damaged };
  become("open", found.room);
  return tellPython("opened");
}

function objection(kind) {
  return Object.assign(new Error(kind), { kind });
}

/** Stops keeping the room, and deletes what is kept. */
async function stop() {
  const erased = room;
  become("off");
  tellPython("closed");
  for (const id of Object.values(DIALOGS)) element(id).close();
  try {
    if (erased) await erased.erase();
    else await forget(fragment);
    announce("Nothing of this room is kept on this device any more.");
  } catch (error) {
    console.error(error);
    become("locked");
    showDialog();
    say("unlock-problem", WORDS[error.kind] ?? WORDS.storage);
  }
}

async function sayWhetherAnyIsKept() {
  try {
    element("any-kept").hidden = !(await isAnyKept());
  } catch {
    element("any-kept").hidden = true; // nothing can be kept
  }
}
