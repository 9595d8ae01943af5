/**
 * Keeps the list of messages at its end; if the user has scrolled up, keeps the line that they read in its place.
 *
 * Messages are added below, the oldest are removed above, and widths change.  Not every browser holds the line by itself,
 * so that is switched off in the style sheet (`overflow-anchor`) and done here.
 */

import { element } from "./view.mjs";

const NEAR = 64;

/** Browsers scroll by whole pixels of the screen; this many CSS pixels are no movement. */
const ROUNDING = 1;

export function followNewest() {
  const [log, list, button] = [element("log"), element("messages"), element("newer")];
  let following = true;
  let unseen = 0;
  let line; // what is read while the end is not followed: {entry, top}
  let settled; // all sizes after the last adjustment

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  const size = () => `${log.scrollHeight} ${log.clientHeight} ${log.clientWidth}`;
  const topOf = (entry) => entry.getBoundingClientRect().top - log.getBoundingClientRect().top;

  function follow() {
    following = true;
    unseen = 0;
    button.hidden = true;
    log.scrollTop = log.scrollHeight;
    line = undefined;
  }

  const isInPlace = () => line?.entry.isConnected && Math.abs(topOf(line.entry) - line.top) < ROUNDING;

  function markLine() {
    const entry = firstInSight();
    line = entry && { entry, top: topOf(entry) };
  }

  function holdLine() {
    if (line?.entry.isConnected) log.scrollTop += topOf(line.entry) - line.top;
    if (!isInPlace()) markLine(); // it could not be held
  }

  /** Adjusts to changed entries or a changed window. */
  function settle() {
    if (following) follow();
    else holdLine();
    settled = size();
  }

  function scrolled() {
    if (settled !== size()) return settle(); // not the user's scrolling: the ResizeObserver is called later
    following = atEnd();
    if (following && unseen) follow();
    if (!following && !isInPlace()) markLine();
  }

  /** Finds the first entry in sight by bisection. */
  function firstInSight() {
    let [low, high] = [0, list.children.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = list.children[middle];
      if (topOf(entry) + entry.offsetHeight > 0) high = middle;
      else low = middle + 1;
    }
    return list.children[low];
  }

  function leftBehind(messages) {
    unseen += messages.length;
    button.hidden = unseen === 0;
    element("newer-text").textContent = unseen === 1 ? "1 new message" : `${unseen} new messages`;
  }

  function changed(records) {
    const messages = records.flatMap((record) => [...record.addedNodes]).filter((node) => node.matches?.(".message"));
    following ||= messages.some((node) => node.matches(".own"));
    settle();
    if (!following) leftBehind(messages);
  }

  log.addEventListener("scroll", scrolled);
  button.addEventListener("click", () => {
    follow();
    element("composer-text").focus();
  });
  new MutationObserver(changed).observe(list, { childList: true });
  const keep = new ResizeObserver(settle);
  keep.observe(log);
  keep.observe(list);
}
