/**
 * Keeps what was written in a room and not sent over a reload, a crash and a visit to another room.
 *
 * It is in this tab's session storage: no other tab and no server sees it, and it ends with the tab or when the room is
 * left.  Its key there is a hash, which does not reveal the room's secret.
 */

const NOTHING = { draft: "", texts: "[]" };

let place;
let kept = NOTHING;

/** Opens what is kept for the room of an invite; resolves to its draft. */
export async function openUnsent(fragment) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(fragment)));
  place = `volly unsent ${[...digest.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  kept = { ...NOTHING, ...read() };
  sayWhetherThereIsAny();
  return kept.draft;
}

/** Returns the texts that wait, in the JSON that Python wrote. */
export function keptTexts() {
  return kept.texts;
}

/** Keeps a changed draft, or changed texts that wait. */
export function keepUnsent(part) {
  if (!place) return;
  kept = { ...kept, ...part };
  sayWhetherThereIsAny();
  write();
}

/** Closes the room, and keeps its texts for a return. */
export function closeUnsent() {
  place = undefined;
  kept = NOTHING;
}

/** Forgets the texts of a room that is left for good. */
export function forgetUnsent() {
  if (!place) return;
  kept = NOTHING;
  write();
  closeUnsent();
}

function isAny() {
  return Boolean(kept.draft) || kept.texts !== NOTHING.texts;
}

function sayWhetherThereIsAny() {
  for (const line of document.querySelectorAll("[data-unsent]")) line.hidden = !isAny();
}

// If a browser stores nothing for sites, or no more, the texts last as long as the page.

function read() {
  try {
    const { draft, texts } = JSON.parse(sessionStorage.getItem(place)) ?? {};
    return { ...(typeof draft === "string" && { draft }), ...(typeof texts === "string" && { texts }) };
  } catch {
    return {};
  }
}

function write() {
  try {
    if (isAny()) sessionStorage.setItem(place, JSON.stringify(kept));
    else sessionStorage.removeItem(place);
  } catch {
    // the page asks before it closes
  }
}
