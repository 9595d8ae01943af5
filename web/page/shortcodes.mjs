/**
 * Emoji by their names: as soon as the last letter of `:thumbsup:` is typed, the emoji stands in the box.
 *
 * So the author sees what will be sent, can undo it, and readers need no list of names.  What is pasted stays as it is,
 * and so does what stands in code.
 */

import { module } from "./modules.mjs";

const TYPED = /(?:^|[^\w:]):([a-z0-9_+-]{2,40}):$/;
const BEGUN = /(?:^|[^\w:]):[a-z0-9_+-]{2,40}:?$/;

/** Letters before the caret that are looked at. */
const NEAR = 64;

export function prepareShortcodes(text) {
  text.addEventListener("input", (event) => {
    if (event.inputType === "insertText" && !event.isComposing) typed(text);
  });
}

async function typed(text) {
  if (!BEGUN.test(beforeCaret(text)) || isInCode(text)) return;
  try {
    const { nameToEmoji } = await module("shortcodes");
    const name = TYPED.exec(beforeCaret(text))?.[1]; // now: it possibly took a while
    if (Object.hasOwn(nameToEmoji, name ?? "")) replace(text, name.length + 2, nameToEmoji[name]);
  } catch (error) {
    console.error(error); // the name stays
  }
}

function beforeCaret({ value, selectionStart, selectionEnd }) {
  return selectionStart === selectionEnd ? value.slice(Math.max(0, selectionStart - NEAR), selectionStart) : "";
}

/** Whether a mark of code has begun before the caret and not ended. */
function isInCode({ value, selectionStart }) {
  const before = value.slice(0, selectionStart);
  const afterBlocks = before.split("```");
  return afterBlocks.length % 2 === 0 || afterBlocks.at(-1).split("\n").at(-1).split("`").length % 2 === 0;
}

/** Replaces the letters before the caret, in a way that can be undone if the browser has one. */
function replace(text, length, emoji) {
  const { selectionStart: caret } = text;
  text.setSelectionRange(caret - length, caret);
  if (document.execCommand?.("insertText", false, emoji)) return;
  text.setRangeText(emoji, caret - length, caret, "end");
  text.dispatchEvent(new Event("input"));
}
