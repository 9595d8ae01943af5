/** The message box: Enter sends, Shift+Enter starts a line, and it grows with its text.  Python does the sending. */

import { isBlank } from "./blank.mjs";
import { isReady } from "./progress.mjs";
import { closeUnsent, keepUnsent, openUnsent } from "./unsent.mjs";
import { element, say, showing } from "./view.mjs";

/** What fits into the box, to be sent in parts; far more makes every key slow. */
const LETTERS_LIMIT = 70_000;
const LINES_LIMIT = 8_000;

/** Lines that Chromium takes a second to paste by itself, and four times as many sixteen seconds. */
const MANY_LINES = 1_000;

/** Milliseconds without a key after which the draft is kept. */
const PAUSE = 300;

/** The `keyCode` of a key that went to an input method; Safari ends the composition before it tells of the Enter that did. */
const TAKEN_BY_INPUT_METHOD = 229;

let keeping;

export function prepareComposer() {
  const [form, text] = [element("composer"), element("composer-text")];

  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    if (!isBlank(text.value)) form.requestSubmit();
  });
  text.addEventListener("beforeinput", arriving);
  text.addEventListener("input", changed);
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

/** A room is entered: what was written in it before, in this tab, is in the box again. */
export async function openComposer(fragment) {
  element("composer-text").value = await openUnsent(fragment);
  refresh();
}

/** The room is left, and its draft kept or forgotten. */
export function closeComposer() {
  keepDraft();
  closeUnsent();
  element("composer-text").value = "";
  refresh();
}

/** A text that was not sent comes back into the box, behind what is there. */
export function takeBack(words) {
  const text = element("composer-text");
  text.value = [text.value, words].filter(Boolean).join("\n");
  text.focus();
  text.dispatchEvent(new Event("input"));
}

function isComposing(event) {
  return event.isComposing || event.keyCode === TAKEN_BY_INPUT_METHOD;
}

/** A text is pasted, dropped or dictated: it may be of any length. */
function arriving(event) {
  const [text, words] = [event.target, event.data ?? event.dataTransfer?.getData("text/plain") ?? ""];
  if (words.length < MANY_LINES && text.value.length + words.length <= LETTERS_LIMIT) return;
  if (!fits(text.value + words)) {
    event.preventDefault();
    say("composer-problem", `That is too long: ${words.length.toLocaleString("en")} letters. Please send it in parts.`);
  } else if (linesIn(words) > MANY_LINES) {
    event.preventDefault();
    text.setRangeText(words.replace(/\r\n?/g, "\n"), text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input"));
  }
}

function changed() {
  const text = element("composer-text");
  const tooLong = !fits(text.value); // however it came there: no browser can work with megabytes in it
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
