/** Shows, copies and shares the invite link. */

import { announce } from "./view.mjs";

const COPIED_FOR = 2500;

/** Milliseconds; some browsers neither copy nor refuse. */
const PATIENCE = 2000;

/** Sets the link in every place that shows it. */
export function showLink(link) {
  for (const field of document.querySelectorAll("[data-invite]")) field.value = link;
}

export function prepareSharing() {
  for (const field of document.querySelectorAll("[data-invite]")) field.addEventListener("focus", () => field.select());
  for (const button of document.querySelectorAll("[data-copy-invite]")) {
    button.addEventListener("click", () => copy(button));
  }
  for (const button of document.querySelectorAll("[data-share-invite]")) {
    button.hidden = !navigator.share;
    button.addEventListener("click", () => share(button));
  }
}

async function copy(button) {
  if (await toClipboard(currentLink())) {
    announce("The invite link is on the clipboard.");
    confirmOn(button, "Copied");
  } else {
    button.closest(".share").querySelector("[data-invite]").focus(); // focusing selects it
    announce("The browser did not allow copying. The link is selected: copy it by hand.");
    confirmOn(button, "Copy by hand");
  }
}

/** Copies a text; resolves to whether it is certainly in the clipboard. */
export function toClipboard(text) {
  const tooLate = new Promise((resolve) => { setTimeout(resolve, PATIENCE, false); });
  return Promise.race([written(text), tooLate]);
}

async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function confirmOn(button, text) {
  button.dataset.label ??= button.textContent;
  button.textContent = text;
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = setTimeout(() => { button.textContent = button.dataset.label; }, COPIED_FOR);
}

async function share(button) {
  try {
    await navigator.share({ title: "Volly", text: "Join me in a sealed conversation:", url: currentLink() });
  } catch (error) {
    if (error.name === "AbortError") return;
    announce("The browser could not share the link. Please copy it.");
    confirmOn(button, "Not shared");
  }
}

function currentLink() {
  return document.querySelector("[data-invite]").value;
}
