"""Every wire struct of the program, found by itself so that a new one is tested without being named, and its values."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import IntEnum
from functools import cache
from types import ModuleType, NoneType, SimpleNamespace
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

import volly_browser.chat
import volly_browser.mls
import volly_browser.room
from volly_browser.mls.codec import FixedOpaque, Integer, Select, Struct, Utf8, VariableOpaque, VariableVector, Variant

LONGEST = 70
"""Bytes of the longest random string: one more than the shortest form of a length can say."""

MOST = 3
"""Elements of the longest random vector."""


PACKAGES = (volly_browser.chat, volly_browser.mls, volly_browser.room)


def every_struct() -> list[type[Struct]]:
    """All subclasses of `Struct`, by name."""
    found = {struct for package in PACKAGES for struct in _structs(package)}
    return sorted(found, key=lambda struct: (struct.__module__, struct.__name__))


def _structs(package: ModuleType) -> Iterator[type[Struct]]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if is_dataclass(value) and isinstance(value, type) and issubclass(value, Struct):
                yield value


def every_vector() -> dict[Any, tuple[str, Any]]:
    """For each kind of vector in a struct: the place where it stands first, and the annotation of its elements."""
    found: dict[Any, tuple[str, Any]] = {}
    for struct in every_struct():
        for name, hint in get_type_hints(struct, include_extras=True).items():
            if get_origin(hint) is Annotated and isinstance(get_args(hint)[1], VariableVector):
                found.setdefault(hint, (f"{struct.__name__}.{name}", get_args(get_args(hint)[0])[0]))
    return found


@cache
def values(annotation: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - what stands at a field can be anything
    """Values of a struct or of a field's annotation, limits more often than chance would have them."""
    if annotation is None or annotation is NoneType:
        return st.none()
    if get_origin(annotation) is Annotated:
        return _marked(*get_args(annotation)[:2])
    if isinstance(annotation, type):
        return _struct(annotation)
    return st.one_of(*(values(case) for case in get_args(annotation)))


def _marked(python_type: Any, marker: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401
    match marker:
        case Integer():
            return _integers(python_type, marker._size)
        case VariableOpaque():
            return st.binary(min_size=marker._least, max_size=max(marker._least, min(LONGEST, marker._limit)))
        case FixedOpaque():
            return st.binary(min_size=marker._length, max_size=marker._length)
        case Utf8():
            return _texts(marker._opaque._limit)
        case VariableVector():
            return st.lists(values(get_args(python_type)[0]), max_size=MOST).map(tuple)
        case Variant():
            return st.one_of(*(values(case) for case in marker._cases.values()))
    raise TypeError(f"No values are known for {marker}.")


def _integers(python_type: Any, size: int) -> st.SearchStrategy[int]:  # noqa: ANN401
    if issubclass(python_type, IntEnum):
        return st.sampled_from(list(python_type))
    most = (1 << 8 * size) - 1
    return st.sampled_from([0, 1, most - 1, most]) | st.integers(0, most)


def _texts(limit: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=min(LONGEST, limit) // 4)


def _struct(struct: type[Struct]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(struct, include_extras=True)

    @st.composite
    def build(draw: st.DrawFn) -> Struct:
        drawn: dict[str, Any] = {}
        for field in fields(struct):  # type: ignore[arg-type]
            annotation = hints[field.name]
            if select := _select(annotation):
                annotation = select._choose(SimpleNamespace(**drawn))
            drawn[field.name] = draw(values(annotation))
        return struct(**drawn)

    return build()


def _select(annotation: Any) -> Select | None:  # noqa: ANN401
    marker = get_args(annotation)[1] if get_origin(annotation) is Annotated else None
    return marker if isinstance(marker, Select) else None
