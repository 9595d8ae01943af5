/**
 * What the user has chosen, kept in this browser for all rooms: words out of short lists, the first of which holds if
 * nothing else was chosen.  What lies in the storage can be of any program: all but these words is left out.
 */

const PLACE = "volly settings";

/** More characters than all choices together have. */
const KEPT_LIMIT = 1000;

const CHOICES = {
  theme: ["system", "light", "dark", "contrast"],
  density: ["roomy", "compact"],
  notices: ["off", "plain", "full"],
  sound: ["off", "on"],
  count: ["on", "off"],
  badge: ["on", "off"],
  undisturbed: ["off", "on"],
  receipts: ["on", "off"],
};

let chosen; // if the browser stores nothing, it lasts as long as the page

/** All choices, by their names. */
export function preferences() {
  chosen ??= read();
  return { ...chosen };
}

/** Chooses; a word that is none of the list changes nothing. */
export function prefer(name, word) {
  chosen = valid({ ...preferences(), [name]: word });
  try {
    localStorage.setItem(PLACE, JSON.stringify(chosen));
  } catch {
    // see above
  }
}

/** Calls a function when another tab has chosen something. */
export function onPreference(changed) {
  addEventListener("storage", ({ key }) => {
    if (key !== PLACE && key !== null) return;
    chosen = read();
    changed();
  });
}

function read() {
  try {
    const kept = localStorage.getItem(PLACE) ?? "";
    return valid(kept.length > KEPT_LIMIT ? {} : JSON.parse(kept));
  } catch {
    return valid({});
  }
}

function valid(words) {
  const known = Object.entries(CHOICES).map(([name, list]) => {
    const word = words && Object.hasOwn(words, name) ? words[name] : undefined;
    return [name, list.includes(word) ? word : list[0]];
  });
  return Object.fromEntries(known);
}
