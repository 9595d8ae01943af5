/**
 * The page for addresses that do not exist.
 *
 * One kind of them is a room's link whose `#` has become `%23`, so that its secret was sent to the server.  It is removed
 * from the address, and the user decides whether to go on.  A link with its `#` and a wrong path before it just works.
 */

import { findInvite } from "./invite.mjs";
import { wasSent } from "./address.mjs";
import { element } from "../view/view.mjs";

const sent = location.pathname + location.search;
const found = { sent: findInvite(sent), kept: findInvite(location.hash) };

if (found.sent) warn(found.sent);
else if (found.kept) goTo(found.kept);
else if (wasSent(sent)) history.replaceState(null, "", "/"); // cut short, but still most of a secret

function warn(fragment) {
  history.replaceState(null, "", "/");
  document.title = "Changed on its way · Volly";
  element("nothing").hidden = true;
  element("sent").hidden = false;
  element("go-on").addEventListener("click", () => goTo(fragment));
}

function goTo(fragment) {
  history.replaceState(null, "", `/#${fragment}`);
  location.reload(); // the start is another page, even if only the fragment has changed
}
