/**
 * What messages say, as elements: they are made one by one, of a few kinds, and text is set as text.
 *
 * What reads Markdown and finds links is loaded with the first message (web/text/formatting.mjs).  Until it is there, and if
 * it does not come, texts are shown as they were written.
 */

import { module } from "../boot/modules.mjs";

const SPOILER = "Show spoiler";
const SPOILER_IN_PLAIN_TEXT = "[spoiler]";

/** Milliseconds after which a module that did not come is asked for again. */
const AGAIN = 10_000;

/** In a text without it there are no links. */
const LINK = /https?:\/\//i;

let formatting; // the module
let asked = false;
const waiting = new Map(); // places, and what draws them anew

/** Shows a text; a stand-in is ours, and plain.  Mentions are `[start, length, words, tag, isSelf]`, in their order. */
export function drawText(place, text = "", isMarkdown = false, isStandIn = false, mentions = []) {
  const hasMarks = isMarkdown && !isStandIn;
  if (!hasMarks && (isStandIn || !(LINK.test(text) || mentions.length))) return drawAsItIs(place, text);
  const draw = () => place.replaceChildren(...nodesOf(text, hasMarks, mentions));
  return drawWhenPossible(place, draw, hasMarks && text.includes("||"));
}

/** Shows a text without marks, in one line. */
export function drawPlain(place, text, isMarkdown) {
  if (!isMarkdown) return drawAsItIs(place, text);
  return drawWhenPossible(place, () => { place.textContent = plain(text); }, text.includes("||"));
}

/** A Markdown text without its marks and spoilers, in one line; of one that cannot be read yet no spoiler is shown. */
export function plain(text) {
  return plainOrNothing(text) || (text.includes("||") ? SPOILER_IN_PLAIN_TEXT : text);
}

/** The same; empty if it cannot be read, or not yet. */
export function plainOrNothing(text) {
  return formatting?.plainText(text, SPOILER_IN_PLAIN_TEXT) ?? "";
}

/** Shows what stands in place of the button that was pressed, and leads the keyboard and the screen reader there. */
export function reveal(button) {
  const revealed = make("span");
  revealed.className = "revealed";
  revealed.tabIndex = -1;
  revealed.append(hidden.get(button));
  button.replaceWith(revealed);
  revealed.focus({ preventScroll: true });
}

export function make(tag, text = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function drawAsItIs(place, text) {
  waiting.delete(place);
  place.classList.remove("unread");
  place.textContent = text;
  load(); // so that it is there for the next text
}

/** Draws now, and again once the module is there. */
function drawWhenPossible(place, draw, isToHide) {
  waiting.delete(place);
  if (!formatting) {
    waiting.set(place, draw);
    load();
  }
  place.classList.toggle("unread", !formatting && isToHide); // nobody is to see a spoiler by chance
  draw();
}

async function load() {
  if (asked || formatting) return;
  asked = true;
  try {
    formatting = await module("formatting");
  } catch (error) {
    console.error(error);
    setTimeout(() => { asked = false; }, AGAIN);
  }
  for (const [place, draw] of waiting) {
    place.classList.remove("unread");
    if (place.isConnected && formatting) draw();
    if (!place.isConnected || formatting) waiting.delete(place);
  }
}

function nodesOf(text, isMarkdown, mentions) {
  if (!formatting) return withMentions(text, 0, mentions);
  const tokens = isMarkdown ? formatting.tokensOf(text, mentions) : undefined;
  return tokens?.some(isSeen) ? built(tokens) : plainNodes(text, mentions);
}

function plainNodes(text, mentions) {
  let at = 0;
  return formatting.splitLinks(text).flatMap((piece) => {
    const start = at;
    at += (piece.address ?? piece).length;
    return typeof piece === "string" ? withMentions(piece, start, mentions) : plainPiece(piece);
  });
}

/** A piece of a text, which begins at this place of it, with those mentions that are wholly in it. */
function withMentions(piece, start, mentions) {
  const nodes = [];
  let read = 0;
  for (const [place, length, ...who] of mentions) {
    const from = place - start;
    if (from < read || from + length > piece.length) continue;
    nodes.push(piece.slice(read, from), mention(...who));
    read = from + length;
  }
  return [...nodes, piece.slice(read)].filter(Boolean);
}

/** A member that is mentioned, by what it is called now; it is copied as text. */
function mention(words, tag, isSelf) {
  const named = make("bdi", words);
  named.className = isSelf ? "mention self" : "mention";
  if (!tag) return named;
  const beside = make("span", ` ${tag}`);
  beside.className = "tag";
  named.append(beside);
  return named;
}

/** A link in a plain text. */
function plainPiece(piece) {
  const node = link(piece.address);
  node.textContent = piece.address;
  return withHost(node, piece.address, piece.realHost);
}

/** Whether anything is left if marks are not shown. */
function isSeen(token) {
  return typeof token === "string" ? /\S/.test(token) : token?.[0] === "mention";
}

// Elements

/** The kinds of tokens, and what makes their elements. */
const KINDS = {
  p: () => make("p"),
  heading: () => Object.assign(make("p"), { className: "heading" }), // the page has headings of its own
  blockquote: () => make("blockquote"),
  ul: () => make("ul"),
  ol: (start) => Object.assign(make("ol"), start === 1 ? {} : { start }),
  li: () => make("li"),
  pre: () => Object.assign(make("pre"), { dir: "ltr" }),
  hr: () => make("hr"),
  em: () => make("em"),
  strong: () => make("strong"),
  del: () => make("del"),
  code: () => Object.assign(make("code"), { dir: "ltr" }),
  a: (address) => link(address),
  mention,
  spoiler: () => document.createDocumentFragment(),
};

/** Builds the elements of tokens; each that stands in no other one has the direction of its first letter. */
function built(tokens) {
  const [root, open] = [document.createDocumentFragment(), []];
  for (const token of tokens) {
    const within = open.at(-1)?.node ?? root;
    if (typeof token === "string") within.append(token);
    else if (token) open.push({ node: begun(token, within === root), token });
    else {
      const { node, token: [kind, ...particulars] } = open.pop();
      (open.at(-1)?.node ?? root).append(...finished(kind, node, particulars));
    }
  }
  return [root];
}

function begun([kind, ...particulars], isOutermost) {
  const node = KINDS[kind](...particulars);
  if (isOutermost) node.dir ||= "auto";
  return node;
}

/** What stands in the page for an element, once all is in it. */
function finished(kind, node, particulars) {
  if (kind === "a") return withHost(node, ...particulars);
  if (kind === "spoiler") return [covered(node)];
  if (kind === "pre") colour(node, ...particulars);
  return [node];
}

/** Opens in a tab of its own, which learns neither the address of this page nor how to reach it. */
function link(address) {
  const made = make("a");
  made.href = address;
  made.target = "_blank";
  made.rel = "noopener noreferrer nofollow";
  return made;
}

/** A link, and the host to which it leads unless one sees that. */
function withHost(node, address, realHost) {
  node.dir = node.textContent === address ? "ltr" : "auto"; // whatever letters an address has, its parts stand in their order
  if (!realHost) return [node];
  const host = make("bdi", ` (${realHost})`);
  host.dir = "ltr";
  return [node, host];
}

const hidden = new WeakMap(); // what the buttons of spoilers show

/** A button in place of a spoiler: what is not in the page can be found, read aloud or copied by nobody unasked. */
function covered(content) {
  const button = make("button", SPOILER);
  button.type = "button";
  button.className = "spoiler";
  button.dataset.intent = "reveal";
  hidden.set(button, content);
  return button;
}

let colouring = Promise.resolve();

/** Colours a program that says in which language it is written, when nothing else is to be done. */
function colour(place, language) {
  if (language) colouring = colouring.then(pause).then(() => colourNow(place, language)).catch(console.error);
}

function pause() {
  return new Promise((resolve) => { setTimeout(resolve); });
}

async function colourNow(place, language) {
  const { coloured } = await module("highlighting");
  const parts = place.isConnected && coloured(place.textContent, language);
  if (parts) place.replaceChildren(...parts.map(partOfProgram));
}

function partOfProgram([kind, part]) {
  return kind ? Object.assign(make("span", part), { className: `code-${kind}` }) : part;
}
