"""Bytes as an attacker would change them: flipped, cut, repeated, mixed, with lengths and numbers at limits."""

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

LIMITS = (
    b"\x00",
    b"\x3f",
    b"\x7f\xff",
    b"\xbf\xff\xff\xff",
    b"\xc0",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\xff" * 8,
    bytes(8),
)
"""Lengths, counts and numbers that decoders may stumble over: 2^30 - 1 among them."""

MOST = 4
"""Changes that are made to one message."""

Mutation = Callable[[st.DrawFn, bytes, bytes], bytes]


def _flipped(draw: st.DrawFn, data: bytes, other: bytes) -> bytes:
    at, bit = draw(st.integers(0, len(data) - 1)), draw(st.integers(0, 7))
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def _overwritten(draw: st.DrawFn, data: bytes, other: bytes) -> bytes:
    at, limit = draw(st.integers(0, len(data) - 1)), draw(st.sampled_from(LIMITS))
    return data[:at] + limit + data[at + len(limit) :]


def _spelled_longer(draw: st.DrawFn, data: bytes, other: bytes) -> bytes:
    """A length, if one stands there, in another than its shortest form."""
    at = draw(st.integers(0, len(data) - 1))
    return data[:at] + draw(st.sampled_from([b"\x40", b"\x80\0\0"])) + data[at:]


def _numbered(draw: st.DrawFn, data: bytes, other: bytes) -> bytes:
    """Another tag, presence or short length."""
    at = draw(st.integers(0, len(data) - 1))
    return data[:at] + bytes([draw(st.integers(0, 9))]) + data[at + 1 :]


def _inserted(draw: st.DrawFn, data: bytes, other: bytes) -> bytes:
    at = draw(st.integers(0, len(data)))
    return data[:at] + draw(st.sampled_from(LIMITS) | st.binary(max_size=20)) + data[at:]


def _cut_out(draw: st.DrawFn, data: bytes, other: bytes) -> bytes:
    at, length = draw(st.integers(0, len(data) - 1)), draw(st.integers(1, 40))
    return data[:at] + data[at + length :]


def _cut_off(draw: st.DrawFn, data: bytes, other: bytes) -> bytes:
    return data[: draw(st.integers(0, len(data)))]


def _repeated(draw: st.DrawFn, data: bytes, other: bytes) -> bytes:
    at, length = draw(st.integers(0, len(data) - 1)), draw(st.integers(1, 200))
    return data[:at] + data[at : at + length] * draw(st.integers(2, 4)) + data[at + length :]


def _spliced(draw: st.DrawFn, data: bytes, other: bytes) -> bytes:
    return data[: draw(st.integers(0, len(data)))] + other[draw(st.integers(0, len(other))) :]


MUTATIONS: Sequence[Mutation] = (
    _flipped,
    _overwritten,
    _spelled_longer,
    _numbered,
    _inserted,
    _cut_out,
    _cut_off,
    _repeated,
    _spliced,
)


@st.composite
def mutated(draw: st.DrawFn, messages: Sequence[bytes]) -> bytes:
    """Change one of the messages a few times, possibly with parts of the others."""
    data = draw(st.sampled_from(messages))
    for _ in range(draw(st.integers(1, MOST))):
        if data:
            data = draw(st.sampled_from(MUTATIONS))(draw, data, draw(st.sampled_from(messages)))
    return data
