"""web/invite.mjs makes and refuses exactly the links that room/invite.py makes and refuses."""

import json
import subprocess
from pathlib import Path

import pytest

from volly_browser.room.invite import POLICY_CODES, Invite, InviteError
from volly_browser.tools import node

SCRIPT = Path(__file__).resolve().parents[3] / "web" / "invite.mjs"

PROGRAM = """
const { createInvite, readInvite } = await import(process.argv[1]);
const { make, read } = JSON.parse(process.argv[2]);
const answer = async (text) => readInvite(text).catch((error) => `${error.name}: ${error.message}`);
console.log(JSON.stringify({
  made: await Promise.all(make.map((policy) => createInvite(policy))),
  read: await Promise.all(read.map(answer)),
}));
"""


@pytest.fixture(scope="module")
def program() -> str:
    return str(node.prepare().program)


def ask(program: str, make: list[str] = [], read: list[str] = []) -> dict[str, list[object]]:  # noqa: B006
    question = json.dumps({"make": make, "read": read})
    arguments = [program, "--input-type=module", "-e", PROGRAM, SCRIPT.as_uri(), question]
    result = subprocess.run(arguments, capture_output=True, text=True, check=True)
    answer: dict[str, list[object]] = json.loads(result.stdout)
    return answer


def python_says(text: str) -> object:
    try:
        invite = Invite.parse(text)
    except InviteError as error:
        return f"InviteError: {error}"
    return {"fragment": invite.fragment, "policy": invite.policy}


def test_python_reads_what_the_page_makes(program: str) -> None:
    policies = list(POLICY_CODES)
    made = ask(program, make=policies)["made"]
    assert [Invite.parse(str(link)).policy for link in made] == policies
    assert len({Invite.parse(str(link)).secret for link in made}) == len(policies)


def test_the_page_reads_what_python_makes(program: str) -> None:
    links = [f"https://volly.example/#{Invite.create(policy).fragment}" for policy in POLICY_CODES]
    assert ask(program, read=links)["read"] == [python_says(link) for link in links]


def test_both_refuse_the_same_links_with_the_same_words(program: str) -> None:
    good = Invite.create(random=lambda length: bytes(range(length))).fragment
    unknown_policy = "v1.9" + good[4:]
    letters_changed = [good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :] for place in (5, 20, 50)]
    links = [
        *("", "#", "https://volly.example/", "hello", "v2.abc", f"#{good[:-1]}", f"#{good}x", f"#{good[:-1]}!"),
        *(unknown_policy, *letters_changed, f" #{good}\n", f"https://a.example/#b#{good}", good[3:]),
    ]
    answers = ask(program, read=links)["read"]
    assert answers == [python_says(link) for link in links]
    assert sum(isinstance(answer, str) for answer in answers) == len(links) - 2
