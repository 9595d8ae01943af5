/** The message box: Enter sends, Shift+Enter starts a line, and it grows with its text.  Python does the sending. */

import { isReady } from "./progress.mjs";
import { element, say } from "./view.mjs";

export function prepareComposer() {
  const [form, text, send] = [element("composer"), element("composer-text"), element("send")];

  const refresh = () => {
    say("composer-problem", "");
    send.disabled = !text.value.trim();
    if (!CSS.supports("field-sizing", "content")) growByHand(text);
  };

  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (text.value.trim()) form.requestSubmit();
  });
  text.addEventListener("input", refresh);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isReady()) say("composer-problem", "The encryption is still being loaded. Your text stays here: send it in a moment.");
  });
  form.addEventListener("reset", () => queueMicrotask(refresh));
  refresh();
}

function growByHand(text) {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}
