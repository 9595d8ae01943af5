"""web/entry/ holds the same invisible letters as room/invisible.py, and cleans names as room/identity/names.py does."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from volly_browser.room.identity.names import clean_name, is_blank
from volly_browser.room.invisible import IGNORABLE
from volly_browser.tools import node

WEB = Path(__file__).resolve().parents[3] / "web" / "entry"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"

PROGRAM = """
const { cleanName } = await import(process.argv[1]);
const { isBlank } = await import(process.argv[2]);
const every = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code));
const codes = (is) => every.flatMap((letter, code) => (is(letter) ? [code] : []));
console.log(JSON.stringify({
  ignorable: codes((letter) => /\\p{Default_Ignorable_Code_Point}/u.test(letter)),
  blank: codes(isBlank),
  names: JSON.parse(await new Response(process.stdin).text()).map(cleanName),
}));
"""


def in_the_page(names: list[str]) -> dict[str, list[Any]]:
    scripts = [(WEB / name).as_uri() for name in ("names.mjs", "blank.mjs")]
    arguments = [node.prepare().program, "--input-type=module", "-e", PROGRAM, *scripts]
    result = subprocess.run(arguments, input=json.dumps(names), capture_output=True, text=True, check=True)
    answer: dict[str, list[Any]] = json.loads(result.stdout)
    return answer


def test_both_hold_the_same_letters_for_invisible() -> None:
    ignorable, answer = re.compile(f"[{IGNORABLE}]"), in_the_page([])
    assert answer["ignorable"] == [code for code in range(0x110000) if ignorable.match(chr(code))]
    assert answer["blank"] == [code for code in range(0x110000) if is_blank(chr(code))]


RAINBOW = "\U0001f3f3\ufe0f\u200d\U0001f308"
NAMES = [
    *("", "  ", "Alice", " Alice \n Smith ", "\u3164", "\u200b\u2060", "\u2800", "\u00ad", "\u0301", "\u200d\ufe0f"),
    *("\ue000", "Ali\u200bce", "\u202eAlice", "\u0301Alice", "e\u0301", "x \u0301y", "a\0b\tc\u0085d"),
    *("\u200b" * 500 + "x", "x" * 100, "x" * 60 + FAMILY * 9, FAMILY * 30, RAINBOW * 40, "\U0001f1e9\U0001f1ea" * 70),
    *("a" + "\u0301" * 600, "1\ufe0f\u20e3", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"),
    *("\U0001f469" + "\u200d" * 600 + "b",),
]


def test_what_the_page_makes_of_a_name_is_what_python_makes_of_it() -> None:
    cleaned = in_the_page(NAMES)["names"]
    assert [clean_name(name) for name in cleaned] == [clean_name(name) for name in NAMES]
    assert [name == "" for name in cleaned] == [clean_name(name) == "" for name in NAMES]
