/**
 * What is set for the room: a line under the bar with its title, topic, timer and pins, a dialog that changes them, and a
 * list of what is pinned.  Python (ui/rooms/room_view.py) says what is set; what the user wants goes to it.
 */

import { ask } from "./dialogs.mjs";
import { intent } from "./intents.mjs";
import { make, drawPlain } from "./text.mjs";
import { jumpTo } from "./timeline.mjs";
import { element, say } from "./view.mjs";

const NOTHING = { title: "", topic: "", timer: 0, duration: "", by: ["", "", ""], pins: [] };
const FIELDS = ["title", "topic", "timer"];

let room = NOTHING;

export function prepareRoom() {
  for (const button of document.querySelectorAll("[data-sets]")) button.addEventListener("click", change);
  element("show-pins").addEventListener("click", () => ask("pins"));
  element("pins-list").addEventListener("click", pressed);
}

/** Takes what is set, in JSON. */
export function showRoom(packed) {
  room = JSON.parse(packed);
  const { title, topic, duration, pins } = room;
  element("room-line").hidden = !(title || topic || duration || pins.length);
  say("room-title", title);
  say("room-topic", topic);
  say("room-timer", duration);
  element("show-timer").hidden = !duration;
  element("show-pins").hidden = !pins.length;
  element("pins-count").textContent = pins.length;
  for (const [place, field] of FIELDS.entries()) say(`set-${field}-by`, room.by[place]);
  drawPins();
}

/** Shows nothing, at the end of a visit. */
export function forgetRoom() {
  showRoom(JSON.stringify(NOTHING));
}

/** Asks for what is to be set; only what was changed in the form is set, whatever others have set meanwhile. */
async function change() {
  const before = { title: room.title, topic: room.topic, timer: String(room.timer) };
  for (const field of FIELDS) element(`set-${field}`).value = before[field];
  if ((await ask("setting")) !== "set") return;
  const now = Object.fromEntries(FIELDS.map((field) => [field, element(`set-${field}`).value]));
  const changed = FIELDS.filter((field) => now[field].trim() !== before[field]);
  if (changed.length) intent("set", "", Object.fromEntries(changed.map((field) => [field, field === "timer" ? Number(now.timer) : now[field]])));
}

function drawPins() {
  const list = element("pins-list");
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...room.pins.map(([rowId, id, name, text, isMarkdown, by]) => {
    const item = element("pin-template").content.firstElementChild.cloneNode(true);
    const [go, down] = item.querySelectorAll("button");
    item.querySelector(".quote-name").textContent = name;
    drawPlain(item.querySelector(".quote-text"), text, isMarkdown);
    item.querySelector(".hint").textContent = by;
    go.value = rowId;
    go.disabled = !rowId;
    down.value = id;
    return item;
  }));
  if (!room.pins.length) list.append(make("li", "Nothing is pinned any more."));
  if (focused) (list.querySelector("button:not(:disabled)") ?? element("pins-close")).focus();
}

function pressed(event) {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.name === "unpin") return intent("unpin", "", button.value);
  element("pins").close();
  return jumpTo(button.value);
}
