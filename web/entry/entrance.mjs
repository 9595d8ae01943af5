/** The start of a visit: takes a name, and makes a room or takes one from a link. */

import { createInvite, readInvite } from "./invite.mjs";
import { forget, linkTo, recall, remember, wasReloaded, wasSent } from "./address.mjs";
import { openKeeping } from "../devices/keeping.mjs";
import { openComposer } from "../view/composer.mjs";
import { cleanName } from "./names.mjs";
import { showLink } from "../view/sharing.mjs";
import { element, say, show, showing } from "../view/view.mjs";
import { showAlone } from "../view/alone.mjs";

const POST_QUANTUM = "Choose a name for this conversation. What you write is sealed in this page before it leaves it, so that neither the server nor a quantum computer can read it.";
const CLASSICAL = "Choose a name for this conversation. This room is sealed, but not against quantum computers: whoever records it now could read it one day.";

const SENT = "This link was changed on its way: its # has become %23 or is gone, as mail filters do. So its secret has been sent to servers: to the filter's, and possibly to this site's, which could then read along. If that matters, make a room of your own, and send its link another way.";

/** Keeps the invite of the next visit, and hands visits over to Python one by one. */
export class Entrance {
  #own = { title: element("start-title").textContent, lead: element("start-lead").textContent };
  #invite;
  #waiting = false;
  #visit = Promise.withResolvers();
  #lastStep = Promise.resolve();
  #pressed;

  constructor() {
    element("enter").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#inTurn(() => this.#enter(typedName()));
    });
    element("open-link").addEventListener("submit", (event) => {
      event.preventDefault();
      this.offer(element("link").value);
    });
    element("forget-link").addEventListener("click", () => this.#inTurn(() => this.offerOwn()));
    element("name").addEventListener("input", () => nameProblem(""));
    this.#pressed = pressedEarly();
  }

  /** Follows the address, or resumes after a reload; then does what an early pressed button asks for. */
  async begin(link) {
    if (link) await this.offer(link);
    else await this.#inTurn(() => this.#resume());
    if (this.#pressed === "open") await this.offer(element("link").value);
    if (this.#pressed === "enter") await this.#inTurn(() => this.#enterAsPressed(link));
  }

  /** Resolves to the next visit for Python: `{fragment, name}`. */
  async next() {
    const visit = await this.#visit.promise;
    this.#visit = Promise.withResolvers();
    this.#waiting = false;
    return visit;
  }

  /** Takes back a visit that Python has not fetched yet; returns whether there was one. */
  cancel() {
    const waited = this.#waiting;
    if (waited) this.#visit = Promise.withResolvers();
    this.#waiting = false;
    return waited;
  }

  /** Shows where a link leads, or what is wrong with it. */
  offer(link) {
    return this.#inTurn(() => this.#offer(link));
  }

  /** Offers to make a room. */
  offerOwn() {
    this.#invite = undefined;
    forget();
    this.#describe(this.#own.title, this.#own.lead, "Make a room");
  }

  /** Takes steps one after the other, so that a button pressed while a link is read acts on that link. */
  #inTurn(step) {
    this.#lastStep = this.#lastStep.catch(() => {}).then(step); // a fault ends only its own step
    return this.#lastStep;
  }

  /** Goes straight back into the room after a reload; else shows the start, filled in. */
  async #resume() {
    const visit = recall();
    if (!visit) return;
    element("name").value = visit.name;
    await this.#offer(visit.fragment);
    if (this.#invite && visit.inside && wasReloaded()) await this.#enter(visit.name);
  }

  async #offer(link) {
    try {
      this.#invite = await readInvite(link);
    } catch (error) {
      this.offerOwn();
      element("paste").open = true;
      return say("link-problem", error.message);
    }
    const { fragment, policy, history } = this.#invite;
    remember({ fragment, name: typedName(), inside: false });
    showLink(linkTo(fragment));
    const lead = policy === "classical" ? CLASSICAL : POST_QUANTUM;
    this.#describe("You are invited to a room", history ? `${lead} ${shownLater(history)}` : lead, "Join the room");
    if (wasSent(link)) say("link-problem", SENT);
    element("name").focus();
  }

  /** Enters, unless the user has to read something first: the link is wrong, or its room is not what the page promised. */
  async #enterAsPressed(link) {
    const isAsPromised = !wasSent(link) && this.#invite && this.#invite.policy !== "classical";
    if (!link || isAsPromised) await this.#enter(typedName());
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
    element("history-field").hidden = Boolean(this.#invite);
  }

  async #enter(name) {
    if (!showing("start")) return; // pressed twice
    if (!name) return nameProblem("Please type a name. Any will do.");
    const isNew = !this.#invite;
    this.#invite ??= await readInvite(await createInvite("hybrid", Number(element("history").value)));
    const { fragment, history } = this.#invite;
    say("invite-history", history ? `, as well as ${lastMessages(history)} from before` : "");
    remember({ fragment, name, inside: true });
    showLink(linkTo(fragment));
    await openComposer(fragment);
    showAlone(isNew);
    show("room");
    openKeeping(fragment);
    if (matchMedia("(pointer: fine)").matches) element("composer-text").focus(); // on a touch screen a keyboard would cover the page
    this.#waiting = true;
    this.#visit.resolve({ fragment, name });
  }
}

function lastMessages(history) {
  return history === 1 ? "the last message" : `the last ${history} messages`;
}

function shownLater(history) {
  return `Whoever comes later is shown ${lastMessages(history)} as well.`;
}

function typedName() {
  return cleanName(element("name").value);
}

/**
 * Returns which button was pressed before this script was there, "" if none: the markup's forms close a dialog then.
 *
 * That works before any script has arrived.
 */
function pressedEarly() {
  const dialog = element("entering");
  const pressed = dialog.open ? "" : dialog.returnValue;
  dialog.open = true;
  return pressed;
}

function nameProblem(text) {
  say("name-problem", text);
  element("name").setAttribute("aria-invalid", String(Boolean(text)));
  if (text) element("name").focus();
}
