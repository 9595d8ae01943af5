/** Shows one of the page's views, and has the few functions that every view needs. */

export const element = (id) => document.getElementById(id);

/** Shows "start", "room" or "blocked". */
export function show(view) {
  if (showing("blocked")) return; // for good
  document.documentElement.dataset.view = view;
}

export function showing(view) {
  return document.documentElement.dataset.view === view;
}

/** Sets a line of text; an empty one takes no place. */
export function say(id, text) {
  element(id).textContent = text;
  element(id).hidden = !text;
}

/** Tells screen readers something. */
export function announce(text) {
  element("announcer").textContent = text;
}

/** Blocks the page for good: shows a sentence, a way out, and the cause as a detail. */
export function block(title, text, detail) {
  show("blocked");
  for (const other of document.querySelectorAll('[data-for]:not([data-for~="blocked"])')) other.hidden = true; // also without the style sheet
  document.title = `${title} · Volly`;
  element("blocked-title").textContent = title;
  element("blocked-text").textContent = text;
  element("blocked-detail").textContent = detail;
  element("blocked-details").hidden = !detail;
  element("blocked-share").hidden = !element("blocked-link").value;
  element("blocked-action").addEventListener("click", () => location.reload());
  element("blocked-action").focus();
}
