// What the engines have in common: the contract between bridge/engines.py and a module of this folder.
//
// An operation arrives as a list: its name, its algorithm, and bytes; an object would take Python longer to make.  Modules
// see { op, algorithm, ...bytes }.  Private keys are seeds; the caller checked all lengths.
// A module exports
//     algorithms()              resolves to the names of the algorithms that work in this browser, found by trying
//     connect(deliver)          returns start(operations, ticket)
// `start` returns the results if they are there at once.  Otherwise it returns nothing, and calls
// deliver(ticket, results), or deliver(ticket, undefined, name, message) if an operation failed: one callback for the
// life of the page costs Python a tenth of what awaiting a promise each time does.

/** A failure that the caller knows: InvalidKey, DecryptionFailed or UnsupportedAlgorithm, with a sentence. */
export class EngineError extends Error {
  constructor(name, message, cause) {
    super(message, { cause });
    this.name = name;
  }
}

export const invalidKey = ({ algorithm }, cause) =>
  new EngineError("InvalidKey", `The ${algorithm} key is not a valid encoding, or leads to an all-zero secret.`, cause);

export const decryptionFailed = (_operation, cause) =>
  new EngineError("DecryptionFailed", "The ciphertext was changed or made with another key.", cause);

export const unsupported = ({ algorithm }, cause) =>
  new EngineError("UnsupportedAlgorithm", `This browser does not have ${algorithm}.`, cause);

/** The bytes of each operation, in the order that crypto/batch.py has them in. */
const FIELDS = {
  derivePublicKey: ["privateKey"],
  encapsulate: ["publicKey"],
  decapsulate: ["privateKey", "ciphertext"],
  agree: ["privateKey", "publicKey"],
  sign: ["privateKey", "message"],
  verify: ["publicKey", "message", "signature"],
  seal: ["key", "nonce", "aad", "plaintext"],
  open: ["key", "nonce", "aad", "ciphertext"],
};

function toOperation([op, algorithm, ...bytes]) {
  const operation = { op, algorithm };
  FIELDS[op].forEach((field, index) => (operation[field] = bytes[index]));
  return operation;
}

/** Makes `connect` for a module whose `run(operations)` returns the results or a promise of them. */
export const connectTo = (run) => (deliver) => (operations, ticket) => {
  const outcome = run(operations.map(toOperation));
  if (!(outcome instanceof Promise)) return outcome;
  outcome.then(
    (results) => deliver(ticket, results),
    ({ name, message }) => deliver(ticket, undefined, name, message),
  );
};
