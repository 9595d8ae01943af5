/** Cleans the name that the user types, before Python has arrived: volly_browser/room/identity/names.py has the last word. */

const READ_LIMIT = 1024; // UTF-16 units
const NAME_LIMIT = 64; // graphemes: each looks like one letter
const BYTES_LIMIT = 256;

const JOINTS = "\\u200c\\u200d\\ufe0f\\u{e0020}-\\u{e007f}"; // invisible themselves, they change how their neighbours look
const NOT_SEEN = new RegExp(`(?![${JOINTS}])[\\p{C}\\p{Default_Ignorable_Code_Point}\\u2800\\ufffc\\u{16fe4}\\u{1d159}]`, "gu");
const WITHOUT_BASE = new RegExp(`(^| )[ \\p{M}${JOINTS}]+`, "gu");
const SURPLUS_MARKS = /(?<=\p{M}{4})\p{M}+/gu;
const SURPLUS_JOINTS = new RegExp(`(?<=[${JOINTS}]{8})[${JOINTS}]+`, "gu");

/** Returns the name in one line of at most 64 letters; "" if none of them is visible. */
export function cleanName(typed) {
  const name = typed.slice(0, READ_LIMIT).replace(/[\s\x1c-\x1f\x85]+/gu, " ").replace(NOT_SEEN, "").normalize("NFC");
  return cut(name.replace(WITHOUT_BASE, "$1").replace(SURPLUS_MARKS, "").replace(SURPLUS_JOINTS, "")).trim();
}

function cut(name) {
  const utf8 = new TextEncoder();
  let [kept, count] = ["", 0];
  for (const letter of letters(name)) {
    if (++count > NAME_LIMIT || utf8.encode(kept + letter).length > BYTES_LIMIT) break;
    kept += letter;
  }
  return kept;
}

function letters(name) {
  if (!Intl.Segmenter) return name; // an older Firefox: cut between code points
  return Array.from(new Intl.Segmenter().segment(name), ({ segment }) => segment);
}
