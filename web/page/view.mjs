/** Which of the page's views is to be seen, and the few things that every view needs. */

export const element = (id) => document.getElementById(id);

/** Shows "start", "room" or "blocked". */
export function show(view) {
  if (showing("blocked")) return; // the end
  document.documentElement.dataset.view = view;
}

export function showing(view) {
  return document.documentElement.dataset.view === view;
}

/** Sets a line of text; an empty one takes its place away. */
export function say(id, text) {
  element(id).textContent = text;
  element(id).hidden = !text;
}

/** Says something to those who listen to the page instead of looking at it. */
export function announce(text) {
  element("announcer").textContent = text;
}

/** Nothing more can be done here: a sentence, a way out, and for those who want it what lies behind. */
export function block(title, text, detail) {
  show("blocked");
  for (const other of document.querySelectorAll('[data-for]:not([data-for~="blocked"])')) other.hidden = true; // also without a style
  document.title = `${title} · Volly`;
  element("blocked-title").textContent = title;
  element("blocked-text").textContent = text;
  element("blocked-detail").textContent = detail;
  element("blocked-details").hidden = !detail;
  element("blocked-share").hidden = !element("blocked-link").value;
  element("blocked-action").addEventListener("click", () => location.reload());
  element("blocked-action").focus();
}
