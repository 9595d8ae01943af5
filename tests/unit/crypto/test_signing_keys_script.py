"""web/engines/webcrypto.mjs keeps the keys that it signs with, and no bytes of them."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from volly_browser.tools import node

SCRIPT = Path(__file__).resolve().parents[3] / "web" / "engines" / "webcrypto.mjs"

SIGNATURE = (
    "2bb7f19541c9d70dceb448fabcec7776b327a5edae516f42fdf6b05232cca1eb"
    "adadf1dff4355eb5d4be12193c7a033c4d2c76ebd0e78cffaa0f5b268f07d908"
)
"""Of the bytes 1, 2, 3, with the key that consists of ones; from pyca/cryptography."""

PROGRAM = """
const { subtle } = globalThis.crypto;
const { importKey, digest } = subtle;
const copies = [];
let imports = 0;
subtle.importKey = (format, bytes, ...rest) => {
  copies.push(bytes);
  imports += rest.at(-1).includes("sign");
  return importKey.call(subtle, format, bytes, ...rest);
};
subtle.digest = async (...given) => {
  const hash = await digest.apply(subtle, given);
  await new Promise((go) => setTimeout(go, 50));
  return hash;
};
const { slice } = Uint8Array.prototype;
Uint8Array.prototype.slice = function (...given) {
  copies.push(slice.apply(this, given));
  return copies.at(-1);
};
const { connect } = await import(process.argv[1]);
const wait = new Map();
const { start } = connect(
  (ticket, lengths, all) => wait.get(ticket)(Buffer.from(all).toString("hex")),
  (ticket, name) => wait.get(ticket)(name),
);
const seeds = [];
const run = (header, seed, more) => new Promise((go) => {
  const bytes = Uint8Array.from([...new Uint8Array(32).fill(seed), ...more]);
  seeds.push(bytes);
  wait.set(seeds.length, go);
  start(seeds.length, header, bytes);
});
const text = [1, 2, 3];
const failing = [...text, ...new Uint8Array(32).fill(9), ...new Uint8Array(32)]; // agrees on zeros
const answers = [await run("sign Ed25519 32 3\\nagree X25519 32 32", 1, failing)];
await new Promise((go) => setTimeout(go, 100));
for (const seed of [1, 1, 2, 3, 4, 5, 1]) answers.push(await run("sign Ed25519 32 3", seed, text));
const left = [...copies, ...seeds].filter((bytes) => bytes.some((byte) => byte)).length;
console.log(JSON.stringify({ answers, imports, left }));
"""


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    arguments = [str(node.prepare().program), "--input-type=module", "-e", PROGRAM, SCRIPT.as_uri()]
    result = subprocess.run(arguments, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_no_bytes_of_a_key_are_left_when_a_signature_is_there(report: dict[str, Any]) -> None:
    assert report["left"] == 0


def test_a_key_that_signs_again_is_imported_once_and_few_are_kept(report: dict[str, Any]) -> None:
    assert report["imports"] == 6, "those of five seeds, and the first again after four others"


def test_a_failure_beside_it_makes_of_no_key_another_one(report: dict[str, Any]) -> None:
    """The bytes of a batch are overwritten as soon as one of its operations has failed."""
    failure, first, again, *others, last = report["answers"]
    assert failure == "InvalidKey"
    assert first == again == last
    assert len({first, *others}) == 5
    assert first == SIGNATURE
