/**
 * The page for addresses at which there is nothing.
 *
 * One kind of them is the link of a room whose `#` has become `%23`: its secret was sent to the server then.  It goes out
 * of the address, and the person decides whether to go on.  A link with its `#`, and something wrong before it, just works.
 */

import { findInvite } from "./invite.mjs";
import { wasSent } from "./page/address.mjs";
import { element } from "./page/view.mjs";

const sent = location.pathname + location.search;
const found = { sent: findInvite(sent), kept: findInvite(location.hash) };

if (found.sent) warn(found.sent);
else if (found.kept) goTo(found.kept);
else if (wasSent(sent)) history.replaceState(null, "", "/"); // cut short, and most of a secret all the same

function warn(fragment) {
  history.replaceState(null, "", "/");
  document.title = "Changed on its way · Volly";
  element("nothing").hidden = true;
  element("sent").hidden = false;
  element("go-on").addEventListener("click", () => goTo(fragment));
}

function goTo(fragment) {
  history.replaceState(null, "", `/#${fragment}`);
  location.reload(); // the start is another page, though the address may not have changed
}
