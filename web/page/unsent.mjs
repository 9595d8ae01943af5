/**
 * What was written in a room and not sent, kept so that it outlives a reload, a crash and a visit to another room.
 *
 * It lies in the storage of this tab: no other tab and no server sees it, and it ends with the tab or when the room is
 * left.  Its name there is a hash, which does not tell the room's secret.
 */

const NOTHING = { draft: "", texts: "[]" };

let place;
let kept = NOTHING;

/** From now on this is about the room of an invite; gives the draft in it. */
export async function openUnsent(fragment) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(fragment)));
  place = `volly unsent ${[...digest.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  kept = { ...NOTHING, ...read() };
  sayWhetherThereIsAny();
  return kept.draft;
}

/** The texts that wait, in the JSON that Python wrote. */
export function keptTexts() {
  return kept.texts;
}

/** The draft has changed, or the texts that wait. */
export function keepUnsent(part) {
  if (!place) return;
  kept = { ...kept, ...part };
  sayWhetherThereIsAny();
  write();
}

/** The room is left for another, and may be come back to. */
export function closeUnsent() {
  place = undefined;
  kept = NOTHING;
}

/** The room is left for good. */
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

// Where a browser keeps nothing for sites, or no more than there is, what is written lasts as long as the page.

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
