/**
 * Emoji by their names: as soon as the last letter of `:thumbsup:` is typed, the emoji stands in the box.
 *
 * So the author sees what will be sent, can undo it, and readers need no list of names.  What is pasted stays as it is,
 * and so does what stands in code.
 */

import { module } from "../boot/modules.mjs";
import { insert } from "./insert.mjs";

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
  const end = text.selectionEnd;
  const before = text.value.slice(Math.max(0, end - NEAR), end);
  if (!BEGUN.test(before) || isInCode(text.value.slice(0, end))) return;
  const name = TYPED.exec(before)?.[1];
  try {
    const { nameToEmoji } = await module("shortcodes"); // at the first letters of a name, so that it is there at the last
    if (name && Object.hasOwn(nameToEmoji, name)) replace(text, `:${name}:`, end, nameToEmoji[name]);
  } catch (error) {
    console.error(error); // the name stays
  }
}

/** Whether a mark of code has begun in a text and not ended. */
function isInCode(before) {
  const afterBlocks = before.split("```");
  return afterBlocks.length % 2 === 0 || afterBlocks.at(-1).split("\n").at(-1).split("`").length % 2 === 0;
}

/** Replaces words that still end there. */
function replace(text, words, end, emoji) {
  const [start, caret] = [end - words.length, text.selectionEnd];
  if (text.value.slice(start, end) !== words || document.activeElement !== text) return;
  insert(text, start, end, emoji);
  const moved = caret + emoji.length - words.length;
  text.setSelectionRange(moved, moved);
}
