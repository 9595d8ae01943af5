"""What is a program and what is not; what programs do, every engine is asked (see the engine contract)."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.crypto.engine import Algorithm, Seal, Sign, Verify
from volly_browser.crypto.programs import MAX_STEPS, Program, ProgramError

SEALING = """

    signature = sign Ed25519   private_key  head+<message>
    valid = verify Ed25519 public_key message signature
    sealed = seal AES-GCM key[0:16] nonce 0x00 message+signature{1}+key.1
    give sealed valid

"""


def test_a_program_knows_what_it_needs_and_what_it_gives() -> None:
    program = Program(SEALING)
    assert program.inputs == ("private_key", "head", "message", "public_key", "key", "nonce")
    assert program.gives == ("sealed", "valid")
    assert program.operations == [
        (Algorithm.ED25519, Sign),
        (Algorithm.ED25519, Verify),
        (Algorithm.AES_GCM, Seal),
    ]
    assert program.algorithms == {Algorithm.ED25519, Algorithm.AES_GCM}


def test_its_text_has_a_line_for_each_step_and_no_more_spaces_than_needed() -> None:
    first, *_, last = Program(SEALING).text.split("\n")
    assert first == "signature = sign Ed25519 private_key head+<message>"
    assert last == "give sealed valid"
    assert Program(Program(SEALING).text).text == Program(SEALING).text


STEP = "a = join - x"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "give",
        "give a",
        STEP,
        f"{STEP}\nb = join - y",
        f"give a\n{STEP}",
        f"{STEP}\ngive x",
        f"{STEP}\ngive b",
        f"{STEP}\n{STEP}\ngive a",
        f"{STEP}\nx = join - a\ngive a",
        "a = join - a\ngive a",
        "a = join - b\nb = join - x\ngive a b",
        "a = join sha256 x\ngive a",
        "a = join - x y\ngive a",
        "a = join -\ngive a",
        "a = mac - x y\ngive a",
        "a = mac md5 x y\ngive a",
        "a = mac sha256 x\ngive a",
        "a = xor - x\ngive a",
        "a = sign - x y\ngive a",
        "a = sign sha256 x y\ngive a",
        "a = sign RSA x y\ngive a",
        "a = sign X25519 x y\ngive a",
        "a = seal Ed25519 x y z q\ngive a",
        "a = sign Ed25519 x\ngive a",
        "a = encapsulate X25519 x\ngive a",
        "a = constructor - x\ngive a",
        "a: join - x\ngive a",
        "A = join - x\ngive A",
        "a.b = join - x\ngive a.b",
        *[
            f"a = join - {part}\ngive a"
            for part in (
                *("x+", "+x", "x++y", "x[", "x[1:]", "x[:1]", "x[-1:2]", "x[1]", "x{}", "x{-1}", "x.", "x.y", "x.1.2"),
                *(
                    "<x",
                    "x>",
                    "<>",
                    "<<x>>",
                    "<x>[0:1]",
                    "0x",
                    "0x0",
                    "0xGG",
                    "0xFF",
                    "x{1}[0:1]",
                    "1",
                    "X",
                    "__proto__1",
                ),
            )
        ],
        "\n".join([*[f"{letter} = join - x" for letter in "abcdefghijklmnopq"], "give a"]),
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ProgramError):
        Program(text)


def test_a_program_may_have_so_many_steps_and_no_more() -> None:
    steps = [f"{letter} = join - x" for letter in "abcdefghijklmnop"]
    assert len(Program("\n".join([*steps, "give a"])).steps) == MAX_STEPS


@given(st.text(alphabet="ab=+-.<>[]{}0x1: \njoingve", max_size=60))
def test_nothing_but_its_own_error_comes_of_any_text(text: str) -> None:
    with suppress(ProgramError):
        Program(text)
