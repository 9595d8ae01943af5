/**
 * Rows as elements: templates are cloned, and text is set as text, so that nothing becomes markup (see text.mjs).
 *
 * The fields of a row, and what they mean, are those of volly_browser/ui/timeline/rows.py; one that is as always is
 * left out.
 */

import { markFound } from "./found.mjs";
import { drawPlain, drawText, make } from "./text.mjs";

const NOT_SHOWN = "This message cannot be shown.";

const PARTS = {
  day: (node, { day }) => setText(node, ".day", day),
  unread: (node, { unread }) => setText(node, ".unread-line", unread),
  initial: (node, { initial }) => setText(node, ".avatar", initial),
  name: (node, { name }) => setText(node, ".sender-name", name),
  tag: (node, { tag }) => setText(node, ".tag", tag),
  quote: drawQuote,
  text: drawSaid,
  mentions: drawSaid,
  is_stand_in: (node, { is_stand_in }) => node.querySelector(".text").classList.toggle("stand-in", Boolean(is_stand_in)),
  is_folded: (node, { is_folded }) => node.querySelector(".text").classList.toggle("folded", Boolean(is_folded)),
  time: (node, { time }) => setText(node, "time", time),
  stamp: (node, { stamp = "" }) => { node.querySelector("time").dateTime = stamp; },
  relayed: drawRelayed,
  timer: drawTimer,
  pinned: (node, { pinned }) => setText(node, ".pinned", pinned),
  edited: (node, { edited }) => setText(node, ".edited", edited),
  fate: (node, { fate = "" }) => node.setAttribute("data-delivery", fate),
  details: () => {}, // is shown when it is asked for: see actions.mjs
  fate_words: (node, { fate_words }) => setText(node, ".delivery", fate_words),
  choices: drawChoices,
  reactions: drawReactions,
  can: (node, { can = [] }) => { node.querySelector(".more").hidden = !can.length; },
};

/** A new element for a row; what cannot be drawn is reported, and says so. */
export function draw(row) {
  try {
    return fill(copyOf(`${row.kind ?? "message"}-template`), row, {});
  } catch (error) {
    console.error(error);
    return standIn(row);
  }
}

/** Lets an element look like a row, whatever part of it has changed; gives it, or another one in its place. */
export function redraw(node, row, before) {
  try {
    return fill(node, row, before);
  } catch (error) {
    console.error(error);
    return standIn(row);
  }
}

function standIn({ look, fate, fate_words, choices }) {
  return fill(copyOf("message-template"), { look, text: NOT_SHOWN, is_stand_in: true, fate, fate_words, choices }, {});
}

function fill(node, row, before) {
  if (row.look !== before.look) node.className = `${row.kind ?? "message"} ${row.look ?? ""}`;
  if (row.kind === "note") setText(node, "p", row.text);
  else for (const [name, set] of Object.entries(PARTS)) if (!isSame(row[name], before[name])) set(node, row);
  if (row.found || before.found) markFound(node, row.found);
  return node;
}

function isSame(one, other) {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function copyOf(template) {
  return document.getElementById(template).content.firstElementChild.cloneNode(true);
}

function setText(node, selector, text = "") {
  node.querySelector(selector).textContent = text;
}

function drawSaid(node, { text, is_markdown, is_stand_in, mentions }) {
  drawText(node.querySelector(".text"), text, is_markdown, is_stand_in, mentions);
}

function drawChoices(node, { choices = [] }) {
  node.querySelector(".choices").replaceChildren(...choices.map(([kind, words]) => button(kind, "plain", words)));
}

function drawQuote(node, { quote }) {
  const place = node.querySelector(".quoted");
  place.replaceChildren();
  if (!quote) return;
  const [id, name, text, isMarkdown] = quote;
  const drawn = button("jump", "quote", "");
  drawn.value = id;
  drawn.disabled = !id;
  const [who, what] = [make("bdi", name), make("span")];
  who.className = "quote-name";
  what.className = "quote-text";
  what.dir = "auto";
  drawPlain(what, text, isMarkdown);
  drawn.append(who, what);
  place.append(drawn);
}

/** What it means is one press away: see timeline.mjs. */
function drawRelayed(node, { relayed }) {
  node.querySelector(".relayed").replaceChildren(...(relayed ? [button("relayed", "plain", relayed[0])] : []));
}

/** A sign, which says when the message disappears. */
function drawTimer(node, { timer = "" }) {
  const place = node.querySelector(".timer");
  place.hidden = !timer;
  place.title = timer;
  setText(node, ".timer .visually-hidden", timer);
}

function drawReactions(node, { reactions = [] }) {
  node.querySelector(".reactions").replaceChildren(...reactions.map(([emoji, count, isOwn, names, isDoubtful]) => {
    const place = button("react", "reaction", count > 1 ? `${emoji} ${count}` : emoji);
    place.classList.toggle("doubtful", Boolean(isDoubtful));
    place.value = emoji;
    place.title = names;
    place.setAttribute("aria-pressed", String(isOwn));
    place.setAttribute("aria-label", `${emoji} ${count}: ${names}`);
    return place;
  }));
}

/** What is pressed is told by one listener of the whole list: see timeline.mjs. */
function button(kind, look, words) {
  const made = make("button", words);
  made.type = "button";
  made.className = look;
  made.dataset.intent = kind;
  return made;
}
