/** The search field: opens and closes, and tells Python what to look for.  The browser's own search keeps its keys. */

import { element, showing } from "./view.mjs";
import { intent } from "./intents.mjs";

/** Milliseconds after a key until what was typed is looked for. */
const PAUSE = 150;

let typed; // the timer of it
let opener; // has the focus again afterwards

export function prepareSearch() {
  element("show-search").addEventListener("click", () => (element("search").hidden ? openSearch() : leaveSearch()));
  element("search-close").addEventListener("click", leaveSearch);
  element("search-earlier").addEventListener("click", () => step(1));
  element("search-later").addEventListener("click", () => step(-1));
  element("search-text").addEventListener("input", () => {
    clearTimeout(typed);
    typed = setTimeout(lookFor, PAUSE);
  });
  element("search-form").addEventListener("submit", (event) => event.preventDefault());
  element("search").addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") leaveSearch();
    else if (event.key === "Enter" && event.target.id === "search-text") step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  });
}

/** Opens the field, or leads to it. */
export function openSearch() {
  if (!showing("room")) return;
  const text = element("search-text");
  if (element("search").hidden) opener = document.activeElement;
  setOpen(true);
  text.focus();
  text.select();
}

/** Closes the field when the room is left. */
export function closeSearch() {
  clearTimeout(typed);
  setOpen(false);
  element("search-text").value = "";
  lookedFor = "";
}

function leaveSearch() {
  closeSearch();
  intent("search", "", "");
  const back = opener?.isConnected && opener !== document.body ? opener : element("show-search");
  back.focus();
}

function setOpen(isOpen) {
  element("search").hidden = !isOpen;
  element("show-search").setAttribute("aria-expanded", String(isOpen));
}

let lookedFor = "";

function lookFor() {
  clearTimeout(typed);
  lookedFor = element("search-text").value;
  intent("search", "", lookedFor);
}

/** To an earlier or a later message; what was typed a moment ago is looked for first. */
function step(by) {
  if (lookedFor === element("search-text").value) intent("search step", "", by);
  else lookFor();
}
