/** Finds out whether a browser has what the chat needs, before the user types a name. */

import { BootError, requireAbilities } from "./boot.mjs";
import { nameOf, whatIsWrong } from "./arrival.mjs";
import { lost } from "./problem.mjs";

/** Throws a BootError if the chat cannot work here. */
export function requireBrowser() {
  requireAbilities();
  if (!hasWebRtc()) {
    throw new BootError("unsupported",
      "This browser has WebRTC switched off, which carries the messages. Tor Browser does so for good; elsewhere it is an extension or a setting (in Firefox media.peerconnection.enabled, in about:config). Please switch it on for this site, or open the link in another browser.");
  }
}

function hasWebRtc() {
  try {
    new RTCPeerConnection().close();
    return true;
  } catch {
    return false;
  }
}

/** Rejects with a BootError if the style sheet did not arrive, without which all views would show at once. */
export async function requireStyle() {
  const link = document.querySelector('link[rel="stylesheet"]');
  if (hasRules(link)) return;
  throw (await whatIsWrong(link.href, link.integrity.replace("sha256-", ""))) ?? lost(nameOf(link.href), "it did not come");
}

function hasRules(link) {
  try {
    return link.sheet.cssRules.length > 0;
  } catch {
    return false; // browsers keep an answer that is no style sheet as one without readable rules, or not at all
  }
}
