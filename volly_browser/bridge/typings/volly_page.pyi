"""What boot.mjs registers for Python."""

from pyodide.ffi import JsProxy

async def module(name: str, /) -> JsProxy: ...
