/** What can be done with a message: a menu at its button, and a question before it is deleted. */

import { ask } from "./dialogs.mjs";
import { announce, element, say } from "./view.mjs";
import { intent } from "./intents.mjs";
import { toClipboard } from "./sharing.mjs";

const GAP = 4;
const EDGE = 8;

let [about, shown] = []; // the id of the row whose menu is open, and the row

export function prepareActions() {
  const menu = element("message-menu");
  menu.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[data-act]");
    if (pressed) chosen(about, pressed.dataset.act, pressed.value || null);
  });
  menu.addEventListener("keydown", moveWithArrows);
  for (const scrolls of ["wheel", "touchmove"]) element("log").addEventListener(scrolls, closeMenu, { passive: true });
}

/** Opens the menu of a row at a button in it. */
export function openMenu(id, row, button) {
  const { can = [] } = row;
  const menu = element("message-menu");
  [about, shown] = [id, row];
  for (const part of menu.querySelectorAll("[data-act]")) part.hidden = !can.includes(part.dataset.act);
  menu.showPopover();
  place(menu, button.getBoundingClientRect());
  menu.querySelector("button:not([hidden])").focus({ preventScroll: true });
}

export function closeMenu() {
  element("message-menu").hidePopover?.();
}

/** Closes the menu if the row is gone that it is about. */
export function closeMenuUnless(isThere) {
  if (about !== undefined && !isThere(about)) {
    about = undefined;
    closeMenu();
  }
}

async function chosen(id, act, value) {
  closeMenu();
  if (act === "copy") return copyText(shown.text);
  if (act === "details") {
    say("details-text", shown.details);
    return ask("details");
  }
  if (act === "delete" && (await ask("deleting")) !== "delete") return;
  intent(act, id, value);
  if (act === "reply") element("composer-text").focus();
  return undefined;
}

async function copyText(text) {
  announce((await toClipboard(text)) ? "The message is on the clipboard." : "The browser did not allow copying.");
}

/** Below the button, or above if there is no room, and never outside the page. */
function place(menu, button) {
  const { width, height } = menu.getBoundingClientRect();
  const below = button.bottom + GAP;
  const top = below + height + EDGE > innerHeight ? button.top - height - GAP : below;
  menu.style.top = `${Math.max(EDGE, top)}px`;
  menu.style.left = `${Math.max(EDGE, Math.min(button.right - width / 2, innerWidth - width - EDGE))}px`;
}

function moveWithArrows(event) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...element("message-menu").querySelectorAll("button:not([hidden])")].filter((each) => each.offsetParent);
  const at = buttons.indexOf(document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length].focus();
}
