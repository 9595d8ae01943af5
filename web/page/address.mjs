/**
 * The secret in the address, and where it is kept once it is out of there.
 *
 * A link in the address bar ends up in bookmarks, synced histories and on shared screens, so it is taken out as soon as
 * it is read.  It goes into the state of this tab's history entry, which survives a reload, is seen by no other tab and by
 * no server, and ends with the tab.
 */

import { findInvite } from "../invite.mjs";

/** An encoded `#`, as filters of mail write it, which makes a browser send to the server what comes after it. */
const ENCODED = /%(?:25)*23v\d/i;

/** The link that the page was opened with, or undefined. */
export function takeLink() {
  const link = location.href;
  const sent = wasSent(link);
  if (location.hash.length < 2 && !sent) return undefined;
  history.replaceState(history.state, "", location.pathname + (sent ? "" : location.search));
  return link;
}

/** Whether the secret of a link stands where a browser that opens it sends it to the server. */
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

/** Keeps what it takes to come back: `{fragment, name, inside}`. */
export function remember(visit) {
  history.replaceState({ visit }, "");
}

/** What was kept, or undefined. */
export function recall() {
  return history.state?.visit;
}

export function forget() {
  history.replaceState(null, "");
}

/** Whether the person reloaded the page, and did not come from elsewhere, or from a session of yesterday. */
export function wasReloaded() {
  return performance.getEntriesByType("navigation")[0]?.type === "reload";
}

/** The link that leads to a room on this site. */
export function linkTo(fragment) {
  return `${location.origin}${location.pathname}#${fragment}`;
}
