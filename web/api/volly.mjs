/**
 * Volly for JavaScript: the page's Python engine, as the README shows it.
 *
 *     import { createInvite, initializeWasmCrypto, VollyClient } from "/volly.mjs";
 *
 *     const crypto = await initializeWasmCrypto();
 *     const { publicKey, secretKey } = await crypto.generateKeyPair();
 *
 *     const client = new VollyClient();
 *     await client.connect(await createInvite());
 *     await client.sendEncrypted("Hello, quantum world!");
 *     const text = await client.receiveDecrypted({ timeoutMs: 10_000 });
 *     await client.close();
 *
 * Bytes are Uint8Array everywhere. A wrong argument is a TypeError; every other error is an Error whose `name` is the
 * name of Python's class (InvalidKey, DecryptionFailed, InviteError, …) and whose `message` is a sentence.
 */

import { createInvite as makeInvite } from "../entry/invite.mjs";
import { engineAt, failure, siteConfig } from "./volly-engine.mjs";
import { checkBytes, checkChanges, checkFunction, checkMentions, checkOptions, checkText } from "./volly-options.mjs";

/** @typedef {import("./volly-engine.mjs").Engine} Engine */
/** @typedef {{engine: Engine, client: number}} PythonClient  a client, and the engine that knows it by this number */

/**
 * @typedef {object} KeyPair
 * @property {Uint8Array} publicKey  1184 bytes, the encapsulation key of ML-KEM-768
 * @property {Uint8Array} secretKey  64 bytes, the seed d || z of FIPS 203 from which the decapsulation key follows
 */

/**
 * @typedef {object} Encapsulation
 * @property {Uint8Array} ciphertext  1088 bytes, for the owner of the public key
 * @property {Uint8Array} sharedSecret  32 bytes, to keep
 */

/**
 * What `encrypt` takes: bytes as they are, text as UTF-8, any other object as JSON.
 * @typedef {Uint8Array | string | object} Data
 */

/**
 * ML-KEM-768 and AES-256-GCM, by the best engine that this browser has.
 *
 * @typedef {object} WasmCrypto
 * @property {() => Promise<KeyPair>} generateKeyPair
 * @property {(publicKey: Uint8Array) => Promise<Encapsulation>} encapsulate
 * @property {(ciphertext: Uint8Array, secretKey: Uint8Array) => Promise<Uint8Array>} decapsulate
 *   the 32-byte shared secret; a ciphertext for another key gives another secret, as FIPS 203 wants it
 * @property {(data: Data, secret: Uint8Array | Encapsulation) => Promise<Uint8Array>} encrypt
 *   `secret` is 32 bytes, or what `encapsulate` resolved to
 * @property {(data: Uint8Array, secret: Uint8Array | Encapsulation) => Promise<Uint8Array>} decrypt
 *   the bytes that `encrypt` sealed: UTF-8 of a text, UTF-8 of JSON of an object
 */

/**
 * A message with all that was said about it since.
 *
 * @typedef {object} Message
 * @property {string} id
 * @property {string} sender  the member id of its author, which is new for each visit
 * @property {string} name  of its author
 * @property {string | null} text  what it says now, as it was written, with the marks of Markdown if it has any; null if it was deleted, or cannot be shown by this version
 * @property {{start: number, end: number, id: string}[]} mentions  the places in the text that name members, and their ids
 * @property {number} sentAt  milliseconds since 1970
 * @property {number | null} disappearsAfter  seconds from when it was received, or one of this client's was sent; null if it stays
 * @property {boolean} edited
 * @property {boolean} deleted
 * @property {string | null} replyTo  the id of the message that it answers
 * @property {Record<string, string[]>} reactions  emoji, and the ids of the members that chose them
 * @property {string | null} relayedBy  the id of the member that has told of it, if its author did not
 * @property {boolean} [confirmed]  if another has told of it, or of a reaction to it: whether that one cannot have made it up
 * @property {{stage: "waiting" | "sent" | "failed", received: number, recipients: number} | null} delivery
 *   what became of a message of this client; null for those of others
 */

/**
 * A member of the room.
 *
 * @typedef {object} Person
 * @property {string} id  which is new for each visit
 * @property {string} name  possibly empty, and possibly that of another member, too
 * @property {boolean} isSelf  whether it is this client
 */

/**
 * By whom something was set: `toldBy` is the id of the member that says so, if that is another one, which can have made it up.
 *
 * @typedef {{member: string, toldBy: string | null}} SetBy
 */

/**
 * What is set for the room.
 *
 * @typedef {object} RoomSettings
 * @property {string} title
 * @property {string} topic
 * @property {number} disappearsAfter  seconds after which messages disappear that are written now; 0 for never
 * @property {{title?: SetBy, topic?: SetBy, disappearsAfter?: SetBy}} setBy
 * @property {({id: string} & SetBy)[]} pins  the ids of pinned messages, the last one first
 */

/**
 * @typedef {object} RoomChanges
 * @property {string} [title]  one line of up to 64 letters; empty for none
 * @property {string} [topic]  one line of up to 200 letters; empty for none
 * @property {0 | 300 | 3600 | 86400 | 604800} [disappearsAfter]
 */

/**
 * @typedef {object} TextOptions
 * @property {Record<string, string>} [mentions]  ids of members by the words that stand for them in the text, as in
 *   `{"@Bob": id}`
 */

/**
 * @typedef {object} ClientOptions
 * @property {string} [name]  what the others in the room see; nobody else does
 * @property {string} [signalingUrl]  the LiveKit server, ws: or wss:; the one that the token service names if left out
 * @property {string} [tokenUrl]  the token service; the site's own if left out
 * @property {string} [wasmCryptoUrl]  the folder with the Pyodide files; the site's own if left out
 * @property {boolean} [enablePostQuantum]  false to enter rooms of the `classical` policy; true if left out
 * @property {number} [history]  for `createTestClient`: how many messages from before they came newcomers are told of in
 *   a room that it makes, 0 to 500; 0 if left out. A link says that itself, see `createInvite`
 */

const CLIENT_OPTIONS = ["name", "signalingUrl", "tokenUrl", "wasmCryptoUrl", "enablePostQuantum", "history"];

/**
 * Start the engine, which tests itself first, and get its operations. Pages share one engine however often they ask.
 *
 * @param {{wasmCryptoUrl?: string}} [options]  `wasmCryptoUrl`: the folder with the Pyodide files
 * @returns {Promise<WasmCrypto>}
 * @throws {TypeError} an option is unknown or wrong
 */
export async function initializeWasmCrypto(options = {}) {
  const { wasmCryptoUrl } = checkOptions("initializeWasmCrypto", options, ["wasmCryptoUrl"]);
  return operations(await engineAt(wasmCryptoUrl));
}

/**
 * @param {Engine} engine
 * @returns {WasmCrypto}
 */
function operations(engine) {
  return Object.freeze({
    generateKeyPair: async () => engine.call("generateKeyPair"),
    encapsulate: async (publicKey) => engine.call("encapsulate", checkBytes("publicKey", publicKey)),
    decapsulate: async (ciphertext, secretKey) =>
      engine.call("decapsulate", checkBytes("ciphertext", ciphertext), checkBytes("secretKey", secretKey)),
    encrypt: async (data, secret) => engine.call("encrypt", toBytes(data), secretBytes(secret)),
    decrypt: async (data, secret) => engine.call("decrypt", checkBytes("data", data), secretBytes(secret)),
  });
}

/**
 * @param {Data} data
 * @returns {Uint8Array}
 */
function toBytes(data) {
  if (typeof data === "string") return new TextEncoder().encode(data);
  const isJson = typeof data === "object" && data !== null && !ArrayBuffer.isView(data) && !(data instanceof ArrayBuffer);
  return isJson ? toBytes(JSON.stringify(data)) : checkBytes("data", data);
}

/** @param {Uint8Array | Encapsulation} secret */
function secretBytes(secret) {
  return checkBytes("secret", secret instanceof Uint8Array ? secret : secret?.sharedSecret);
}

/**
 * An invite to a room that does not exist yet: what follows the # in a link to it.
 *
 * @param {{enablePostQuantum?: boolean, history?: number}} [options]  `enablePostQuantum`: false for a room of the
 *   `classical` policy; `history`: how many messages from before they came newcomers are told of, 0 to 500
 * @returns {Promise<string>}
 * @throws {TypeError} an option is unknown or wrong
 */
export async function createInvite(options = {}) {
  const { enablePostQuantum = true, history = 0 } = checkOptions("createInvite", options, ["enablePostQuantum", "history"]);
  return makeInvite(enablePostQuantum ? "hybrid" : "classical", history);
}

/** @type {(client: VollyClient) => void} */
let makeTestClient;

/** One member of one room. It connects once; for another room, or to come back, make another. */
export class VollyClient {
  #options;
  #takesRoomNames = false;
  /** @type {Promise<PythonClient> | undefined}  set by the first `connect` */
  #opening;
  /** @type {PythonClient | undefined} */
  #python;
  #closed = false;
  /** @type {((ids: string[]) => void) | undefined} */
  #callback;

  static {
    makeTestClient = (client) => {
      client.#takesRoomNames = true;
    };
  }

  /**
   * @param {ClientOptions} [options]
   * @throws {TypeError} an option is unknown or wrong
   */
  constructor(options = {}) {
    this.#options = checkOptions("VollyClient", options, CLIENT_OPTIONS);
  }

  /**
   * Join the room, or open it if it is empty; resolves once this client is in the group.
   *
   * @param {string} room  an invite: the whole link, or what follows its #
   */
  async connect(room) {
    checkText("room", room);
    this.#requireOpen();
    if (this.#opening) throw failure("AlreadyConnected", "This client was connected already; make another one.");
    this.#opening = this.#open();
    try {
      await this.#ask("connect", room);
    } catch (error) {
      this.#opening = undefined; // so that it can be tried again
      throw error;
    }
  }

  /** The secret that all members of the room have in this epoch, 32 bytes; undefined while not connected. */
  get sharedSecret() {
    return /** @type {Uint8Array | undefined} */ (this.#look("sharedSecret"));
  }

  /** How many members the group has, this client included; 0 while not connected. */
  get members() {
    return /** @type {number} */ (this.#look("members") ?? 0);
  }

  /**
   * The members of the group, this client included, the longest in it first.
   *
   * @returns {Person[]}
   */
  people() {
    return /** @type {Person[]} */ (this.#look("people") ?? []);
  }

  /** The livekit-client Room underneath, for tests and integrations; undefined while not connected. */
  get livekitRoom() {
    return this.#look("livekitRoom");
  }

  /**
   * Send a text to all members, or to the first that comes. Calls keep their order, awaited or not.
   *
   * @param {string} text
   * @param {TextOptions} [options]
   * @returns {Promise<string>}  the id of the message, as soon as it waits to be sent
   */
  async sendEncrypted(text, options = {}) {
    return this.#ask("send", checkText("text", text), mentionsIn("sendEncrypted", options));
  }

  /**
   * Answer a message.
   *
   * @param {string} id  of the message
   * @param {string} text
   * @param {TextOptions} [options]
   * @returns {Promise<string>}  the id of the answer
   */
  async reply(id, text, options = {}) {
    return this.#ask("reply", checkText("id", id), checkText("text", text), mentionsIn("reply", options));
  }

  /**
   * Let a message of this client say something else.
   *
   * @param {string} id
   * @param {string} text
   * @param {TextOptions} [options]
   */
  async edit(id, text, options = {}) {
    await this.#ask("edit", checkText("id", id), checkText("text", text), mentionsIn("edit", options));
  }

  /**
   * Take a message of this client back.
   *
   * @param {string} id
   */
  async delete(id) {
    await this.#ask("delete", checkText("id", id));
  }

  /**
   * Put an emoji under a message; a second time changes nothing.
   *
   * @param {string} id
   * @param {string} emoji
   */
  async react(id, emoji) {
    await this.#ask("react", checkText("id", id), checkText("emoji", emoji));
  }

  /**
   * Take an emoji of this client away from under a message.
   *
   * @param {string} id
   * @param {string} emoji
   */
  async unreact(id, emoji) {
    await this.#ask("unreact", checkText("id", id), checkText("emoji", emoji));
  }

  /**
   * What is set for the room, by whichever member.
   *
   * @returns {RoomSettings | undefined}  undefined while not connected
   */
  room() {
    return /** @type {RoomSettings | undefined} */ (this.#look("room"));
  }

  /**
   * Set something for the room; what is left out stays.
   *
   * @param {RoomChanges} changes
   */
  async setRoom(changes) {
    await this.#ask("setRoom", checkChanges(checkOptions("setRoom", changes, ["title", "topic", "disappearsAfter"])));
  }

  /**
   * Pin a message.
   *
   * @param {string} id
   */
  async pin(id) {
    await this.#ask("pin", checkText("id", id));
  }

  /**
   * Take a message down that is pinned.
   *
   * @param {string} id
   */
  async unpin(id) {
    await this.#ask("unpin", checkText("id", id));
  }

  /**
   * All that was said since `connect`, and what the others have told of before, in the order that is the same for all.
   *
   * @returns {Message[]}
   */
  messages() {
    return /** @type {Message[]} */ (this.#look("messages") ?? []);
  }

  /**
   * Hear which messages are new or look different; the last callback that was given is the one that is called.
   *
   * @param {(ids: string[]) => void} callback
   */
  onChange(callback) {
    this.#callback = checkFunction("callback", callback);
    this.#python?.engine.watch(this.#python.client, this.#callback);
  }

  /**
   * Wait for the next text of another member; texts keep the order of their arrival.
   *
   * @param {{timeoutMs?: number}} [options]  how long to wait; without it, as long as it takes
   * @returns {Promise<string>}
   */
  async receiveDecrypted(options = {}) {
    const { timeoutMs } = checkOptions("receiveDecrypted", options, ["timeoutMs"]);
    const deadline = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
    await this.#opening; // Python is possibly still loading
    return this.#ask("receive", deadline && Math.max(0, Math.ceil(deadline - performance.now())));
  }

  /**
   * Come back after `Displaced`, with which `receiveDecrypted` says that another connection has taken this client's place.
   * Texts sent meanwhile go out then.
   */
  async takeOver() {
    await this.#ask("takeOver");
  }

  /** Leave the room. Safe to call twice. */
  async close() {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#python) await this.#python.engine.call("close", this.#python.client);
  }

  /** @returns {Promise<PythonClient>} */
  async #open() {
    if (this.#python) return this.#python;
    const engine = await engineAt(this.#options.wasmCryptoUrl);
    const { tokenUrl, signalingUrl, enablePostQuantum = true } = { ...(await siteConfig()), ...this.#options };
    this.#requireOpen();
    const client = engine.openClient({
      token_url: tokenUrl,
      signaling_url: signalingUrl,
      name: this.#options.name ?? "",
      enable_post_quantum: enablePostQuantum,
      takes_room_names: this.#takesRoomNames,
      history: this.#options.history ?? 0,
    });
    this.#python = { engine, client };
    if (this.#callback) engine.watch(client, this.#callback);
    return this.#python;
  }

  /**
   * @param {string} verb  one that Python's facade knows
   * @param {...(string | number | undefined)} values
   */
  async #ask(verb, ...values) {
    this.#requireOpen();
    if (!this.#opening) throw failure("NotConnected", "This client is not connected; call connect first.");
    const { engine, client } = await this.#opening;
    return engine.call(verb, client, ...values);
  }

  /** @param {"sharedSecret" | "members" | "people" | "room" | "messages" | "livekitRoom"} fact */
  #look(fact) {
    return this.#python?.engine.look(fact, this.#python.client);
  }

  #requireOpen() {
    if (this.#closed) throw failure("RoomClosed", "This client was closed; make another one.");
  }
}

/**
 * @param {string} name  of the function
 * @param {TextOptions} options
 */
function mentionsIn(name, options) {
  return checkMentions(checkOptions(name, options, ["mentions"]).mentions ?? {});
}

/**
 * A client for tests: with the site's own configuration, and it also takes a plain room name in place of an invite.
 *
 * The room's invite follows from the name alone (`Invite.from_room_name`), so guessing the name is enough to get in.
 *
 * @param {string} name  the name that others in the room see
 * @param {{enablePostQuantum?: boolean, history?: number}} [options]  `history`: as in ClientOptions
 * @returns {Promise<VollyClient>}
 */
export async function createTestClient(name, options = {}) {
  checkText("name", name);
  const client = new VollyClient({ ...checkOptions("createTestClient", options, ["enablePostQuantum", "history"]), name });
  makeTestClient(client);
  await engineAt();
  return client;
}
