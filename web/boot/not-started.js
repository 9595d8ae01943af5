/**
 * Says why the page does not start: which of its scripts did not come, came as something else, or does not run here.
 *
 * It stands before them, and they take the place of its words away once they have started.  It is no module, so that it
 * runs where a host calls `.mjs` plain text, and in browsers that cannot run the others.  Where even this does not come,
 * the words in the page stand, which appear by themselves after a while.
 */

import { nameOf, whatIsWrong } from "./arrival.mjs";
import { lost } from "./problem.mjs";

const TOO_OLD = "This page's program does not run in this browser, which may be too old for it, or have an extension that has changed it. Please try a current Firefox, Chrome, Edge or Safari.";

addEventListener("error", (event) => {
  if (event.target.tagName === "SCRIPT") sayOfFile(event.target);
  else if (event instanceof ErrorEvent) say(`${TOO_OLD} (${event.message})`);
}, true);

async function sayOfFile({ src, integrity }) {
  const wrong = (await whatIsWrong(src, integrity.replace("sha256-", ""))) || lost(nameOf(src), "it did not run");
  say(wrong.kind === "integrity" ? wrong.message : `${wrong.message} (${wrong.cause.message})`);
}

function say(text) {
  const place = document.getElementById("stuck");
  if (!place) return; // the page has started, and says itself what is wrong
  place.textContent = text;
  place.className += " known";
  const forms = document.getElementById("entering");
  if (forms) forms.hidden = true;
  place.setAttribute("role", "alert");
}
