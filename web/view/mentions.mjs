/**
 * Mentions in the message box: `@` and letters offer the people in the room, as a listbox that the box controls.
 *
 * Arrows move in it, Enter and Tab take a name, Escape closes it; the caret stays in the box all the time.  Which words
 * stand for which member is Python's matter (volly_browser/ui/people/mentionables.py).
 */

import { announce, element } from "./view.mjs";
import { intent } from "./intents.mjs";
import { insert } from "./insert.mjs";

/** An `@` that is not a part of an address, and what is typed behind it. */
const BEGUN = /(?:^|[^\p{L}\p{N}_@/.:=&?#%+-])@([^@\n]{0,64})$/u;

/** People that are offered at once. */
const OFFERED = 8;

let people = []; // {id, name, tag, words, initial, look}
let offered = []; // those in the list
let chosen = 0; // the place of the one that Enter takes
let begun; // where the @ stands
let closedAt; // the @ for which Escape was pressed

export function prepareMentions(text) {
  const list = element("mention-list");
  text.addEventListener("input", (event) => offer(text, event.isComposing));
  text.addEventListener("keydown", (event) => pressed(text, event));
  text.addEventListener("blur", close);
  document.addEventListener("selectionchange", () => { if (!list.hidden && document.activeElement === text) offer(text, false); });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the caret stays in the box
  list.addEventListener("click", (event) => {
    const place = [...list.children].indexOf(event.target.closest("[role=option]"));
    if (place >= 0) take(text, offered[place]);
  });
}

/** Takes the people that can be mentioned, in JSON. */
export function offerMentions(packed) {
  people = JSON.parse(packed).map(([id, name, tag, words, initial, look]) => ({ id, name, tag, words, initial, look }));
  if (!element("mention-list").hidden) offer(element("composer-text"), false);
}

/** Whether Enter, Tab and Escape belong to the list now. */
function isOffering() {
  return !element("mention-list").hidden;
}

function offer(text, isComposing) {
  const before = text.value.slice(Math.max(0, text.selectionEnd - 80), text.selectionEnd);
  const found = text.selectionStart === text.selectionEnd && BEGUN.exec(before);
  if (!found) closedAt = undefined;
  if (!found || isComposing) return close();
  begun = text.selectionEnd - found[1].length - 1;
  if (begun === closedAt) return close();
  const fitting = peopleFor(found[1]);
  if (!fitting.length) return close();
  return show(text, fitting);
}

/** Those whose name, or a word of it, begins so. */
function peopleFor(letters) {
  const wanted = folded(letters);
  const words = (name) => [name, ...name.split(/\s+/)].map(folded);
  return people.filter(({ name }) => words(name).some((word) => word.startsWith(wanted))).slice(0, OFFERED);
}

function folded(words) {
  return words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function show(text, fitting) {
  const list = element("mention-list");
  const isNews = list.hidden || fitting.length !== offered.length;
  const before = list.hidden ? undefined : offered[chosen]?.id;
  offered = fitting;
  chosen = Math.max(0, fitting.findIndex(({ id }) => id === before));
  list.replaceChildren(...fitting.map(drawn));
  list.hidden = false;
  mark(text);
  if (isNews) announce(fitting.length === 1 ? "1 person to mention." : `${fitting.length} people to mention.`);
}

function drawn({ name, tag, initial, look }, place) {
  const node = element("mention-template").content.firstElementChild.cloneNode(true);
  node.id = `mention-${place}`;
  node.classList.add(look);
  for (const [part, words] of [[".avatar", initial], [".person-name", name], [".tag", tag]]) node.querySelector(part).textContent = words;
  return node;
}

/** Shows which one Enter takes, and tells screen readers. */
function mark(text) {
  const list = element("mention-list");
  for (const [place, node] of [...list.children].entries()) node.setAttribute("aria-selected", String(place === chosen));
  text.setAttribute("aria-activedescendant", `mention-${chosen}`);
  list.children[chosen].scrollIntoView({ block: "nearest" });
}

function close() {
  element("mention-list").hidden = true;
  element("composer-text").removeAttribute("aria-activedescendant");
}

function pressed(text, event) {
  if (!isOffering() || event.isComposing || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    chosen = (chosen + step + offered.length) % offered.length;
    mark(text);
  } else if (event.key === "Enter" || event.key === "Tab") {
    take(text, offered[chosen]);
  } else if (event.key === "Escape") {
    closedAt = begun;
    close();
  } else {
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation(); // the box neither sends the text nor lets go of what it is about
}

function take(text, { id, words }) {
  close();
  insert(text, begun, text.selectionEnd, `${words} `);
  intent("mention", "", [words, id]);
}
