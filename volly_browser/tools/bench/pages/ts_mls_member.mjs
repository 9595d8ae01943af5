// The member whose steps are timed, played by ts-mls, in the page and in Node.  It is given the scripts that
// group_member.py is given, and has its methods.

const SUITES = {
  1: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
  83: "MLS_256_XWING_AES256GCM_SHA512_Ed25519",
};

const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

export class TsMlsMember {
  #mls;
  #messages;
  #keys;
  #suite;
  #state;

  constructor(mls) {
    this.#mls = mls;
  }

  async load(script) {
    const { suite, keys, messages } = JSON.parse(script);
    const named = (items) => items.map(([name, value]) => [name, Array.isArray(value) ? value.map(bytesOf) : bytesOf(value)]);
    this.#messages = Object.fromEntries(named(Object.entries(messages)));
    this.#keys = Object.fromEntries(named(Object.entries(keys)));
    this.#suite = await this.#mls.getCiphersuiteImpl(this.#mls.getCiphersuiteFromName(SUITES[suite]));
  }

  /** Take a step so many times, each time with the next message; gives the milliseconds of each. */
  async take(step, count) {
    const messages = this.#messages[step];
    const times = [];
    for (let number = 0; number < count; number++) {
      const start = performance.now();
      await this[step](messages[number % messages.length]);
      times.push(performance.now() - start);
    }
    return times;
  }

  async join(welcome) {
    const { init, encryption, signature } = this.#keys;
    const privateKeys = { initPrivateKey: init, hpkePrivateKey: encryption, signaturePrivateKey: signature };
    this.#state = await this.#mls.joinGroup(
      this.#decoded(welcome).welcome,
      this.#decoded(this.#keys.key_package).keyPackage,
      privateKeys,
      this.#mls.emptyPskIndex,
      this.#suite,
    );
  }

  async open(message) {
    const { newState } = await this.#process(message);
    this.#state = newState;
  }

  async seal(data) {
    const { newState, privateMessage } = await this.#mls.createApplicationMessage(this.#state, data, this.#suite);
    this.#state = newState;
    return this.#encoded("mls_private_message", { privateMessage });
  }

  async commit() {
    const { commit } = await this.#commit([]);
    return this.#mls.encodeMlsMessage(commit);
  }

  async add(message) {
    const { keyPackage } = this.#decoded(message);
    const { commit, welcome } = await this.#commit([{ proposalType: "add", add: { keyPackage } }]);
    this.#mls.encodeMlsMessage(commit);
    return this.#encoded("mls_welcome", { welcome });
  }

  async process(commit) {
    const { newState } = await this.#process(commit);
    this.#state = newState;
  }

  async sizes() {
    const { join, seal, add } = this.#messages;
    await this.join(join[0]);
    const state = this.#mls.encodeGroupState(this.#state).length;
    const [message, commit, welcome] = [await this.seal(seal[0]), await this.commit(), await this.add(add[0])];
    return { message: message.length, commit: commit.length, welcome: welcome.length, state };
  }

  #commit(extraProposals) {
    const context = { state: this.#state, cipherSuite: this.#suite };
    return this.#mls.createCommit(context, { extraProposals, ratchetTreeExtension: true });
  }

  #process(message) {
    const { privateMessage } = this.#decoded(message);
    return this.#mls.processPrivateMessage(this.#state, privateMessage, this.#mls.emptyPskIndex, this.#suite);
  }

  #decoded(bytes) {
    return this.#mls.decodeMlsMessage(bytes, 0)[0];
  }

  #encoded(wireformat, content) {
    return this.#mls.encodeMlsMessage({ version: "mls10", wireformat, ...content });
  }
}
