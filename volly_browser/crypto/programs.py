"""Programs: several operations as one, of which the later ones take what the earlier ones give.

In the page, the way from Python to JavaScript and back costs more than most operations.  A program takes that way once.
It is a constant text; only its inputs differ between runs:

    SEALING = Program('''
        signature = sign Ed25519 signature_key message
        ciphertext = seal AES-GCM key nonce aad message+signature
        give ciphertext
    ''')
    [ciphertext] = await run_one(engine, Execute(SEALING, {"signature_key": ..., "message": ..., ...}))

A line is a step: a name for its result, what to do, with which algorithm, and the fields in the operation's order.  A
field is one part, or several joined by `+`.  A part is

    name        an input or the result of an earlier step; a name that no step has is an input's
    name[a:b]   its bytes from a up to b
    name{n}     its first n vectors with the lengths before them
    name.n      the content of its nth vector, counted from 0
    <name>      it as a vector, that is, with its length before it
    0xff        these bytes

A vector is bytes with their length before them, written as in RFC 9000, section 16, in at most 30 bits.

Besides `sign`, `verify`, `seal` and `open` there are `mac` (HMAC, with a hash named as in `hashlib`), `join` of one
field, `xor` of two as long as each other, and `expect`, which compares two; the last three have `-` for an algorithm.
A mismatch ends the program without an error: two fields that differ (in length for `xor`, at all for `expect`), or a
missing vector.  `give` names the results, which are None if they were not reached.
"""

import hmac
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from volly_browser.crypto.engine import Algorithm, Open, Operation, Seal, Sign, Verify
from volly_browser.errors import LocalError

MAX_STEPS = 16

Given = tuple[Any, ...]
"""What a program gives: bytes, for `verify` a truth value, or None for what was not reached."""

Values = dict[str, bytes]
Part = Callable[[Values], bytes | None]

_OPERATIONS: dict[str, tuple[Any, Sequence[str]]] = {
    "sign": (Sign, ("private_key", "message")),
    "verify": (Verify, ("public_key", "message", "signature")),
    "seal": (Seal, ("key", "nonce", "aad", "plaintext")),
    "open": (Open, ("key", "nonce", "aad", "ciphertext")),
}
"""The operations of engines that can be steps, with their fields."""

_SIGNATURES = ("Ed25519", "ML-DSA-65")
_STEPS: dict[str, tuple[int, Sequence[str]]] = {
    "sign": (2, _SIGNATURES),
    "verify": (3, _SIGNATURES),
    "seal": (4, ("AES-GCM",)),
    "open": (4, ("AES-GCM",)),
    "mac": (2, ("sha256", "sha384", "sha512")),
    "join": (1, ("-",)),
    "xor": (2, ("-",)),
    "expect": (2, ("-",)),
}
"""How many fields each kind of step has, and the algorithms there are for it."""

_NAME = re.compile(r"[a-z_]+").fullmatch
_PART = re.compile(
    r"0x(?P<hex>(?:[0-9a-f]{2})+)|<(?P<content>[a-z_]+)>"
    r"|(?P<name>[a-z_]+)(?:\[(?P<start>\d+):(?P<stop>\d+)\]|\{(?P<count>\d+)\}|\.(?P<index>\d+))?"
)


class ProgramError(LocalError):
    """A program is malformed, or is run with other inputs than it has names for."""


class Step(NamedTuple):
    """A line of a program."""

    name: str
    operation: str
    algorithm: str
    fields: Sequence[Sequence[Part]]

    def given(self, values: Values) -> list[bytes] | None:
        """The fields; None if a vector is not there."""
        given = []
        for parts in self.fields:
            cut = [part(values) for part in parts]
            if None in cut:
                return None
            given.append(b"".join(filter(None, cut)))
        return given


class Program:
    """A program.  Engines keep what they make of it: have one for each text.

    Attributes:
        text: a line for each step, and what is given.
        inputs: the names of the inputs, in the order in which they first appear.
        steps: what to do.
        gives: the names of what is given.
        operations: what an engine must be able to do, in order.
        algorithms: what it needs for that.

    Raises:
        ProgramError: the text is malformed.
    """

    def __init__(self, text: str) -> None:
        *lines, last = [line.split() for line in text.splitlines() if line.strip()] or [[]]
        if not 0 < len(lines) <= MAX_STEPS or last[:1] != ["give"]:
            raise ProgramError(f"A program has one to {MAX_STEPS} steps, and then `give`.")
        self.text = "\n".join(map(" ".join, (*lines, last)))
        self.steps: list[Step] = []
        names: dict[str, bool] = {}
        for words in lines:
            self._add(words, names)
        self.inputs = tuple(name for name, is_input in names.items() if is_input)
        self.gives = tuple(last[1:])
        self.operations: list[tuple[Algorithm, type[Operation[Any]]]] = [
            (Algorithm(step.algorithm), _OPERATIONS[step.operation][0])
            for step in self.steps
            if step.operation in _OPERATIONS
        ]
        self.algorithms = frozenset(algorithm for algorithm, _ in self.operations)
        verifications = {step.name for step in self.steps if step.operation == "verify"}
        self._truths = [place for place, name in enumerate(self.gives) if name in verifications]
        if not {*self.gives} <= {step.name for step in self.steps}:
            raise ProgramError(f"A program gives something that it has not made: {' '.join(last)}.")

    def outcome(self, results: Sequence[bytes | None]) -> Given:
        """What is given, from the results in the order of `gives`, in which truth values are a byte."""
        given: list[Any] = [*results]
        for place in self._truths:
            given[place] = None if given[place] is None else given[place] == b"\1"
        return tuple(given)

    def _add(self, words: Sequence[str], names: dict[str, bool]) -> None:
        """One more step; `names` are those known so far, and whether they are inputs."""
        match words:
            case [name, "=", operation, algorithm, *fields] if operation in _STEPS and _NAME(name):
                count, algorithms = _STEPS[operation]
            case _:
                raise ProgramError(f"This is no step of a program: {' '.join(words)}.")
        parts = [[_part(text, names) for text in item.split("+")] for item in fields]
        if name in names or algorithm not in algorithms or len(fields) != count:
            raise ProgramError(f"In a program, {name} is there twice, or this is not how to {operation}.")
        names[name] = False
        self.steps.append(Step(name, operation, algorithm, parts))


@dataclass(frozen=True, slots=True)
class Execute(Operation[Given]):
    """A program, with its inputs by name, as one operation.

    It gives a tuple of what the program gives.  Raises what its operations raise.
    """

    program: Program
    inputs: Mapping[str, bytes] = field(repr=False)

    def in_order(self) -> list[bytes]:
        """The inputs in the order of the program.  Raises ProgramError if one is missing or unknown."""
        if len(self.inputs) != len(self.program.inputs):
            raise ProgramError(f"A program has the inputs {', '.join(self.program.inputs)}, and no others.")
        try:
            return [self.inputs[name] for name in self.program.inputs]
        except KeyError as error:
            raise ProgramError(f"A program is run without its input {error}.") from error


async def execute(execution: Execute, run: Callable[[Operation[Any]], Awaitable[Any]]) -> Given:
    """Run a program step by step, each operation by itself.  Raises what `run` raises."""
    program = execution.program
    values = dict(zip(program.inputs, map(bytes, execution.in_order()), strict=True))
    for step in program.steps:
        given = step.given(values)
        if given is None:
            break
        result = await run(_operation(step, given)) if step.operation in _OPERATIONS else _compute(step, given)
        if result is None:
            break
        values[step.name] = bytes([result]) if isinstance(result, bool) else result
    return program.outcome([values.get(name) for name in program.gives])


def _operation(step: Step, given: Sequence[bytes]) -> Operation[Any]:
    kind, names = _OPERATIONS[step.operation]
    operation: Operation[Any] = kind(algorithm=Algorithm(step.algorithm), **dict(zip(names, given, strict=True)))
    return operation


def _compute(step: Step, given: Sequence[bytes]) -> bytes | None:
    """Compute the result of a step that is not for an engine; None if the program ends."""
    match step.operation:
        case "mac":
            return hmac.digest(given[0], given[1], step.algorithm)
        case "xor":
            one, other = given
            return bytes(a ^ b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else None
        case "expect":
            return b"" if hmac.compare_digest(*given) else None
        case _:
            return given[0]


def _part(text: str, names: dict[str, bool]) -> Part:
    """What a part cuts out of the values; a new name becomes that of an input.  Raises ProgramError."""
    found = _PART.fullmatch(text)
    if found is None:
        raise ProgramError(f"This is no part of a field of a program: {text}.")
    if found["hex"]:
        return partial(_constant, bytes.fromhex(found["hex"]))
    name = found["content"] or found["name"]
    names.setdefault(name, True)
    if found["content"]:
        return lambda values: _length(values[name]) + values[name]
    if found["start"]:
        start, stop = int(found["start"]), int(found["stop"])
        return lambda values: values[name][start:stop]
    if found["count"]:
        count = int(found["count"])
        return lambda values: _vectors(values[name], count)
    if found["index"]:
        index = int(found["index"])
        return lambda values: _vector(values[name], index)
    return lambda values: values[name]


def _constant(value: bytes, _: Values) -> bytes:
    return value


def _length(value: bytes) -> bytes:
    """The length of a value, in one, two or four bytes."""
    length = len(value)
    size = 1 if length < 1 << 6 else 2 if length < 1 << 14 else 4
    return (length | ({1: 0, 2: 1, 4: 2}[size] << (8 * size - 2))).to_bytes(size, "big")


def _vectors(data: bytes, count: int) -> bytes | None:
    ends = _ends(data, count)
    return None if ends is None else data[: ends[1]]


def _vector(data: bytes, index: int) -> bytes | None:
    ends = _ends(data, index + 1)
    return None if ends is None else data[ends[0] : ends[1]]


def _ends(data: bytes, count: int) -> tuple[int, int] | None:
    """Where the content of a vector begins and ends; None if it is not there.  Vectors are counted from 1."""
    start = stop = 0
    for _ in range(count):
        size = 1 << (data[stop] >> 6) if stop < len(data) else 8
        start = stop + size
        if size > 4 or start > len(data):
            return None
        stop = start + (int.from_bytes(data[stop:start], "big") & ((1 << (8 * size - 2)) - 1))
        if stop > len(data):
            return None
    return start, stop
