/** What tells of a message while the page is not seen; Python (ui/status/attention.py) decides when. */

import { plainOrNothing } from "./text.mjs";

const [PITCH, SECONDS, LOUDNESS] = [660, 0.18, 0.08];

/** Letters of a message that are shown; cut off only here, so that no spoiler loses its end. */
const LETTERS = 200;

let last; // the notification that is shown
let audio;

/**
 * Shows a notification in place of the last one; some browsers have none for pages.  `instead` is said for a Markdown text
 * that cannot be read yet: its spoilers are not to be shown as they were written.
 */
export function notify(title, words, isMarkdown, instead) {
  if (globalThis.Notification?.permission !== "granted") return;
  try {
    const body = (isMarkdown ? plainOrNothing(words) || instead : words).slice(0, LETTERS);
    last = new Notification(title, { body, tag: "volly", renotify: true, silent: true });
    last.addEventListener("click", () => {
      focus();
      last?.close();
    });
  } catch (error) {
    console.warn(error);
  }
}

/** Takes the notification away: what it says is not in the conversation any more. */
export function withdraw() {
  last?.close();
  last = undefined;
}

/** Makes a short sound, if the browser lets a page do that. */
export function sound() {
  audio ??= new AudioContext();
  const [tone, volume, now] = [audio.createOscillator(), audio.createGain(), audio.currentTime];
  tone.frequency.value = PITCH;
  volume.gain.setValueAtTime(LOUDNESS, now);
  volume.gain.exponentialRampToValueAtTime(LOUDNESS / 100, now + SECONDS);
  tone.connect(volume).connect(audio.destination);
  tone.start(now);
  tone.stop(now + SECONDS);
}

/** Lets the icon of an installed page count messages; takes the notification away when none is left. */
export function badge(count) {
  if (!count) withdraw();
  (count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.())?.catch(() => {});
}
