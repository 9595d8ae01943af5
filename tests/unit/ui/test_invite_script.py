"""web/entry/invite.mjs makes and refuses exactly the links that room/invite.py makes and refuses."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.room import invites
from volly_browser.room.invite import POLICY_CODES, Invite, InviteError
from volly_browser.tools import node

SCRIPT = Path(__file__).resolve().parents[3] / "web" / "entry" / "invite.mjs"

PROGRAM = """
const { createInvite, findInvite, readInvite } = await import(process.argv[1]);
const { make, read } = JSON.parse(await new Response(process.stdin).text());
const answer = async (text) => readInvite(text).catch((error) => `${error.name}: ${error.message}`);
const seconds = async (text) => {
  const start = performance.now();
  await answer(text);
  return (performance.now() - start) / 1000;
};
const [made, answers, found, times] = [[], [], [], []];
for (const [policy, history] of make) made.push(await createInvite(policy, history));
for (const text of read) {
  answers.push(await answer(text));
  found.push(findInvite(text));
  times.push(Math.min(await seconds(text), await seconds(text), await seconds(text)));
}
console.log(JSON.stringify({ made, read: answers, found, times }));
"""


@pytest.fixture(scope="module")
def program() -> str:
    return str(node.prepare().program)


def ask(program: str, make: Iterable[tuple[str, int]] = (), read: Iterable[str] = ()) -> dict[str, list[Any]]:
    question = json.dumps({"make": list(make), "read": list(read)})
    arguments = [program, "--input-type=module", "-e", PROGRAM, SCRIPT.as_uri()]
    result = subprocess.run(arguments, input=question, capture_output=True, text=True, check=True)
    answer: dict[str, list[Any]] = json.loads(result.stdout)
    return answer


def python_says(text: str) -> object:
    try:
        invite = Invite.parse(text)
    except InviteError as error:
        return f"InviteError: {error}"
    return {"fragment": invite.fragment, "policy": invite.policy, "history": invite.history}


def test_python_reads_what_the_page_makes(program: str) -> None:
    terms = [(policy, history) for policy in POLICY_CODES for history in (0, 1, 256, 500)]
    made = [Invite.parse(str(link)) for link in ask(program, make=terms)["made"]]
    assert [(invite.policy, invite.history) for invite in made] == terms
    assert len({invite.secret for invite in made}) == len(terms)


def test_the_page_reads_what_python_makes(program: str) -> None:
    links = [
        f"https://volly.example/#{Invite.create(policy, history=history).fragment}"
        for policy in POLICY_CODES
        for history in (0, 1, 256, 500)
    ]
    assert ask(program, read=links)["read"] == [python_says(link) for link in links]


def test_the_page_makes_links_of_letters_and_digits_only(program: str) -> None:
    assert all(link[3:].isalnum() for link in ask(program, make=[("hybrid", 0), ("hybrid", 50)] * 30)["made"])


def test_both_find_the_same_invites_in_the_same_texts(program: str) -> None:
    texts = [*invites.FOUND.values(), *invites.FOUND_WITH_HISTORY.values(), *invites.OLD.values()]
    assert ask(program, read=texts)["read"] == [python_says(text) for text in texts]


def test_both_refuse_the_same_texts_with_the_same_words(program: str) -> None:
    answers = ask(program, read=invites.REFUSED)["read"]
    assert answers == [python_says(text) for text in invites.REFUSED]
    assert all(isinstance(answer, str) for answer in answers)


def test_the_shape_of_an_invite_is_found_without_waiting_for_a_proof(program: str) -> None:
    texts = [text for name, text in invites.FOUND.items() if name != "after a wrong one"]
    assert ask(program, read=texts)["found"] == [invites.GOOD] * len(texts)
    assert ask(program, read=["", "/", "/index.html", f"/%23{invites.GOOD[:-1]}"])["found"] == [None] * 4


def test_a_megabyte_is_searched_in_no_time(program: str) -> None:
    assert max(ask(program, read=invites.HEAVY.values())["times"]) < 0.25
