/**
 * Takes the secret out of the address, and keeps it.
 *
 * A link in the address bar ends up in bookmarks, synced histories and on shared screens, so it is taken out as soon as
 * it is read.  It is kept in the state of this tab's history entry, which survives a reload, is visible to no other tab
 * and no server, and ends with the tab.
 */

import { findInvite } from "./invite.mjs";

/** An encoded `#`, as mail filters write it; browsers send to the server what comes after it. */
const ENCODED = /%(?:25)*23v\d/i;

/** The link that the page was opened with, or undefined. */
export function takeLink() {
  const link = location.href;
  const sent = wasSent(link);
  if (location.hash.length < 2 && !sent) return undefined;
  history.replaceState(history.state, "", location.pathname + (sent ? "" : location.search));
  return link;
}

/** Whether a browser that opens this link sends its secret to the server. */
export function wasSent(link) {
  if (ENCODED.test(link)) return true;
  try {
    const { pathname, search } = new URL(link);
    return Boolean(findInvite(pathname + search));
  } catch {
    return false; // a text with a link in it, or a part of one
  }
}

/** Calls `opened(link)` when another link is opened in this tab. */
export function onLink(opened) {
  addEventListener("hashchange", () => {
    const link = takeLink();
    if (link) opened(link);
  });
}

/** Keeps what a return into the room needs: `{fragment, name, inside}`. */
export function remember(visit) {
  history.replaceState({ visit }, "");
}

/** Returns what was kept, or undefined. */
export function recall() {
  return history.state?.visit;
}

export function forget() {
  history.replaceState(null, "");
}

/** Whether the user reloaded the page, rather than coming from elsewhere or restoring an old session. */
export function wasReloaded() {
  return performance.getEntriesByType("navigation")[0]?.type === "reload";
}

/** Makes the link to a room on this site. */
export function linkTo(fragment) {
  return `${location.origin}${location.pathname}#${fragment}`;
}
