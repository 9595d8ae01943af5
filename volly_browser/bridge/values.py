"""Converts values between Python and JavaScript: bytes, option objects, and absent values."""

from collections.abc import Mapping
from typing import Any

from js import Object, Uint8Array
from pyodide.ffi import JsProxy, to_js

_new_uint8_array = Uint8Array.new  # looked up once, which is five times as fast
_from_entries = Object.fromEntries


def to_uint8_array(data: bytes | bytearray | memoryview) -> JsProxy:
    """Copy bytes into a new Uint8Array; `to_js` takes six times as long for large ones."""
    array = _new_uint8_array(len(data))
    array.assign(data)
    return array


def to_bytes(array: Any) -> bytes:
    """Copy the bytes of a JavaScript buffer."""
    return bytes(array) if isinstance(array, bytes | bytearray | memoryview) else array.to_bytes()


def to_object(options: Mapping[str, object]) -> Any:
    """Make a plain JavaScript object; of a `Map`, which some releases make of a dict, all options would be ignored."""
    return to_js(dict(options), dict_converter=_from_entries)


def optional_text(value: Any) -> str | None:
    """Return the text; None for anything else, such as `undefined`, `null`, or a missing argument."""
    return value if isinstance(value, str) else None
