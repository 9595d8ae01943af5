"""The JavaScript modules that lie beside Python: livekit-client, and the scripts of the crypto engines."""

from pyodide.ffi import JsException, JsProxy
from volly_page import module as _load  # what boot.mjs registers

from volly_browser.errors import LocalError


class ModuleNotLoaded(LocalError):
    """A script could not be fetched: the connection is down, or the site does not have it."""


async def load_module(name: str) -> JsProxy:
    """The exports of a module by its name in boot.json: "livekit", "webcrypto", "noble".

    It is fetched once, when first asked for.

    Raises:
        ModuleNotLoaded: it cannot be fetched, or there is none of that name.
    """
    try:
        exports: JsProxy = await _load(name)
    except JsException as error:
        raise ModuleNotLoaded(error.message) from error
    return exports
