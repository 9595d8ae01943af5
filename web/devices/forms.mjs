/** What has the form and the size of something that this site has stored; nothing else is worked on. */

/** Rooms that are kept on one device. */
export const ROOMS_LIMIT = 16;

/** Records of a room, and bytes of one: what volly_browser/chat/shelf.py and volly_browser/chat/kept.py write at most. */
const RECORDS_LIMIT = 2000;
const RECORD_BYTES_LIMIT = 262144;

/**
 * How keys were ever made of passphrases, the present way last: 64 MiB, and a second or two.  Twice with half of the memory,
 * which a phone has to spare.  Nothing else is worked on: an altered cost is not to be paid.
 */
export const COSTS = [{ name: "scrypt", N: 65536, r: 8, p: 2 }];

/** Bytes of an entry of the index: a position and its revision. */
export const ENTRY = 8;

export const [NONCE, TAG, LENGTH, BUCKET] = [12, 16, 4, 256];

/** Records whose keys are asked for: one more than twice what there can be is as good as any number. */
export const KEYS = 2 * RECORDS_LIMIT + 1;

/** Whether this says how a key is made of a passphrase, in one of the ways in which this was ever written. */
export function isCost({ name, N, r, p }) {
  return COSTS.some((cost) => cost.name === name && cost.N === N && cost.r === r && cost.p === p);
}

/** Whether so many bytes can be a sealed record. */
export function canBeRecord(bytes) {
  return bytes >= sealedLength(0) && bytes <= sealedLength(RECORD_BYTES_LIMIT);
}

/** Whether so many bytes can be a sealed index. */
export function canBeIndex(bytes) {
  return bytes >= sealedLength(0) && bytes <= sealedLength(RECORDS_LIMIT * ENTRY);
}

/** Bytes of so many bytes once they are sealed: padded, so that only the rough size shows. */
export function sealedLength(content) {
  return NONCE + Math.ceil((LENGTH + content) / BUCKET) * BUCKET + TAG;
}
