/**
 * The site's IndexedDB: the rooms that are kept, and their sealed records.
 *
 *     rooms    by the room's handle: {version, kdf: {name, N, r, p}, salt, check, index}
 *     records  by [handle, position]: sealed bytes
 *
 * Nothing is made before a room is kept, and the last room that goes takes the database with it.
 */

const NAME = "volly";
const VERSION = 1;

/** Opens the database; resolves to undefined if there is none and none is to be made. */
export function openDatabase({ make = false } = {}) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      if (!make) return request.transaction.abort(); // so that looking leaves no trace
      request.result.createObjectStore("rooms");
      return request.result.createObjectStore("records");
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close(); // another tab erases everything
      resolve(request.result);
    };
    request.onerror = () => (!make && request.error.name === "AbortError" ? resolve(undefined) : reject(request.error));
  });
}

/** Does something in one transaction; resolves to what `work(stores)` resolves to, once all of it is written. */
export async function within(database, mode, work) {
  const transaction = database.transaction(["rooms", "records"], mode);
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new Error("It was given up."));
  });
  done.catch(() => {}); // it is awaited below, if the work does not fail first
  try {
    const result = await work({ rooms: transaction.objectStore("rooms"), records: transaction.objectStore("records") });
    await done;
    return result;
  } catch (error) {
    abort(transaction);
    throw error;
  }
}

/** Resolves to the result of a request. */
export function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The keys of all records of a room. */
export function recordsOf(handle) {
  return IDBKeyRange.bound([handle], [handle, []]); // numbers come before arrays
}

/** Deletes a database, also one that another tab has open, which it closes then. */
export function deleteDatabase(name = NAME) {
  return result(indexedDB.deleteDatabase(name));
}

/** The names of all databases of the site. */
export async function databases() {
  return indexedDB.databases ? (await indexedDB.databases()).map(({ name }) => name) : [NAME];
}

function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // it has ended already
  }
}
