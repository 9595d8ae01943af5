// What the engines have in common: the contract between bridge/engines.py and a module of this folder.
//
// A batch comes as a header and bytes, since whatever crosses costs Python by the piece.  The header has a line for each
// operation: its name, its algorithm, and the lengths of its byte strings, which lie one behind the other in the bytes;
// or `run`, the number of a program (see programs.mjs), and the lengths of its inputs.  Here an operation is
// { op, algorithm, ...byte strings }.  Private keys are seeds; the caller checked all lengths.
// A module exports
//     algorithms()               resolves to the names of the algorithms that work in this browser, found by trying
//     connect(deliver, refuse)   gives { define, start }
// `define(text)` gives the number of a program.  `start(ticket, header, bytes)` leads to one call of
// deliver(ticket, lengths, results) or, if an operation failed, of refuse(ticket, name, message), possibly before it
// returns; lengths have a space between operations, a comma between results of one, and `-` for what is not there.  Two
// callbacks for the life of the page cost Python a tenth of what awaiting a promise each time does.

import { follow, joined, parse } from "./programs.mjs";

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

/** The byte strings of each operation, in the order that crypto/batch.py has them in. */
const FIELDS = {
  derivePublicKey: ["privateKey"],
  encapsulate: ["publicKey"],
  decapsulate: ["privateKey", "ciphertext"],
  agree: ["privateKey", "publicKey"],
  sign: ["privateKey", "message"],
  verify: ["publicKey", "message", "signature"],
  seal: ["key", "nonce", "aad", "plaintext"],
  open: ["key", "nonce", "aad", "ciphertext"],
  mac: ["key", "message"],
};

function toOperation(op, algorithm, strings) {
  const operation = { op, algorithm };
  const fields = FIELDS[op];
  for (let index = 0; index < fields.length; index++) operation[fields[index]] = strings[index];
  return operation;
}

/** Whether key and nonce of a program's step are as long as they must be; those of a lone operation were checked in Python. */
const fits = ({ op, privateKey, key, nonce }) => {
  if (op === "sign") return privateKey.length === 32;
  return !(op === "seal" || op === "open") || ([16, 32].includes(key.length) && nonce.length === 12);
};

/** The lines of a header with their byte strings, which are views of `bytes`. */
function read(header, bytes) {
  let start = 0;
  return header.split("\n").map((line) => {
    const [op, algorithm, ...lengths] = line.split(" ");
    return { op, algorithm, strings: lengths.map((length) => bytes.subarray(start, (start += Number(length)))) };
  });
}

/** The bytes of a result: those of a truth value are one. */
const toBytes = (result) => (typeof result === "boolean" ? Uint8Array.of(result) : result);

/** `connect` for a module whose `perform(operation)` gives a result or a promise of one. */
export const connectTo = (perform) => (deliver, refuse) => {
  const programs = [];

  function performStep(op, algorithm, strings) {
    const operation = toOperation(op, algorithm, strings);
    if (!fits(operation)) throw invalidKey(operation);
    return perform(operation);
  }

  const outcomeOf = ({ op, algorithm, strings }) =>
    op === "run" ? follow(programs[algorithm], strings, performStep) : perform(toOperation(op, algorithm, strings));

  function start(ticket, header, bytes) {
    const settled = (act) => (outcome) => {
      bytes.fill(0); // keys are among them
      act(outcome);
    };
    const succeed = settled((results) => {
      const given = results.map((result) => [result].flat().map(toBytes));
      const lengths = given.map((items) => items.map((item) => item?.length ?? "-").join(",")).join(" ");
      const strings = given.flat().filter((item) => item !== undefined);
      const all = joined(strings);
      deliver(ticket, lengths, all);
      for (const string of [all, ...strings]) string.fill(0);
    });
    const fail = settled(({ name, message }) => refuse(ticket, name, message));
    try {
      const outcomes = read(header, bytes).map(outcomeOf);
      if (outcomes.some((outcome) => outcome instanceof Promise)) Promise.all(outcomes).then(succeed, fail);
      else succeed(outcomes);
    } catch (error) {
      fail(error);
    }
  }

  return { define: (text) => programs.push(parse(text)) - 1, start };
};
