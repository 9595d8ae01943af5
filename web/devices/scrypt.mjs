/** What makes a key of a passphrase; loaded by boot/boot.mjs once a room is kept, or opened, on this device. */
export { scryptAsync } from "@noble/hashes/scrypt.js";
