/**
 * The conversation in its window: the page has the rows that are near, and Python (ui/timeline/view.py) all of them.
 *
 * At its end the list stays there; if the user has scrolled up, the line that they read keeps its place while messages are
 * added below and rows come and go above.  Not every browser holds the line by itself, so that is switched off
 * in the style sheet (`overflow-anchor`) and done here.  What is not here has its place kept, as high as rows are on
 * average.
 */

import { ask } from "./dialogs.mjs";
import { element, say } from "./view.mjs";
import { closeMenu, closeMenuUnless, openMenu } from "./actions.mjs";
import { intent } from "./intents.mjs";
import { forgetPlace, prepareLatest, showLatest } from "./latest.mjs";
import { Rows } from "./patch.mjs";
import { reveal } from "./text.mjs";

const NEAR = 64;

/** Browsers scroll by whole pixels of the screen; this many CSS pixels are no movement. */
const ROUNDING = 1;

/** Pixels of a row, before there is one; and of the lowest, of which a screen has the most. */
const [USUAL, LOWEST] = [56, 30];

let log, list, rows;
let following = true;
// How many messages were not read, before which row a line says so, and how many of them mention the user.
let [unread, firstUnread, forUs] = [0, "", 0];
let told; // what Python was last told of reading
let line; // what is read while the end is not followed: {node, top}
let settled; // all sizes after the last adjustment
let [above, below] = [0, 0]; // rows that are not here
let asked; // what Python was last asked for
let target; // the index, in the whole list, that the user went to if no row is there
let goingTo; // a place that the user wants to see, and that is not here yet: {id, top}, as in `show`
let goingToEnd = false; // it was asked for, and is not here yet

export function prepareTimeline() {
  [log, list] = [element("log"), element("messages")];
  rows = new Rows(list);
  log.addEventListener("scroll", scrolled);
  list.addEventListener("click", clicked);
  prepareLatest(leaveForEnd, show);
  document.addEventListener("visibilitychange", tellReading);
  const keep = new ResizeObserver(settle);
  keep.observe(log);
  keep.observe(list);
  globalThis[Symbol.for("volly.patch")] = applyPatch; // for tests, in which there is no Python
}

/** Takes a patch of Python's, in JSON. */
export function applyPatch(text) {
  const { fresh, follow, show: shown, steps = [], unread: news = [0, "", 0], ...around } = JSON.parse(text);
  const active = document.activeElement;
  if (fresh) clear();
  if (follow) goOnAtEnd();
  rows.apply(steps);
  closeMenuUnless((id) => rows.nodeOf(id));
  setAround(around);
  asked = undefined;
  goingToEnd &&= below > 0;
  settle();
  keepFocus(active);
  [unread, firstUnread, forUs] = news;
  if (document.hidden) stayAtUnread();
  if (shown) show({ id: shown });
  if (goingTo && rows.nodeOf(goingTo.id)) show(goingTo);
  showLatest(following, unread, forUs);
  tellReading();
  askForMore();
}

/** Shows a row, wherever it is, and gives the list the focus. */
export function jumpTo(id) {
  show({ id });
  log.focus({ preventScroll: true });
}

/** Shows a row, wherever it is: so many pixels below the top, or else in the middle, and marked for a moment. */
function show({ id, top }) {
  const node = rows.nodeOf(id);
  goingTo = node ? undefined : { id, top };
  setFollowing(false);
  if (!node) return look(id, 0);
  if (top === undefined) node.scrollIntoView({ block: "center" });
  else log.scrollTop += topOf(node) - top;
  markLine();
  for (const animation of node.getAnimations()) animation.cancel();
  return top === undefined && node.animate?.({ backgroundColor: ["var(--own)", "transparent"] }, 1500);
}

function clear() {
  closeMenu();
  rows.clear();
  told = undefined;
  goOnAtEnd();
  look("", -1); // says how many rows a screen has
}

/** What is pressed in a row: its kind is on the button, and what it is about is the row. */
function clicked(event) {
  const pressed = event.target.closest("[data-intent]");
  const id = pressed && rows.idOf(pressed.closest("#messages > *"));
  if (!id) return undefined;
  const kind = pressed.dataset.intent;
  if (kind === "menu") return openMenu(id, rows.rowOf(id), pressed);
  if (kind === "jump") return show({ id: pressed.value });
  if (kind === "reveal") return reveal(pressed);
  if (kind === "relayed") return explain(rows.rowOf(id).relayed);
  return intent(kind, id, pressed.value || null);
}

/** Says what it means that another than its author has told of a message. */
function explain([, why]) {
  say("relayed-text", why);
  return ask("relayed");
}

// Scrolling

const topOf = (node) => node.getBoundingClientRect().top - log.getBoundingClientRect().top;
const atEnd = () => below === 0 && log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
const size = () => `${log.scrollHeight} ${log.clientHeight} ${log.clientWidth}`;
const isInPlace = () => line?.node.isConnected && Math.abs(topOf(line.node) - line.top) < ROUNDING;

function scrolled() {
  if (settled !== size()) return settle(); // not the user's scrolling: the ResizeObserver is called later
  if (goingToEnd) return undefined;
  setFollowing(atEnd());
  if (!following && !isInPlace()) markLine();
  showLatest(following, unread, forUs);
  tellReading();
  return askForMore();
}

/** Adjusts to changed rows or a changed window. */
function settle() {
  if (following) log.scrollTop = log.scrollHeight;
  else holdLine();
  settled = size();
}

/** Keeps the end in sight, or does not; only new messages at the end are read aloud. */
function setFollowing(follows) {
  if (follows) [line, target] = [undefined, undefined];
  if (follows === following) return;
  following = follows;
  log.setAttribute("aria-live", follows ? "polite" : "off");
  if (follows) look("", -1);
  else look(rows.idOf(firstInSight()), 0);
}

/** Goes to the end; gives the place from which it goes. */
function leaveForEnd() {
  const node = firstInSight();
  const place = node && { id: rows.idOf(node), top: topOf(node) };
  setFollowing(true);
  goingToEnd = below > 0;
  settle();
  tellReading();
  return place;
}

/** Follows the end from now on, because the user has said something there. */
function goOnAtEnd() {
  forgetPlace();
  setFollowing(true);
}

function markLine() {
  const node = firstInSight();
  line = node && { node, top: topOf(node) };
}

function holdLine() {
  if (line?.node.isConnected) log.scrollTop += topOf(line.node) - line.top;
  else if (target !== undefined) log.scrollTop += topOf(list.children[target - above] ?? list.lastElementChild ?? list);
  target = undefined;
  if (!isInPlace()) markLine(); // it could not be held
}

const bottomOf = (node) => topOf(node) + node.offsetHeight;

function firstInSight() {
  return list.children[firstWith((node) => bottomOf(node) > 0)];
}

/** The last row down to whose end one can see. */
function lastSeen() {
  return list.children[firstWith((node) => bottomOf(node) > log.clientHeight + ROUNDING) - 1];
}

/** Finds the index of the first row of which something holds that holds of all below it; one too many if there is none. */
function firstWith(holds) {
  let [low, high] = [0, list.children.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list.children[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

// Reading

/** Tells Python which row the user has seen last, and whether they see at once what comes next. */
function tellReading() {
  if (goingToEnd) return;
  const isWatched = following && !document.hidden;
  const id = (!document.hidden && rows.idOf(lastSeen())) || "";
  if (told === `${id} ${isWatched}`) return;
  told = `${id} ${isWatched}`;
  intent("read", id, isWatched);
}

/** While the page is hidden, the first message that its user has not seen stays in sight, rather than the end. */
function stayAtUnread() {
  const node = rows.nodeOf(firstUnread);
  if (following && firstUnread && !(node && topOf(node) >= 0)) show({ id: firstUnread, top: 0 });
}

/** Keeps the focus on its element, also if that was moved; on the list if it is gone. */
function keepFocus(active) {
  if (document.activeElement === active || !active) return;
  if (active.isConnected) active.focus({ preventScroll: true });
  else if (document.activeElement === document.body) log.focus({ preventScroll: true });
}

// The window

/** Keeps the place of what is not here. */
function setAround(around) {
  if (above === (around.above ?? 0) && below === (around.below ?? 0)) return; // to measure takes time
  ({ above = 0, below = 0 } = around);
  const height = usualHeight();
  list.style.paddingTop = `${above * height}px`;
  list.style.paddingBottom = `${below * height}px`;
}

function usualHeight() {
  const [first, last] = [list.firstElementChild, list.lastElementChild];
  return first ? Math.max(LOWEST, (topOf(last) + last.offsetHeight - topOf(first)) / rows.size) : USUAL;
}

/** Asks for other rows if there is less than a screen of them above or below what is in sight. */
function askForMore() {
  const [first, last] = [list.firstElementChild, list.lastElementChild];
  if (following || !first) return;
  const [top, bottom, screen] = [topOf(first), topOf(last) + last.offsetHeight, log.clientHeight];
  const lacksAbove = above > 0 && top > -screen;
  const lacksBelow = below > 0 && bottom < 1.5 * screen;
  if (!lacksAbove && !lacksBelow) return;
  if (top > screen) goTo(above - Math.ceil(top / usualHeight()));
  else if (bottom < 0) goTo(above + rows.size + Math.floor(-bottom / usualHeight()));
  else look(rows.idOf(firstInSight()), 0);
}

/** Asks for the row that is probably where the user went, if none is there. */
function goTo(place) {
  target = Math.max(0, Math.min(above + rows.size + below - 1, place));
  look("", target);
}

function look(id, place) {
  const wanted = [place, 3 * Math.ceil(log.clientHeight / LOWEST)];
  const key = `${id} ${wanted}`;
  if (key === asked) return;
  asked = key;
  intent("look", id, wanted);
}
