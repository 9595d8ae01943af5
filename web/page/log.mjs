/**
 * The list of messages stays at its end; for somebody who has scrolled up to read, the line they read stays where it is.
 *
 * Messages come below, the oldest go above, and widths change.  Not every browser holds the line by itself, so that is
 * switched off in the style sheet (`overflow-anchor`) and done here.
 */

import { element } from "./view.mjs";

const NEAR = 64;

/** Browsers scroll by whole pixels of the screen, which may add up. */
const ROUNDING = 1;

export function followNewest() {
  const [log, list, button] = [element("log"), element("messages"), element("newer")];
  let following = true;
  let unseen = 0;
  let line; // what is read, where nothing is followed: {entry, top}
  let settled; // how large everything was when this was last seen to

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
    if (!isInPlace()) markLine(); // there was no room
  }

  /** Entries or the window have changed. */
  function settle() {
    if (following) follow();
    else holdLine();
    settled = size();
  }

  function scrolled() {
    if (settled !== size()) return settle(); // nobody scrolled: those who observe sizes are called later
    following = atEnd();
    if (following && unseen) follow();
    if (!following && !isInPlace()) markLine();
  }

  /** The entries are in order, so that a few of many tell. */
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
