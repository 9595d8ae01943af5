/** The page without an interface: the facade as `window.volly`, for programs that drive the browser. */

import { createTestClient, initializeWasmCrypto, VollyClient } from "./volly.mjs";

/** Resolves when the engines have passed their self-test; rejects with the sentence if they have not. */
const ready = initializeWasmCrypto().then(() => undefined);

window.volly = Object.freeze({ ready, initializeWasmCrypto, VollyClient, createTestClient });
