/** Recognises texts without a visible letter, as `is_blank` in volly_browser/room/identity/names.py does. */

const SHOWS_NOTHING = /^[\s\p{Z}\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\uFFF9-\uFFFC\u{13430}-\u{1343F}\u{16FE4}\u{1D159}]*$/u;

export function isBlank(text) {
  return SHOWS_NOTHING.test(text);
}
