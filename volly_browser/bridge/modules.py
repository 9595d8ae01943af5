"""The JavaScript modules that come with Python: livekit-client, and the scripts of the crypto engines."""

from pyodide.ffi import JsException, JsProxy
from volly_page import module as _load  # what boot.mjs registers

from volly_browser.errors import LocalError


class ModuleNotLoaded(LocalError):
    """A script could not be fetched: the connection is down, or the site does not have it."""


async def load_module(name: str) -> JsProxy:
    """Return the exports of a module by its name in boot.json: "livekit", "webcrypto", "noble".

    Each is fetched once, by the first call.

    Raises:
        ModuleNotLoaded: it cannot be fetched, or there is none of that name.
    """
    try:
        exports: JsProxy = await _load(name)
    except JsException as error:
        raise ModuleNotLoaded(error.message) from error
    return exports
