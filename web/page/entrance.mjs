/** The start of a visit: a name, and a room that is made here or that a link leads to. */

import { createInvite, readInvite } from "../invite.mjs";
import { forget, linkTo, recall, remember, wasReloaded } from "./address.mjs";
import { openComposer } from "./composer.mjs";
import { showLink } from "./sharing.mjs";
import { element, say, show } from "./view.mjs";

const POST_QUANTUM = "Choose a name for this conversation. What you write is sealed in this page before it leaves it, so that neither the server nor a quantum computer can read it.";
const CLASSICAL = "Choose a name for this conversation. This room is sealed, but not against quantum computers: whoever records it now could read it one day.";

/** Keeps the invite that the next visit goes to, and hands visits over to Python one by one. */
export class Entrance {
  #own = { title: element("start-title").textContent, lead: element("start-lead").textContent };
  #invite;
  #waiting = false;
  #visit = Promise.withResolvers();

  constructor() {
    element("enter").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#enter(cleaned(element("name").value));
    });
    element("open-link").addEventListener("submit", (event) => {
      event.preventDefault();
      this.offer(element("link").value);
    });
    element("forget-link").addEventListener("click", () => this.offerOwn());
    element("name").addEventListener("input", () => nameProblem(""));
  }

  /** Python asks for the next visit: `{fragment, name}`. */
  async next() {
    const visit = await this.#visit.promise;
    this.#visit = Promise.withResolvers();
    this.#waiting = false;
    return visit;
  }

  /** Takes back a visit that Python has not fetched yet; tells whether there was one. */
  cancel() {
    const waited = this.#waiting;
    if (waited) this.#visit = Promise.withResolvers();
    this.#waiting = false;
    return waited;
  }

  /** After a reload: straight back into the room; after anything else: the start, filled in. */
  async resume() {
    const visit = recall();
    if (!visit) return;
    element("name").value = visit.name;
    await this.offer(visit.fragment);
    if (this.#invite && visit.inside && wasReloaded()) await this.#enter(visit.name);
  }

  /** Somebody came with this link: say where it leads, or what is wrong with it. */
  async offer(link) {
    try {
      this.#invite = await readInvite(link);
    } catch (error) {
      this.offerOwn();
      element("paste").open = true;
      return say("link-problem", error.message);
    }
    const { fragment, policy } = this.#invite;
    remember({ fragment, name: cleaned(element("name").value), inside: false });
    showLink(linkTo(fragment));
    this.#describe("You are invited to a room", policy === "classical" ? CLASSICAL : POST_QUANTUM, "Join the room");
    element("name").focus();
  }

  /** No link: offer to make a room. */
  offerOwn() {
    this.#invite = undefined;
    forget();
    this.#describe(this.#own.title, this.#own.lead, "Make a room");
  }

  #describe(title, lead, button) {
    say("link-problem", "");
    say("start-title", title);
    say("start-lead", lead);
    element("enter-button").textContent = button;
    element("paste").hidden = Boolean(this.#invite);
    element("paste").open = false;
    element("link").value = "";
    element("forget-link").hidden = !this.#invite;
  }

  async #enter(name) {
    if (!name) return nameProblem("Please type a name. Any will do.");
    const isNew = !this.#invite;
    this.#invite ??= await readInvite(await createInvite());
    const { fragment } = this.#invite;
    remember({ fragment, name, inside: true });
    showLink(linkTo(fragment));
    await openComposer(fragment);
    element("alone").hidden = !isNew;
    element("messages").replaceChildren();
    show("room");
    if (matchMedia("(pointer: fine)").matches) element("composer-text").focus(); // else a keyboard would cover the page
    this.#waiting = true;
    this.#visit.resolve({ fragment, name });
  }
}

/** One line, without the characters that turn the writing direction of what follows. */
function cleaned(name) {
  return name.normalize("NFC").replace(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, " ").replace(/\s+/gu, " ").trim();
}

function nameProblem(text) {
  say("name-problem", text);
  element("name").setAttribute("aria-invalid", String(Boolean(text)));
  if (text) element("name").focus();
}
