/**
 * Runs the page before Python has arrived: takes a name, makes a link, copies it, and shows the loading.
 *
 * Then Python takes over the room (volly_browser/ui/page.py) and asks for visits one by one; this script keeps the page
 * itself: views, dialogs, the link, the scrolling.
 */

import { boot, BootError, mark } from "./boot/boot.mjs";
import { requireBrowser, requireStyle } from "./boot/abilities.mjs";
import { forget, onLink, takeLink } from "./entry/address.mjs";
import { closeKeeping, keepRecords, prepareKeeping, takeOpened } from "./devices/keeping.mjs";
import { closeComposer, fill, forgetComposer, prepareComposer, takeBack } from "./view/composer.mjs";
import { ask, closeDialogs, prepareDialogs } from "./view/dialogs.mjs";
import { Entrance } from "./entry/entrance.mjs";
import { useModules } from "./boot/modules.mjs";
import { isReady, showBytes, showReady, showStep } from "./boot/progress.mjs";
import { prepareSharing } from "./view/sharing.mjs";
import { forgetUnsent, keepUnsent, keptTexts } from "./view/unsent.mjs";
import { block, element, show, showing } from "./view/view.mjs";
import { fitVisiblePart } from "./view/viewport.mjs";
import { prepareActions } from "./view/actions.mjs";
import { showAlone } from "./view/alone.mjs";
import { offerMentions } from "./view/mentions.mjs";
import { forgetRoom, prepareRoom, showRoom } from "./view/room.mjs";
import { plain } from "./view/text.mjs";
import { applyPatch, prepareTimeline } from "./view/timeline.mjs";
import { closeSearch, prepareSearch } from "./view/search.mjs";
import { prepareSettings } from "./view/settings.mjs";
import { preferences } from "./view/preferences.mjs";
import { badge, notify, sound, withdraw } from "./view/signals.mjs";
import { prepareExport, save } from "./view/export.mjs";
import { prepareShortcuts } from "./view/shortcuts.mjs";

const TITLES = {
  unsupported: "Volly cannot run in this browser",
  network: "Volly could not be loaded",
  integrity: "This page has been changed",
  broken: "Volly could not start",
};

const STOPPED = "A fault in this page has ended its program. Reload it to come back into the room: what you had not sent is kept.";

const config = JSON.parse(element("volly-config").textContent);
const entrance = new Entrance();

prepareSettings();
prepareDialogs();
prepareExport();
prepareSharing();
prepareComposer();
prepareTimeline();
prepareActions();
prepareKeeping(forgetComposer);
prepareRoom();
prepareSearch();
prepareShortcuts();
fitVisiblePart();
element("leaving").addEventListener("close", () => element("leaving").returnValue === "leave" && leaveForGood());
element("stuck").remove(); // from here on this script shows failures

start();

async function start() {
  try {
    requireBrowser(); // before the link leaves the address, so that the user can copy it to another browser
    const visiting = Promise.all([visit(), requireStyle()]);
    const [pyodide] = await Promise.all([
      boot({ url: config.wasmCryptoUrl, boot: config.boot, onProgress: showBytes, onModules: useModules }),
      visiting,
    ]);
    await importInSteps(pyodide);
    mark("imported");
    await pyodide.pyimport("volly_browser.ui.page").main(bridge());
  } catch (error) {
    fail(error);
  }
}

/** Imports Python's parts, and lets the page react to typing in between. */
async function importInSteps(pyodide) {
  showStep("Starting the encryption.");
  for (const part of ["crypto", "mls.group", "room.room", "ui.page"]) {
    await new Promise((resolve) => { setTimeout(resolve); });
    pyodide.pyimport(`volly_browser.${part}`).destroy();
  }
}

/** Returns the link of the visit: that in the address, or that of the room that a reload interrupted. */
async function visit() {
  onLink(opened);
  await entrance.begin(takeLink());
}

/** Takes another link that was opened in this tab. */
async function opened(link) {
  if (showing("start")) return entrance.offer(link);
  if (!showing("room") || (await ask("switching")) !== "switch") return undefined;
  await leave();
  return entrance.offer(link);
}

function leaveForGood() {
  forgetUnsent();
  return leave();
}

let leaving = Promise.withResolvers();

/** Leaves the room; resolves when the start is shown. */
async function leave() {
  if (entrance.cancel()) left();
  const done = leaving.promise;
  document.dispatchEvent(new CustomEvent("volly:leave"));
  if (!showing("start")) await done;
}

function left() {
  closeDialogs();
  closeSearch();
  closeComposer();
  closeKeeping();
  forgetRoom();
  forget();
  entrance.offerOwn();
  show("start");
  document.title = "Volly";
  element("name").focus();
  leaving.resolve();
  leaving = Promise.withResolvers();
}

/** What Python can ask of this script. */
function bridge() {
  return {
    config: JSON.stringify({ tokenUrl: config.tokenUrl, signalingUrl: config.signalingUrl, engines: config.engines }),
    nextVisit: () => entrance.next(),
    step: showStep,
    ready: () => {
      showReady();
      mark("ready");
    },
    left,
    patch: applyPatch,
    plain,
    offerMentions,
    showRoom,
    showAlone,
    fill,
    settings: () => JSON.stringify(preferences()),
    notify,
    withdraw,
    sound,
    badge,
    save,
    takeBack,
    keptTexts,
    keepTexts: (texts) => keepUnsent({ texts }),
    takeOpened,
    keepRecords,
  };
}

function fail(error) {
  console.error(error);
  if (isReady()) return block("Volly has stopped", STOPPED, error.message);
  const known = error instanceof BootError;
  const kind = known ? error.kind : "broken";
  const text = known ? error.message : lastLine(error.message);
  block(TITLES[kind], text, String((known ? error.cause : error.message) ?? ""));
}

/** A Python error's message is its whole traceback; its last line is the sentence. */
function lastLine(message) {
  return message.trim().split("\n").at(-1).replace(/^[\w.]+: /, "");
}
