/**
 * One room as it is kept on this device: sealed records, and a sealed index that says which of them count.
 *
 * A record is bound to its room, its position and its revision, and the index has the revision of each position.  So a
 * record that was altered, that belongs elsewhere, or that is an earlier one brought back, does not open: it is counted
 * and left out.  That the whole database is an earlier one cannot be seen.
 *
 * What is in the records is not known here; volly_browser/chat/kept.py makes and reads it.
 */

import { deleteDatabase, openDatabase, recordsOf, result, within } from "./database.mjs";
import { ENTRY, KEYS, ROOMS_LIMIT, canBeIndex, canBeRecord, isCost } from "./forms.mjs";
import { COST, SALT, hashOf, keyOf, open, seal, utf8 } from "./sealing.mjs";

const VERSION = 1;
const CHECK = "This passphrase is right.";

/** Records that are read at once. */
const BATCH = 50;

/** Why a room cannot be kept or opened; `kind` is "passphrase", "damaged", "elsewhere", "full" or "storage". */
export class DeviceError extends Error {
  constructor(kind, cause) {
    super(`The store on this device: ${kind}`, { cause });
    this.kind = kind;
  }
}

/** Whether anything is kept of any room. */
export async function isAnyKept() {
  return Boolean(await look(({ rooms }) => result(rooms.count())));
}

/** Whether something is kept of the room with this link. */
export async function isKept(fragment) {
  const handle = await handleOf(fragment);
  return Boolean(await look(({ rooms }) => result(rooms.count(handle))));
}

/** Deletes what is kept of a room, without its passphrase. */
export async function forget(fragment) {
  const handle = await handleOf(fragment);
  const { release } = await locked(handle);
  try {
    await remove(handle);
  } finally {
    release();
  }
}

export class KeptRoom {
  #database;
  #handle;
  #key;
  #release;
  #row;
  #revisions = new Map();
  #last = Promise.resolve();

  constructor(database, handle, release) {
    [this.#database, this.#handle, this.#release] = [database, handle, release];
  }

  /** Begins to keep a room.  Throws DeviceError. */
  static make(fragment, passphrase, onProgress) {
    return KeptRoom.#with(fragment, true, (room) => room.#make(fragment, passphrase, onProgress));
  }

  /** Opens what is kept of a room: `{room, records: [[position, bytes]], damaged}`.  Throws DeviceError. */
  static open(fragment, passphrase, onProgress) {
    return KeptRoom.#with(fragment, false, (room) => room.#open(fragment, passphrase, onProgress));
  }

  static async #with(fragment, make, work) {
    const handle = await handleOf(fragment);
    const { release } = await locked(handle);
    let database;
    try {
      database = await openDatabase({ make });
      if (!database) throw new DeviceError("damaged");
      return await work(new KeptRoom(database, handle, release));
    } catch (error) {
      database?.close();
      release();
      throw error instanceof DeviceError || error.isCancelled ? error : new DeviceError("storage", error);
    }
  }

  async #make(fragment, passphrase, onProgress) {
    const salt = crypto.getRandomValues(new Uint8Array(SALT));
    this.#key = await keyOf(passphrase, fragment, { salt, ...COST }, onProgress);
    const check = await seal(this.#key, utf8(CHECK), this.#place("check"));
    this.#row = { version: VERSION, kdf: COST, salt, check };
    const index = await this.#sealedIndex(this.#revisions);
    await within(this.#database, "readwrite", async ({ rooms, records }) => {
      const count = await result(rooms.count());
      if (count >= ROOMS_LIMIT && !(await result(rooms.count(this.#handle)))) throw new DeviceError("full");
      records.delete(recordsOf(this.#handle));
      rooms.put({ ...this.#row, index }, this.#handle);
    });
    return { room: this, records: [], damaged: 0 };
  }

  async #open(fragment, passphrase, onProgress) {
    const { index, ...row } = await this.#read(({ rooms }) => result(rooms.get(this.#handle))) ?? {};
    if (!isRow(row)) throw new DeviceError("damaged");
    this.#row = row;
    this.#key = await keyOf(passphrase, fragment, { salt: row.salt, ...row.kdf }, onProgress);
    if (!(await open(this.#key, row.check, this.#place("check")))) throw new DeviceError("passphrase");
    const entries = await this.#openedIndex(index);
    const found = { room: this, records: [], damaged: 0 };
    for (let start = 0; start < entries.length; start += BATCH) await this.#readBatch(entries.slice(start, start + BATCH), found);
    const keys = await this.#read(({ records }) => result(records.getAllKeys(recordsOf(this.#handle), KEYS)));
    const known = new Set(entries.map(([position]) => position));
    found.damaged += keys.filter(([, position]) => !known.has(position)).length;
    if (found.damaged) await this.#drop(keys.filter(([, position]) => !this.#revisions.has(position)));
    return found;
  }

  /** Writes records, and removes those whose bytes are null: `[[position, bytes | null]]`.  Throws DeviceError. */
  write(changes) {
    this.#last = this.#last.catch(() => {}).then(() => this.#write(changes)).catch((error) => {
      throw error instanceof DeviceError ? error : new DeviceError("storage", error);
    });
    return this.#last;
  }

  /** Deletes what is kept, and closes the room. */
  async erase() {
    await this.#last.catch(() => {});
    this.#database.close();
    try {
      await remove(this.#handle);
    } finally {
      this.#release();
    }
  }

  /** Closes the room once all is written; what is kept stays. */
  async close() {
    await this.#last.catch(() => {});
    this.#database.close();
    this.#release();
  }

  async #write(changes) {
    const revisions = new Map(this.#revisions);
    const sealed = await Promise.all(changes.map(([position, bytes]) => this.#sealedRecord(position, bytes, revisions)));
    const index = await this.#sealedIndex(revisions);
    await within(this.#database, "readwrite", async ({ rooms, records }) => {
      if (!(await result(rooms.count(this.#handle)))) throw new DeviceError("storage"); // it was erased
      changes.forEach(([position], at) => {
        if (sealed[at]) records.put(sealed[at], [this.#handle, position]);
        else records.delete([this.#handle, position]);
      });
      rooms.put({ ...this.#row, index }, this.#handle);
    });
    this.#revisions = revisions;
  }

  async #sealedRecord(position, bytes, revisions) {
    if (!bytes) return void revisions.delete(position);
    const revision = (revisions.get(position) ?? 0) + 1;
    revisions.set(position, revision);
    return seal(this.#key, bytes, this.#place("message", position, revision));
  }

  #sealedIndex(revisions) {
    const numbers = new DataView(new ArrayBuffer(revisions.size * ENTRY));
    [...revisions].flat().forEach((number, at) => numbers.setUint32(at * ENTRY / 2, number));
    return seal(this.#key, new Uint8Array(numbers.buffer), this.#place("index"));
  }

  /** The positions and revisions that count, by position; without them no record can be trusted. */
  async #openedIndex(index) {
    const bytes = index instanceof Uint8Array && canBeIndex(index.length) && await open(this.#key, index, this.#place("index"));
    if (!bytes) throw new DeviceError("damaged");
    const numbers = new DataView(bytes.buffer);
    const entry = (_, at) => [numbers.getUint32(at * ENTRY), numbers.getUint32(at * ENTRY + ENTRY / 2)];
    return Array.from({ length: bytes.length / ENTRY }, entry)
      .sort(([one], [other]) => one - other);
  }

  async #readBatch(entries, found) {
    const stored = await this.#read(({ records }) => Promise.all(entries.map(([position]) => result(records.get([this.#handle, position])))));
    const opened = await Promise.all(entries.map(([position, revision], at) => this.#opened(stored[at], position, revision)));
    entries.forEach(([position, revision], at) => {
      if (opened[at]) {
        this.#revisions.set(position, revision);
        found.records.push([position, opened[at]]);
      } else {
        found.damaged += 1;
      }
    });
  }

  async #opened(sealed, position, revision) {
    if (!(sealed instanceof Uint8Array && canBeRecord(sealed.length))) return undefined;
    return open(this.#key, sealed, this.#place("message", position, revision));
  }

  /** Removes what cannot be read, so that it is told of once. */
  async #drop(keys) {
    const index = await this.#sealedIndex(this.#revisions);
    await within(this.#database, "readwrite", async ({ rooms, records }) => {
      for (const key of keys) records.delete(key);
      rooms.put({ ...this.#row, index }, this.#handle);
    });
  }

  #read(work) {
    return within(this.#database, "readonly", work);
  }

  #place(kind, position = 0, revision = 0) {
    return [this.#handle, kind, position, revision];
  }
}

/** Whether what is stored of a room has the form that it is written in. */
function isRow({ version, kdf, salt, check }) {
  const isKnown = version === VERSION && kdf && isCost(kdf);
  return isKnown && salt instanceof Uint8Array && salt.length === SALT && check instanceof Uint8Array;
}

/** The name of a room in the database: it tells nothing of the link, but can be compared with it. */
async function handleOf(fragment) {
  const hash = await hashOf(`volly device ${fragment}`);
  return [...hash.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keeps other tabs from writing the same room: `{release}`.  Throws DeviceError. */
function locked(handle) {
  return new Promise((resolve, reject) => {
    navigator.locks.request(`volly device ${handle}`, { ifAvailable: true }, (lock) => {
      if (!lock) return reject(new DeviceError("elsewhere"));
      return new Promise((release) => { resolve({ release }); });
    }).catch((error) => reject(new DeviceError("storage", error)));
  });
}

/** Reads from the database, if there is one. */
async function look(work) {
  const database = await openDatabase();
  if (!database) return undefined;
  try {
    return await within(database, "readonly", work);
  } finally {
    database.close();
  }
}

async function remove(handle) {
  const database = await openDatabase();
  if (!database) return;
  const left = await within(database, "readwrite", ({ rooms, records }) => {
    records.delete(recordsOf(handle));
    rooms.delete(handle);
    return result(rooms.count());
  });
  database.close();
  if (!left) await deleteDatabase();
}
