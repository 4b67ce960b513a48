"""Checks of what comes in at ``/mcp``, before the SDK sees it.

The SDK reads bodies by itself, but in the older protocol it repeats parts of what it refuses, which
may be a secret, and it reports a client that leaves in the middle of a body as an error of its own.
It also begins any number of calls.
"""

import json
from typing import TYPE_CHECKING, Final

from mcp.types import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCMessage,
    JSONRPCNotification,
    JSONRPCRequest,
    RequestId,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError
from starlette.responses import Response

from .calls import Calls

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_RETRY_SECONDS: Final = 1


class CheckedMcp:
    """The MCP endpoint ``app``, for bodies of limited size that hold one JSON-RPC message.

    While as many calls as ``calls`` allows are in progress, a further one is refused; anything
    else passes.
    """

    def __init__(self, app: "ASGIApp", *, calls: Calls, body_bytes: int) -> None:
        self._app = app
        self._calls = calls
        self._body_bytes = body_bytes

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on to the app, or refuse it without repeating any of it."""
        try:
            body = await self._read(scope, receive)
            message = _parse(body) if scope["method"] == "POST" else None
        except _ClientGone:
            return
        except _Refused as refused:
            await refused.response(scope, receive, send)
            return
        receive = _replaying(body, receive)
        if not isinstance(message, JSONRPCRequest):
            await self._app(scope, receive, send)
        elif self._calls.is_full:
            await self._too_busy(message.id).response(scope, receive, send)
        else:
            call = self._calls.begin()
            with call.held():
                await self._app(call.within(scope), receive, send)

    async def _read(self, scope: "Scope", receive: "Receive") -> bytes:
        """Return the body.

        Raises:
            _ClientGone: if the client leaves before the body has arrived.
            _Refused: if the body is too large; what is left of it is not read.

        """
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._body_bytes:
            raise self._too_large()
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _ClientGone
            body += message.get("body", b"")
            if len(body) > self._body_bytes:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(body)

    def _too_large(self) -> "_Refused":
        text = f"The request body is larger than the {self._body_bytes} bytes that are allowed."
        return _Refused(413, INVALID_REQUEST, text)

    def _too_busy(self, request_id: RequestId) -> "_Refused":
        text = (
            f"The server is busy: as many requests are in progress as are allowed "
            f"({self._calls.limit}). Nothing was done. Try again in a moment."
        )
        return _Refused(503, INTERNAL_ERROR, text, request_id, {"Retry-After": str(_RETRY_SECONDS)})


class _ClientGone(Exception):  # noqa: N818 - not an error: nobody is left to respond to
    """The client has left before its request was complete."""


class _Refused(Exception):  # noqa: N818 - named after what happened
    """A request that is refused with a JSON-RPC error, and the response that says so."""

    def __init__(
        self,
        status: int,
        code: int,
        text: str,
        request_id: RequestId | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(text)
        error = JSONRPCError(jsonrpc="2.0", id=request_id, error=ErrorData(code=code, message=text))
        self.response = Response(
            error.model_dump_json(by_alias=True, exclude_unset=True),
            status,
            headers,
            "application/json",
        )


def _parse(body: bytes) -> JSONRPCMessage:
    """Return the JSON-RPC message in ``body``.

    Raises:
        _Refused: if there is none; it does not repeat what is there instead.

    """
    no_message = _Refused(
        400,
        INVALID_REQUEST,
        "The request body must be one JSON-RPC message: a request, notification or response.",
    )
    try:
        decoded = json.loads(body)
        message = jsonrpc_message_adapter.validate_python(decoded, by_name=False)
    except ValidationError:
        raise no_message from None
    except (ValueError, RecursionError):
        raise _Refused(400, PARSE_ERROR, "The request body is not valid JSON.") from None
    if isinstance(message, JSONRPCNotification) and "id" in decoded:
        # A request with an unusable id; taken as a notification, it would never get a response.
        raise no_message
    return message


def _replaying(body: bytes, receive: "Receive") -> "Receive":
    """Return a ``receive`` that gives the whole body first."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_body_first() -> "Message":
        return first.pop() if first else await receive()

    return receive_body_first
