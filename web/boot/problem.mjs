/** The reasons why a page cannot start, in sentences. */

/** Says why Python could not be started: `kind` is "unsupported", "network", "integrity" or "broken". */
export class BootError extends Error {
  name = "BootError";

  constructor(kind, message, cause) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** A file did not arrive. */
export function lost(name, cause) {
  return new BootError("network",
    "A part of this page could not be loaded. Please check your connection and try again.", new Error(`${name}: ${cause}`, { cause }));
}

/** A file arrived as something else; `how` says as what, as in "came as text/plain". */
export function changed(name, how) {
  return new BootError("integrity",
    `A part of this page is not what it should be: ${name} ${how}. Something on the way has changed it (the sign-in page of a network, a proxy, a filter, the settings of the web host), or the site is just being updated. Nothing was started. Please try again in a moment, or over another network.`,
    new Error(`${name} ${how}`));
}

/** How to let a site run its program in Lockdown Mode, on any of the devices that have it. */
const LOCKDOWN = "In Lockdown Mode (iPhone, iPad, Mac) you can except this site: in Safari's menu of the page, turn Lockdown Mode off for this website, then open the link in a new tab.";

/** The browser has no WebAssembly. */
export function withoutWebAssembly() {
  return new BootError("unsupported",
    `This browser has WebAssembly switched off, or is too old for it. Volly's encryption needs it. ${LOCKDOWN}`);
}

/** The program arrived intact, and the browser does not run it. */
export function cannotRun(cause) {
  return new BootError("unsupported",
    `This browser cannot run Volly's engine. It may be short of memory: close other tabs, and open this page in a new one. Or it is too old. ${LOCKDOWN}`,
    cause);
}

/** Whether an error says that memory ran out, for which each browser has other words. */
export function isShortOfMemory(error) {
  return error instanceof RangeError && /memory|allocat/i.test(error.message);
}
