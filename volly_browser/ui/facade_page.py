"""The facade in the page, from which volly.mjs gets it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from js import Object
from pyodide.ffi import JsProxy, to_js

from volly_browser.bridge import ready_queue
from volly_browser.bridge.fetching import post_json
from volly_browser.bridge.modules import load_module
from volly_browser.bridge.values import to_bytes
from volly_browser.client.client import VollyClient
from volly_browser.crypto import Crypto, initialize_crypto
from volly_browser.room.invite import Invite
from volly_browser.transport.livekit import LiveKitTransport
from volly_browser.transport.tokens import TokenService
from volly_browser.ui.facade import ClientOptions, Facade, OnChange


def open_facade() -> Facade:
    """Make the object that JavaScript holds."""
    ready_queue.install(asyncio.get_event_loop())
    return Facade(Page())


class LiveKitClient(VollyClient):
    """A client over LiveKit.

    Args:
        crypto: computes.
        room_class: `Room` of livekit-client.
        options: of the client.
        on_change: see `VollyClient`.
    """

    def __init__(self, crypto: Crypto, room_class: Any, options: ClientOptions, on_change: OnChange) -> None:
        super().__init__(
            crypto.engines,
            self._open_livekit,
            options.name,
            history=options.history,
            enable_post_quantum=options.enable_post_quantum,
            takes_room_names=options.takes_room_names,
            on_change=on_change,
        )
        self._room_class = room_class
        self._options = options
        self._transport: LiveKitTransport | None = None

    @property
    def livekit_room(self) -> Any:
        """The `Room` of livekit-client; None before there is one."""
        return self._transport.livekit_room if self._transport else None

    def _open_livekit(self, invite: Invite) -> LiveKitTransport:
        tokens = TokenService(post_json, self._options.token_url, invite.room_id, self._options.signaling_url)
        self._transport = LiveKitTransport(self._room_class, tokens)
        return self._transport


class Page:
    """The facade's `Platform`."""

    def __init__(self) -> None:
        self._livekit: Any = None

    async def start(self, engines: Mapping[str, str]) -> Crypto:
        """Choose and test the engines; load livekit-client."""
        self._livekit = await load_module("livekit")
        return await initialize_crypto(engines)

    def open_client(self, crypto: Crypto, options: ClientOptions, on_change: OnChange) -> LiveKitClient:
        """Make a client over LiveKit."""
        return LiveKitClient(crypto, self._livekit.Room, options, on_change)

    def to_python(self, value: Any) -> Any:
        """Make bytes of a Uint8Array; everything else is simple already."""
        return to_bytes(value) if isinstance(value, JsProxy) else value

    def to_page(self, value: Any) -> Any:
        """Convert a value; raises rather than make a proxy, which nothing would destroy."""
        return to_js(value, dict_converter=Object.fromEntries, create_pyproxies=False)
