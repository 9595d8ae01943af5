/** Puts words into a box in place of others, in a way that can be undone if the browser has one. */

export function insert(text, start, end, words) {
  text.setSelectionRange(start, end);
  if (!document.execCommand?.("insertText", false, words)) {
    text.setRangeText(words, start, end, "end");
    text.dispatchEvent(new Event("input"));
  }
}
