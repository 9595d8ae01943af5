// Programs: several operations as one.  What they look like, and what they mean, is in volly_browser/crypto/programs.py,
// which also checks them before they come here.

const bytesOfHex = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));

/** One behind the other, in a copy. */
export function joined(parts) {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let start = 0;
  for (const part of parts) {
    bytes.set(part, start);
    start += part.length;
  }
  return bytes;
}

function lengthOf({ length }) {
  if (length < 1 << 6) return Uint8Array.of(length);
  if (length < 1 << 14) return Uint8Array.of(0x40 | (length >> 8), length);
  return Uint8Array.of(0x80 | (length >> 24), length >> 16, length >> 8, length);
}

/** The vector of this number, counted from 1: where its content begins, and where it ends; undefined if it is not there. */
function ends(bytes, count) {
  let start = 0;
  let stop = 0;
  for (let number = 0; number < count; number++) {
    const size = 1 << (bytes[stop] >> 6); // 1 at the end of the bytes, too
    start = stop + size;
    if (size > 4 || start > bytes.length) return undefined;
    let length = bytes[stop] & 0x3f;
    for (let at = stop + 1; at < start; at++) length = length * 256 + bytes[at];
    stop = start + length;
    if (stop > bytes.length) return undefined;
  }
  return { start, stop };
}

const PART = /^(?:0x(?<hex>\w+)|<(?<content>\w+)>|(?<name>\w+)(?:\[(?<from>\d+):(?<to>\d+)\]|\{(?<count>\d+)\}|\.(?<index>\d+))?)$/;

/** A function that cuts a part out of the values; undefined if that is not there. */
function toPart(text, slotOf) {
  const { hex, content, name, from, to, count, index } = PART.exec(text).groups;
  if (hex) {
    const constant = bytesOfHex(hex);
    return () => constant;
  }
  const slot = slotOf(content ?? name);
  if (content) return (values) => joined([lengthOf(values[slot]), values[slot]]);
  if (from) return (values) => values[slot].subarray(Number(from), Number(to));
  if (count) {
    return (values) => {
      const found = ends(values[slot], Number(count));
      return found && values[slot].subarray(0, found.stop);
    };
  }
  if (index) {
    return (values) => {
      const found = ends(values[slot], Number(index) + 1);
      return found && values[slot].subarray(found.start, found.stop);
    };
  }
  return (values) => values[slot];
}

function toField(text, slotOf) {
  const parts = text.split("+").map((part) => toPart(part, slotOf));
  if (parts.length === 1) return parts[0];
  return (values) => {
    const cut = given(parts, values);
    return cut && joined(cut);
  };
}

/** A program in a form that can be followed, where values have slots in place of names. */
export function parse(text) {
  const lines = text.split("\n").map((line) => line.split(" "));
  const [, ...gives] = lines.pop();
  const slots = new Map();
  const inputs = [];
  const slotOf = (name) => {
    if (!slots.has(name)) {
      inputs.push(slots.size);
      slots.set(name, slots.size);
    }
    return slots.get(name);
  };
  const steps = lines.map(([name, , op, algorithm, ...texts]) => {
    const fields = texts.map((field) => toField(field, slotOf));
    slots.set(name, slots.size);
    return { slot: slots.get(name), op, algorithm, fields };
  });
  return { inputs, steps, gives: gives.map((name) => slots.get(name)) };
}

function isSame(one, other) {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at++) difference |= one[at] ^ other[at];
  return difference === 0;
}

/** The steps that need no engine; undefined ends a program. */
const COMPUTE = {
  join: (bytes) => bytes.slice(),
  xor: (one, other) => (one.length === other.length ? one.map((byte, index) => byte ^ other[index]) : undefined),
  expect: (one, other) => (isSame(one, other) ? new Uint8Array() : undefined),
};

/** The fields of a step; undefined if one is not there. */
function given(fields, values) {
  const cut = [];
  for (const field of fields) {
    const bytes = field(values);
    if (bytes === undefined) return undefined;
    cut.push(bytes);
  }
  return cut;
}

/** Follows a program: asks for the result of each step that needs an engine, and returns what the program gives. */
function* followed({ inputs, steps, gives }, strings) {
  const values = [];
  let results = [];
  for (let index = 0; index < inputs.length; index++) values[inputs[index]] = strings[index];
  try {
    for (const { slot, op, algorithm, fields } of steps) {
      const cut = given(fields, values);
      if (cut === undefined) break;
      const value = op in COMPUTE ? COMPUTE[op](...cut) : yield [op, algorithm, cut];
      if (value === undefined) break;
      values[slot] = value;
    }
    results = gives.map((slot) => values[slot]);
    return results;
  } finally {
    for (const { slot } of steps) {
      if (!results.includes(values[slot])) values[slot]?.fill?.(0); // verify's is no bytes
    }
  }
}

/**
 * What a program gives, as a list: bytes or truth values, and undefined for what was not reached.
 *
 * `perform(op, algorithm, fields)` gives the result of a step, or a promise of it.  If it promises, so does this.
 */
export function follow(program, strings, perform) {
  const asking = followed(program, strings);
  const fail = (error) => asking.throw(error);

  function answer(item) {
    try {
      let { done, value } = asking.next(item);
      while (!done) {
        const result = perform(...value);
        if (result instanceof Promise) return result.then(answer, fail);
        ({ done, value } = asking.next(result));
      }
      return value;
    } catch (error) {
      return fail(error);
    }
  }

  return answer();
}
