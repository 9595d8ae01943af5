/** The button that leads to the end of the conversation, and from there back to where the user was. */

import { element } from "./view.mjs";

let left; // the place from which they went to the end

/** Takes what goes to the end and gives the place that it leaves, and what goes back to such a place. */
export function prepareLatest(leave, comeBack) {
  element("newer").addEventListener("click", () => {
    const place = left;
    left = undefined;
    if (place) comeBack(place);
    else left = leave();
    drawButton(Boolean(left), 0, 0);
  });
}

/** Shows the button if it leads anywhere, how many messages were not read, and how many of these mention the user. */
export function showLatest(isAtEnd, unread, forUs) {
  if (!isAtEnd) left = undefined; // the user has gone elsewhere
  drawButton(isAtEnd, unread, forUs);
}

/** Forgets the place, since the user goes on at the end. */
export function forgetPlace() {
  left = undefined;
}

function drawButton(isAtEnd, unread, forUs) {
  element("newer").hidden = isAtEnd && !left;
  element("newer").dataset.leads = isAtEnd ? "back" : "down";
  element("newer-text").textContent = isAtEnd ? "Back to where you were" : "Jump to latest";
  const mentions = forUs === 1 ? ", 1 mentions you" : `, ${forUs} mention you`;
  element("newer-count").textContent = isAtEnd || !unread ? "" : `${unread} new${forUs ? mentions : ""}`;
}
