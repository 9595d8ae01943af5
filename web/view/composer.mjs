/** The message box: Enter sends, Shift+Enter starts a line, and it grows with its text.  Python does the sending. */

import { isBlank } from "../entry/blank.mjs";
import { isReady } from "../boot/progress.mjs";
import { prepareMentions } from "./mentions.mjs";
import { prepareShortcodes } from "./shortcodes.mjs";
import { closeUnsent, forgetUnsent, keepUnsent, openUnsent } from "./unsent.mjs";
import { element, say, showing } from "./view.mjs";

/** What Python (ui/composer/composer.py) takes, in words: 64,000 bytes. */
const MOST = "about 64,000 letters";

/** Letters that fit into the box, to be sent in parts; far more make every key slow. */
const LETTERS_LIMIT = 70_000;
const LINES_LIMIT = 8_000;

/** Lines that take Chromium a second to paste; four times as many take it sixteen seconds. */
const MANY_LINES = 1_000;

/** Milliseconds without a key after which the draft is kept. */
const PAUSE = 300;

/** The `keyCode` of a key that went to an input method; Safari ends the composition before it reports its Enter. */
const TAKEN_BY_INPUT_METHOD = 229;

let keeping;

export function prepareComposer() {
  const [form, text] = [element("composer"), element("composer-text")];

  prepareMentions(text); // first, since its list takes some keys
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !isComposing(event) && !element("about-line").hidden) element("about-close").click();
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    if (!isBlank(text.value)) form.requestSubmit();
  });
  text.addEventListener("beforeinput", arriving);
  text.addEventListener("input", changed);
  prepareShortcodes(text);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isReady()) say("composer-problem", "The encryption is still being loaded. Your text stays here: send it in a moment.");
  });
  form.addEventListener("reset", () => queueMicrotask(changed));
  document.addEventListener("visibilitychange", keepDraft);
  addEventListener("pagehide", keepDraft);
  addEventListener("beforeunload", (event) => {
    if (showing("room") && !isBlank(text.value)) event.preventDefault();
  });
  refresh();
}

/** Puts the draft of a room, which was written in this tab before, into the box. */
export async function openComposer(fragment) {
  element("composer-text").value = (await openUnsent(fragment)).slice(0, LETTERS_LIMIT);
  refresh();
}

/** Empties the box when the room is left, and keeps the draft. */
export function closeComposer() {
  keepDraft();
  closeUnsent();
  element("composer-text").value = "";
  refresh();
}

/** Empties the box, and forgets all that was not sent in this room. */
export function forgetComposer() {
  element("composer-text").value = "";
  clearTimeout(keeping);
  forgetUnsent();
}

/** Puts a text that was not sent back into the box, after what is there. */
export function takeBack(words) {
  const text = element("composer-text");
  text.value = [text.value, words].filter(Boolean).join("\n");
  text.focus();
  text.dispatchEvent(new Event("input"));
}

/** A text takes the place of what is in the box. */
export function fill(words) {
  const text = element("composer-text");
  text.value = words;
  text.focus();
  text.dispatchEvent(new Event("input"));
}

function isComposing(event) {
  return event.isComposing || event.keyCode === TAKEN_BY_INPUT_METHOD;
}

/** Takes a text of any length that is pasted, dropped or dictated. */
function arriving(event) {
  const [text, words] = [event.target, event.data ?? event.dataTransfer?.getData("text/plain") ?? ""];
  if (words.length < MANY_LINES && text.value.length + words.length <= LETTERS_LIMIT) return;
  if (!fits(text.value + words)) {
    event.preventDefault();
    say("composer-problem", tooLong(words));
  } else if (linesIn(words) > MANY_LINES) {
    event.preventDefault();
    text.setRangeText(words.replace(/\r\n?/g, "\n"), text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input"));
  }
}

function tooLong(words) {
  const [letters, lines] = [words.length, linesIn(words)].map((number) => number.toLocaleString("en"));
  return `That is too long: ${letters} letters in ${lines} ${lines === "1" ? "line" : "lines"}, and one message can have ${MOST}. It was not put in; please send it in parts.`;
}

function changed() {
  const text = element("composer-text");
  const tooLong = !fits(text.value); // by any way: no browser can work with megabytes in the box
  if (tooLong) text.value = text.value.slice(0, LETTERS_LIMIT).split("\n", LINES_LIMIT).join("\n");
  refresh();
  if (tooLong) say("composer-problem", "That was too long: its end has been left out.");
  clearTimeout(keeping);
  keeping = setTimeout(keepDraft, PAUSE);
}

function keepDraft() {
  clearTimeout(keeping);
  const draft = element("composer-text").value;
  keepUnsent({ draft: isBlank(draft) ? "" : draft });
}

function refresh() {
  const text = element("composer-text");
  say("composer-problem", "");
  element("send").disabled = isBlank(text.value);
  if (!CSS.supports("field-sizing", "content")) growByHand(text);
}

function fits(words) {
  return words.length <= LETTERS_LIMIT && (words.length <= LINES_LIMIT || linesIn(words) <= LINES_LIMIT);
}

function linesIn(words) {
  return words.split("\n").length;
}

function growByHand(text) {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}
