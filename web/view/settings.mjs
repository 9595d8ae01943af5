/** The settings: their dialog, and what in the page follows from them. */

import { announce, element, say } from "./view.mjs";
import { intent } from "./intents.mjs";
import { onPreference, prefer, preferences } from "./preferences.mjs";

const DENIED = "Your browser does not let this page show notifications. You can allow it in the settings of the browser.";
const NONE = "This browser shows no notifications for pages.";

export function prepareSettings() {
  for (const control of controls()) control.addEventListener("change", () => changed(control));
  onPreference(take);
  apply();
}

function controls() {
  return document.querySelectorAll("[data-setting]");
}

async function changed(control) {
  say("notices-problem", "");
  const name = control.dataset.setting;
  const word = control.type === "checkbox" ? (control.checked ? "on" : "off") : control.value;
  if (name === "notices" && word !== "off" && !(await mayNotify())) {
    prefer(name, "off");
    say("notices-problem", globalThis.Notification ? DENIED : NONE);
  } else {
    prefer(name, word);
    announce("Saved.");
  }
  take();
}

/** Lets the page go by what was chosen, here or in another tab. */
function take() {
  apply();
  intent("settings", "", preferences());
}

/** Asks the browser, which asks the user: in answer to a press, as browsers want it. */
async function mayNotify() {
  if (!globalThis.Notification) return false;
  return (await Notification.requestPermission()) === "granted";
}

/** Lets the page look, and the controls say, as the user has chosen. */
function apply() {
  const chosen = preferences();
  const { dataset } = document.documentElement;
  [dataset.theme, dataset.density] = [chosen.theme, chosen.density];
  for (const control of controls()) {
    if (control.type === "checkbox") control.checked = chosen[control.dataset.setting] === "on";
    else control.value = chosen[control.dataset.setting];
  }
  element("settings").dataset.ready = "";
}
