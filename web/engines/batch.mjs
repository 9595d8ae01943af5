// What the engines have in common: the contract between bridge/engines.py and a module of this folder.
//
// A batch comes as a header and bytes, since whatever crosses costs Python by the piece.  The header has a line for each
// operation: its name, its algorithm, and the lengths of its byte strings, which lie one behind the other in the bytes.
// Here an operation is { op, algorithm, ...byte strings }.  Private keys are seeds; the caller checked all lengths.
// A module exports
//     algorithms()               resolves to the names of the algorithms that work in this browser, found by trying
//     connect(deliver, refuse)   gives start(ticket, header, bytes)
// `start` leads to one call of deliver(ticket, lengths, results) or, if an operation failed, refuse(ticket, name, message),
// possibly before it returns.  Two callbacks for the life of the page cost Python a tenth of what awaiting a promise each
// time does.

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

/** The operations of a batch; their byte strings are views of `bytes`. */
function toOperations(header, bytes) {
  let start = 0;
  return header.split("\n").map((line) => {
    const [op, algorithm, ...lengths] = line.split(" ");
    const operation = { op, algorithm };
    FIELDS[op].forEach((field, index) => (operation[field] = bytes.subarray(start, (start += Number(lengths[index])))));
    return operation;
  });
}

/** The bytes of a result: those of a pair one behind the other, and 0 or 1 for a truth value. */
const toBytes = (result) => {
  if (Array.isArray(result)) return joined(result);
  return typeof result === "boolean" ? Uint8Array.of(result) : result;
};

function joined(parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((start, part) => (bytes.set(part, start), start + part.length), 0);
  return bytes;
}

/** `connect` for a module whose `run(operations)` gives the results or a promise of them. */
export const connectTo = (run) => (deliver, refuse) => (ticket, header, bytes) => {
  const succeed = (results) => {
    const parts = results.map(toBytes);
    deliver(ticket, parts.map((part) => part.length).join(" "), parts.length === 1 ? parts[0] : joined(parts));
  };
  const fail = ({ name, message }) => refuse(ticket, name, message);
  const settled = (act) => (outcome) => {
    bytes.fill(0); // keys are among them
    act(outcome);
  };
  try {
    const outcome = run(toOperations(header, bytes));
    if (outcome instanceof Promise) outcome.then(settled(succeed), settled(fail));
    else settled(succeed)(outcome);
  } catch (error) {
    settled(fail)(error);
  }
};
