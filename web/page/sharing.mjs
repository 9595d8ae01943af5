/** Showing, copying and sharing the invite link. */

import { announce } from "./view.mjs";

const COPIED_FOR = 2500;

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
    button.addEventListener("click", share);
  }
}

async function copy(button) {
  const copied = await toClipboard(currentLink());
  const said = copied ? "Copied" : "Press Ctrl+C";
  if (!copied) button.parentElement.querySelector("[data-invite]")?.select();
  announce(copied ? "The invite link is on the clipboard." : "The browser did not allow copying. The link is selected: copy it by hand.");
  confirmOn(button, said);
}

async function toClipboard(text) {
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

async function share() {
  try {
    await navigator.share({ title: "Volly", text: "Join me in a sealed conversation:", url: currentLink() });
  } catch (error) {
    if (error.name !== "AbortError") announce("The browser could not share the link. Please copy it.");
  }
}

function currentLink() {
  return document.querySelector("[data-invite]").value;
}
