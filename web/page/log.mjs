/** The list of messages stays at its end, unless somebody has scrolled up to read. */

import { element } from "./view.mjs";

const NEAR = 64;

export function followNewest() {
  const [log, list, button] = [element("log"), element("messages"), element("newer")];
  let following = true;
  let unseen = 0;

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;

  function follow() {
    following = true;
    unseen = 0;
    button.hidden = true;
    log.scrollTop = log.scrollHeight;
  }

  function leftBehind(messages) {
    unseen += messages.length;
    button.hidden = unseen === 0;
    element("newer-text").textContent = unseen === 1 ? "1 new message" : `${unseen} new messages`;
  }

  function grown(records) {
    const messages = records.flatMap((record) => [...record.addedNodes]).filter((node) => node.matches?.(".message"));
    if (following || messages.some((node) => node.matches(".own"))) follow();
    else leftBehind(messages);
  }

  log.addEventListener("scroll", () => {
    following = atEnd();
    if (following && unseen) follow();
  });
  button.addEventListener("click", () => {
    follow();
    element("composer-text").focus();
  });
  new MutationObserver(grown).observe(list, { childList: true });
  const keep = new ResizeObserver(() => following && follow());
  keep.observe(log);
  keep.observe(list);
}
