"""web/engines/batch.mjs leaves nothing behind: whatever becomes of a program, its keys and secrets are overwritten."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from volly_browser.tools import node

SCRIPT = Path(__file__).resolve().parents[3] / "web" / "engines" / "batch.mjs"

PROGRAM = """
const { connectTo } = await import(process.argv[1]);
const { text, fails, promises } = JSON.parse(await new Response(process.stdin).text());
const seen = [];
function perform({ op, ...fields }) {
  if (op === fails) throw new TypeError("No.");
  const result = op === "verify" ? true : new Uint8Array(16).fill(7);
  seen.push(...Object.values(fields).filter((field) => field instanceof Uint8Array), result);
  return result;
}
const later = async (operation) => perform(operation);
const answer = await new Promise((go) => {
  const { define, start } = connectTo(promises ? later : perform)(
    (ticket, lengths, all) => go({ ticket, lengths, all: [...all], bytes: all }),
    (ticket, name, message) => go({ ticket, name, message }),
  );
  const bytes = new Uint8Array(16).fill(7);
  seen.push(bytes);
  start(5, `run ${define(text)} 4 12`, bytes);
});
await new Promise((go) => setTimeout(go)); // a copy for Python is wiped once Python has it
const left = [...seen, answer.bytes].filter((item) => item instanceof Uint8Array && item.some((byte) => byte));
delete answer.bytes;
console.log(JSON.stringify({ ...answer, left: left.map((item) => [...item]) }));
"""

TEXT = """secret = mac sha256 key text
sealed = seal AES-GCM secret text[0:12] text text
valid = verify Ed25519 text secret[0:4] sealed
end = expect - sealed sealed
give sealed valid"""

each_way = pytest.mark.parametrize("promises", [False, True], ids=["at once", "promised"])


@pytest.fixture(scope="module")
def program() -> str:
    return str(node.prepare().program)


def run(program: str, text: str, promises: bool, fails: str = "") -> dict[str, Any]:
    question = json.dumps({"text": text, "fails": fails, "promises": promises})
    arguments = [program, "--input-type=module", "-e", PROGRAM, SCRIPT.as_uri()]
    result = subprocess.run(arguments, input=question, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@each_way
def test_after_a_program_everything_is_overwritten(program: str, promises: bool) -> None:
    assert run(program, TEXT, promises) == {"ticket": 5, "lengths": "16,1", "all": [*[7] * 16, 1], "left": []}


@each_way
def test_after_a_program_that_ends_early_too(program: str, promises: bool) -> None:
    text = TEXT.replace("text[0:12] text text", "text.9 text text")
    assert run(program, text, promises) == {"ticket": 5, "lengths": "-,-", "all": [], "left": []}


@each_way
@pytest.mark.parametrize("fails", ["mac", "seal", "verify"])
def test_after_a_program_that_fails_too_and_nothing_of_it_is_given(program: str, promises: bool, fails: str) -> None:
    failed = {"ticket": 5, "name": "TypeError", "message": "No.", "left": []}
    assert run(program, TEXT, promises, fails) == failed
