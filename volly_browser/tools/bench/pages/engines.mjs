// Our Python with its engines, and the JavaScript libraries beside it, in one page.

import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { createMlKem768 } from "mlkem";

import { boot } from "../../../../web/boot/boot.mjs";

const { wasmCryptoUrl: url, boot: manifest } = await (await fetch("/config.json")).json();
const pyodide = await boot({ url, boot: manifest });
const mlkem = await createMlKem768();

const LIBRARIES = {
  noble: {
    generate() {
      const { publicKey, secretKey } = ml_kem768.keygen();
      return [publicKey, secretKey];
    },
    encapsulate([publicKey]) {
      const { cipherText } = ml_kem768.encapsulate(publicKey);
      return cipherText;
    },
    decapsulate: ([, secretKey], ciphertext) => ml_kem768.decapsulate(ciphertext, secretKey),
  },
  mlkem: {
    generate: () => mlkem.generateKeyPair(),
    encapsulate: ([publicKey]) => mlkem.encap(publicKey)[0],
    decapsulate: ([, secretKey], ciphertext) => mlkem.decap(ciphertext, secretKey),
  },
};

/** Milliseconds that each of `count` operations took, on different keys, one after the other. */
function timeLibrary(name, operation, count) {
  const library = LIBRARIES[name];
  const pairs = Array.from({ length: count }, () => library.generate());
  const ciphertexts = pairs.map((pair) => library.encapsulate(pair));
  const start = performance.now();
  for (let i = 0; i < count; i++) library[operation](pairs[i], ciphertexts[i]);
  return (performance.now() - start) / count;
}

/** Calls an async function of the Python program that `load` has put into the page; it gives JSON. */
let program;
const call = async (name, ...values) => JSON.parse(await program[name](...values));

function load(source) {
  pyodide.FS.writeFile("bench_in_page.py", source);
  program = pyodide.pyimport("bench_in_page");
}

globalThis.bench = { timeLibrary, load, call };
