"""The ASGI app: authentication, routing and injected faults.

Besides Twilio's paths it serves ``/_sandbox/faults`` and ``/_sandbox/requests``, with which another
process can inject faults and read the recorded requests; these two need no credentials and are not
recorded themselves. Faults apply only to requests to the Senders API.

Twilio documents no response for a wrong method or an oversized body; the sandbox chooses
405 / 20004 and 413 / 20001 (from 4 MB).
"""

import json
import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import parse_qsl

import anyio
from pydantic import JsonValue
from starlette.types import Receive, Scope, Send

from twilio_senders_mcp.sandbox.credentials import is_authorized
from twilio_senders_mcp.sandbox.errors import (
    AUTHENTICATION,
    BAD_PARAMETER,
    METHOD_NOT_ALLOWED,
    ApiError,
    not_found,
)
from twilio_senders_mcp.sandbox.faults import (
    Fault,
    FaultError,
    FaultQueue,
    fault_response,
    read_fault,
)
from twilio_senders_mcp.sandbox.recording import RecordedRequest, redact
from twilio_senders_mcp.sandbox.senders import SENDERS, Senders
from twilio_senders_mcp.sandbox.validation import read_body

_ONE_SENDER = re.compile(re.escape(SENDERS) + r"/(XE[0-9a-fA-F]{32})")
_CONTROL = "/_sandbox/"
_LARGEST_BODY = 4 * 1024 * 1024
_LOST_BYTES = 1024
_HEADERS = {
    "content-type": "application/json",
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
    "access-control-allow-headers": "Accept, Authorization, Content-Type",
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "T-Request-Id",
}


class Sandbox:
    """A Senders API with its own senders, as an ASGI app.

    ``step_seconds`` is the duration of a status, ``clock`` returns the time in seconds, ``seed``
    creates the documented senders, and ``record`` is the number of requests that are kept.
    """

    def __init__(
        self,
        *,
        step_seconds: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
        seed: bool = True,
        record: int = 50,
    ) -> None:
        self.requests: deque[RecordedRequest] = deque(maxlen=record)
        self._clock = clock
        self._senders = Senders(now=clock(), step=step_seconds, seed=seed)
        self._faults = FaultQueue()

    def inject(self, fault: Fault) -> None:
        """Apply a fault to the next requests to the Senders API, after the faults in the queue."""
        self._faults.add(fault)

    def clear_faults(self) -> None:
        """Remove the faults that have not been applied yet."""
        self._faults.clear()

    def sids(self) -> list[str]:
        """Return the SIDs of all senders, oldest first."""
        return self._senders.sids()

    def take_offline(self, sid: str, *, code: str, message: str) -> None:
        """Take a sender offline from now on, with this reason."""
        self._senders.take_offline(sid, code, message, self._clock())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection: HTTP, or the server's lifespan."""
        if scope["type"] == "lifespan":
            await _serve_lifespan(receive, send)
            return
        request = await _read_request(scope, receive)
        if request is None:
            return
        if request.path.startswith(_CONTROL):
            await _send_response(send, self._control(request))
            return
        await self._serve(request, send)

    async def _serve(self, request: "_Request", send: Send) -> None:
        fault = (self._faults.take() if _is_for_senders(request.path) else None) or _NO_FAULT
        request_id = f"RQ{secrets.token_hex(16)}"
        status: int | None = None
        try:
            response = self._respond(request) if fault.apply else None
            if fault.delay:
                await anyio.sleep(fault.delay)
            if fault.has_response:
                response = _Response(*fault_response(fault))
            elif response is None and not fault.drop:
                response = self._respond(request)
            response = response or _Response(200, {})
            headers = {**_HEADERS, "t-request-id": request_id, **response.headers}
            response = _Response(
                response.status, response.body, {**headers, **fault.extra_headers()}
            )
            status = response.status
            await (_send_half if fault.drop else _send_response)(send, response)
        finally:
            self.requests.append(request.recorded(status, request_id))

    def _respond(self, request: "_Request") -> "_Response":
        try:
            return self._route(request, _authorized_body(request))
        except ApiError as error:
            challenge = {"www-authenticate": 'Basic realm="Twilio API"'}
            headers = challenge if error.status == 401 else {}  # noqa: PLR2004 # HTTP's status
            return _Response(error.status, error.payload(), headers)

    def _route(self, request: "_Request", raw: bytes) -> "_Response":
        now = self._clock()
        one = _ONE_SENDER.fullmatch(request.path)
        if one is None and request.path != SENDERS:
            raise not_found(request.path)
        sid = one[1] if one else None
        match request.method, sid:
            case "GET", None:
                return _Response(200, self._senders.page(request.query, request.origin, now))
            case "GET", str(sid):
                return _Response(200, self._senders.fetch(sid, request.origin, now))
            case "POST", None:
                return _Response(202, self._senders.create(read_body(raw, request.type), now))
            case "POST", str(sid):
                return _Response(202, self._senders.update(sid, read_body(raw, request.type), now))
            case "DELETE", str(sid):
                self._senders.delete(sid, now)
                return _Response(204, b"")
            case _:
                raise ApiError(405, METHOD_NOT_ALLOWED, f"Method {request.method} is not allowed")

    def _control(self, request: "_Request") -> "_Response":
        match request.method, request.path.removeprefix(_CONTROL):
            case "POST", "faults":
                try:
                    self.inject(read_fault(request.body or b""))
                except FaultError as error:
                    return _Response(400, {"error": str(error)}, _PLAIN)
                return _Response(201, {}, _PLAIN)
            case "DELETE", "faults":
                self.clear_faults()
                return _Response(204, b"")
            case "GET", "requests":
                return _Response(200, {"requests": [r.as_json() for r in self.requests]}, _PLAIN)
            case _:
                return _Response(404, {"error": "no such control"}, _PLAIN)


@dataclass(frozen=True, slots=True)
class _Response:
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
class _Request:
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

    def recorded(self, status: int | None, request_id: str) -> RecordedRequest:
        """Return the record of the request, without secrets."""
        return RecordedRequest(
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


_NO_FAULT = Fault()
_PLAIN = {"content-type": "application/json"}


def _is_for_senders(path: str) -> bool:
    """Tell whether ``path`` belongs to the Senders API, whether or not it has an operation."""
    return path == SENDERS or path.startswith(f"{SENDERS}/")


def _authorized_body(request: _Request) -> bytes:
    """Return the body of a request, after checking its credentials and size."""
    if not is_authorized(request.headers.get("authorization")):
        raise ApiError(401, AUTHENTICATION, "Authenticate")
    if request.body is None:
        raise ApiError(413, BAD_PARAMETER, "The request body is too large")
    return request.body


async def _read_request(scope: Scope, receive: Receive) -> _Request | None:
    """Read a request; return None if the client disconnected before its end."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= _LARGEST_BODY:
            chunks.append(chunk)
        more = message.get("more_body", False)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return _Request(
        method=scope["method"],
        path=scope["path"],
        origin=f"{scope['scheme']}://{headers.get('host', 'messaging.twilio.com')}",
        query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers=headers,
        body=b"".join(chunks) if size <= _LARGEST_BODY else None,
    )


async def _send_response(send: Send, response: _Response) -> None:
    content = response.content()
    await _send_head(send, response, len(content))
    await send({"type": "http.response.body", "body": content})


async def _send_half(send: Send, response: _Response) -> None:
    """Send half of a response and break the connection."""
    content = response.content()
    await _send_head(send, response, len(content) + _LOST_BYTES)
    half = content[: len(content) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    raise ConnectionResetError("The sandbox dropped the connection because of a fault")


async def _send_head(send: Send, response: _Response, length: int) -> None:
    headers = {"content-length": str(length), **response.headers}
    if response.status == 204:  # noqa: PLR2004 # HTTP's status without a body
        del headers["content-length"]
        headers.pop("content-type", None)
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})


async def _serve_lifespan(receive: Receive, send: Send) -> None:
    """Acknowledge the server's startup and shutdown; there is nothing to set up or tear down."""
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})
