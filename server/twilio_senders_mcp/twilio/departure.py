"""What the HTTP library's trace shows of a request: was it sent, and is the response its own."""

import asyncio
from collections.abc import Mapping
from typing import Any

import anyio


class StrayResponse(ConnectionError):  # noqa: N818 - named for what was received
    """A response was there before the request was sent, so it cannot belong to it."""


class Departure:
    """Detects whether sending the request has begun, and a response that is not its own.

    ``left`` is true if the request must count as sent from the beginning.

    A connection that is used again may still hold a response too many to an earlier request. It
    would be taken for the response to this one, and a refused write would be reported as accepted.
    """

    def __init__(self, *, left: bool) -> None:
        self.left = left
        self._waited = False
        self._opened: Any = None

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of an event; this is httpx's extension ``trace``.

        Raises:
            StrayResponse: if the response was received before the request was sent.

        """
        # A CONNECT to a proxy does not carry the request itself.
        if event.endswith("send_request_headers.started"):
            self.left = self.left or info["request"].method != b"CONNECT"
        elif event.endswith("connect_tcp.complete"):
            self._opened = info["return_value"]
        elif event.endswith("receive_response_headers.started"):
            self._waited = False
            # Runs as soon as this task waits for the network, as it must for a new response.
            asyncio.get_running_loop().call_soon(self._note_wait)
        elif event.endswith("receive_response_headers.complete") and not self._waited:
            raise StrayResponse

    async def close_unused(self) -> None:
        """Close the connection that was opened for the request, if that was not sent.

        The library leaves it to the garbage collector if the TLS handshake is cancelled.
        """
        if self._opened is not None and not self.left:
            with anyio.CancelScope(shield=True):
                await self._opened.aclose()

    def _note_wait(self) -> None:
        self._waited = True
