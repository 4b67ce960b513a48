"""HTTP requests and responses, as the sandbox reads and sends them over ASGI."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import parse_qsl

from pydantic import JsonValue
from starlette.types import Receive, Scope, Send

from twilio_senders_mcp.sandbox.recording import RecordedRequest, redact

LARGEST_BODY = 4 * 1024 * 1024
"""Maximum size of a request's body, in bytes."""

_LOST_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Response:
    """A response to be sent. A string or bytes body is sent unchanged, any other as JSON."""

    status: int
    body: JsonValue | bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def content(self) -> bytes:
        """Return the body's bytes."""
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A complete request; ``body`` is None if it was too large."""

    method: str
    path: str
    origin: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes | None

    @property
    def type(self) -> str:
        """The Content-Type header."""
        return self.headers.get("content-type", "")

    def recorded(
        self, account_sid: str | None, status: int | None, request_id: str
    ) -> RecordedRequest:
        """Return the record of the request, without secrets."""
        return RecordedRequest(
            account_sid=account_sid,
            method=self.method,
            path=self.path,
            query=cast("dict[str, str]", redact(dict(self.query))),
            headers={k: v for k, v in self.headers.items() if k != "authorization"},
            body=self._parsed(),
            status=status,
            request_id=request_id,
        )

    def _parsed(self) -> JsonValue:
        try:
            return redact(json.loads(self.body or b"null"))
        except (ValueError, RecursionError):
            return None


async def read_request(scope: Scope, receive: Receive) -> Request | None:
    """Read a request; return None if the client disconnected before its end."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= LARGEST_BODY:
            chunks.append(chunk)
        more = message.get("more_body", False)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(
        method=scope["method"],
        path=scope["path"],
        origin=f"{scope['scheme']}://{headers.get('host', 'messaging.twilio.com')}",
        query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers=headers,
        body=b"".join(chunks) if size <= LARGEST_BODY else None,
    )


async def send_response(send: Send, response: Response) -> None:
    """Send a response."""
    content = response.content()
    await _send_head(send, response, len(content))
    await send({"type": "http.response.body", "body": content})


async def send_half(send: Send, response: Response) -> None:
    """Send half of a response and break the connection."""
    content = response.content()
    await _send_head(send, response, len(content) + _LOST_BYTES)
    half = content[: len(content) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    raise ConnectionResetError("The sandbox dropped the connection because of a fault")


async def _send_head(send: Send, response: Response, length: int) -> None:
    headers = {"content-length": str(length), **response.headers}
    if response.status == 204:  # noqa: PLR2004 # HTTP's status without a body
        del headers["content-length"]
        headers.pop("content-type", None)
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
