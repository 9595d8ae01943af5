/** What tells of a message while the page is not seen; Python (ui/status/attention.py) decides when. */

import { plain } from "./text.mjs";

const [PITCH, SECONDS, LOUDNESS] = [660, 0.18, 0.08];

/** Letters of a message that are shown; cut off only here, so that no spoiler loses its end. */
const LETTERS = 200;

let last; // the notification that is shown
let audio;

/** Shows a notification in place of the last one; some browsers have none for pages. */
export function notify(title, words, isMarkdown) {
  if (globalThis.Notification?.permission !== "granted") return;
  try {
    const body = (isMarkdown ? plain(words) : words).slice(0, LETTERS);
    last = new Notification(title, { body, tag: "volly", renotify: true, silent: true });
    last.addEventListener("click", () => {
      focus();
      last?.close();
    });
  } catch (error) {
    console.warn(error);
  }
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
  if (!count) {
    last?.close();
    last = undefined;
  }
  (count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.())?.catch(() => {});
}
