/** What has the form and the size of something that this site has stored; nothing else is worked on. */

/** Rooms that are kept on one device. */
export const ROOMS_LIMIT = 16;

/** Records of a room, and bytes of one: what volly_browser/chat/shelf.py and volly_browser/chat/kept.py write at most. */
const RECORDS_LIMIT = 2000;
const RECORD_BYTES_LIMIT = 262144;

/** N * r * p, to which the time grows that a key takes, and the bytes that it needs: an altered cost is not to be paid. */
const COST_LIMIT = 4194304;
const MEMORY_LIMIT = 268435456;

/** Bytes of an entry of the index: a position and its revision. */
export const ENTRY = 8;

export const [NONCE, TAG, LENGTH, BUCKET] = [12, 16, 4, 256];

/** Records whose keys are asked for: one more than twice what there can be is as good as any number. */
export const KEYS = 2 * RECORDS_LIMIT + 1;

/** Whether this says how a key is made of a passphrase, in bounded time and memory. */
export function isCost({ name, N, r, p }) {
  const areNumbers = [N, r, p].every((number) => Number.isInteger(number) && number > 0);
  const isPower = areNumbers && N > 1 && Number.isInteger(Math.log2(N));
  return name === "scrypt" && isPower && N * r * p <= COST_LIMIT && 128 * N * r <= MEMORY_LIMIT;
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
