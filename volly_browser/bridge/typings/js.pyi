"""The page's global objects, as far as Volly uses them."""

from typing import Any

from pyodide.ffi import JsProxy

class _Constructor(JsProxy):
    def new(self, *arguments: Any, **options: Any) -> Any: ...

class _Uint8Array(_Constructor):
    def new(self, length: int, /) -> JsProxy: ...

class _Object(JsProxy):
    def fromEntries(self, entries: Any, /) -> Any: ...
    def keys(self, value: Any, /) -> Any: ...

Object: _Object
Uint8Array: _Uint8Array
AbortController: _Constructor
console: JsProxy
crypto: JsProxy
document: JsProxy
location: JsProxy
navigator: JsProxy
performance: JsProxy
window: JsProxy

async def fetch(url: str, options: Any = ..., /) -> JsProxy: ...
def __getattr__(name: str) -> Any: ...
