/** What the user wants, on its way to Python; volly_browser/ui/rooms/visit.py names the kinds. */

/** Tells Python of it: of what kind, about which row ("" for none), and particulars. */
export function intent(kind, id = "", value = null) {
  document.dispatchEvent(new CustomEvent("volly:intent", { detail: JSON.stringify([kind, id, value]) }));
}
