"""Structs as an attacker would build them: well formed, with wrong values somewhere inside."""

from dataclasses import fields, replace
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import reject
from hypothesis import strategies as st

from tests.unit.fuzzing.mutations import mutated
from tests.unit.fuzzing.structs import values
from volly_browser.mls.codec import EncodeError, Select, Struct

S = TypeVar("S", bound=Struct)


@st.composite
def altered(draw: st.DrawFn, struct: S, times: int = 1) -> S:
    """The struct with something anywhere inside it changed, so many times; what cannot be encoded is not drawn."""
    for _ in range(times):
        struct = _altered(draw, struct, type(struct))
    try:
        struct.encode()
    except EncodeError:
        reject()
    return struct


def _altered(draw: st.DrawFn, value: Any, annotation: Any) -> Any:  # noqa: ANN401 - a field can be anything
    match value:
        case Struct() if draw(st.integers(0, 9)):
            return _one_field_altered(draw, value)
        case tuple() if value and draw(st.integers(0, 9)):
            return _elements_altered(draw, value, annotation)
        case bytes() if value and draw(st.booleans()):
            return draw(mutated([value]))
        case _:
            return draw(values(annotation))


def _one_field_altered(draw: st.DrawFn, struct: Struct) -> Struct:
    hints = get_type_hints(type(struct), include_extras=True)
    names = [field.name for field in fields(struct) if not _selected(hints[field.name])]  # type: ignore[arg-type]
    if not names:
        return struct
    name = draw(st.sampled_from(names))
    value, hint = getattr(struct, name), hints[name]
    if value is not None and get_origin(hint) in (Union, UnionType):
        [hint] = [case for case in get_args(hint) if case is not NoneType]
        value = None if not draw(st.integers(0, 4)) else _altered(draw, value, hint)
    else:
        value = _altered(draw, value, hint)
    return replace(struct, **{name: value})  # type: ignore[type-var]


def _elements_altered(draw: st.DrawFn, elements: tuple[Any, ...], annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401
    element = get_args(get_args(annotation)[0])[0]
    at = draw(st.integers(0, len(elements) - 1))
    before, after = elements[:at], elements[at + 1 :]
    match draw(st.integers(0, 5)):
        case 0:
            return before + after
        case 1:
            return (*before, elements[at], elements[at], *after)
        case 2:
            return elements[::-1]
        case 3:
            return (*before, draw(values(element)), *after)
        case _:
            return (*before, _altered(draw, elements[at], element), *after)


def _selected(hint: Any) -> bool:  # noqa: ANN401
    return get_origin(hint) is Annotated and isinstance(get_args(hint)[1], Select)
