"""The ASGI app: authentication, routing and injected faults.

Besides Twilio's paths it serves ``/_sandbox/faults`` and ``/_sandbox/requests``, with which another
process can inject faults and read the recorded requests; these two need no credentials and are not
recorded themselves. Faults apply only to requests to the Senders API.

Twilio documents no response for a wrong method or an oversized body; the sandbox chooses
405 / 20004 and 413 / 20001 (from 4 MB).
"""

import re
import secrets
import time
from collections import deque
from collections.abc import Callable

import anyio
from starlette.types import Receive, Scope, Send

from twilio_senders_mcp.sandbox import accounts, monitor, webhooks
from twilio_senders_mcp.sandbox.credentials import ACCOUNT_SID, ACCOUNTS, authenticate
from twilio_senders_mcp.sandbox.errors import (
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
from twilio_senders_mcp.sandbox.messages import (
    Request,
    Response,
    read_request,
    send_half,
    send_response,
)
from twilio_senders_mcp.sandbox.recording import RecordedRequest
from twilio_senders_mcp.sandbox.senders import SENDERS, Senders
from twilio_senders_mcp.sandbox.validation import read_body

_ONE_SENDER = re.compile(re.escape(SENDERS) + r"/(XE[0-9a-fA-F]{32})")
_CONTROL = "/_sandbox/"
_HEADERS = {
    "content-type": "application/json",
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
    "access-control-allow-headers": "Accept, Authorization, Content-Type",
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "T-Request-Id",
}


class Sandbox:
    """A Senders API with its own accounts and senders, as an ASGI app.

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
        self._senders = {
            account.sid: Senders(account.sid, now=clock(), step=step_seconds, seed=seed)
            for account in ACCOUNTS
        }
        self._faults = FaultQueue()

    def inject(self, fault: Fault) -> None:
        """Apply a fault to the next requests to the Senders API, after the faults in the queue."""
        self._faults.add(fault)

    def clear_faults(self) -> None:
        """Remove the faults that have not been applied yet."""
        self._faults.clear()

    def sids(self) -> list[str]:
        """Return the SIDs of the main account's senders, oldest first."""
        return self._senders[ACCOUNT_SID].sids()

    def take_offline(self, sid: str, *, code: str, message: str) -> None:
        """Take a sender of the main account offline from now on, with this reason."""
        self._senders[ACCOUNT_SID].take_offline(sid, code, message, self._clock())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection: HTTP, or the server's lifespan."""
        if scope["type"] == "lifespan":
            await _serve_lifespan(receive, send)
            return
        request = await read_request(scope, receive)
        if request is None:
            return
        if request.path.startswith(_CONTROL):
            await send_response(send, self._control(request))
            return
        await self._serve(request, send)

    async def _serve(self, request: Request, send: Send) -> None:
        fault = (self._faults.take() if _is_for_senders(request.path) else None) or _NO_FAULT
        request_id = f"RQ{secrets.token_hex(16)}"
        status: int | None = None
        try:
            response = self._respond(request) if fault.apply else None
            if fault.delay:
                await anyio.sleep(fault.delay)
            if fault.has_response:
                response = Response(*fault_response(fault))
            elif response is None and not fault.drop:
                response = self._respond(request)
            response = response or Response(200, {})
            headers = {**_HEADERS, "t-request-id": request_id, **response.headers}
            response = Response(
                response.status, response.body, {**headers, **fault.extra_headers()}
            )
            status = response.status
            await (send_half if fault.drop else send_response)(send, response)
        finally:
            self.requests.append(request.recorded(_account_sid(request), status, request_id))

    def _respond(self, request: Request) -> Response:
        try:
            caller = authenticate(request.headers.get("authorization"))
            if accounts.is_for_accounts(request.path):
                body = accounts.respond(caller, request.method, request.path, request.query)
                return Response(200, body)
            if monitor.is_for_monitor(request.path):
                sid, origin = caller.account.sid, request.origin
                body = monitor.respond(sid, request.method, request.path, request.query, origin)
                return Response(200, body)
            if webhooks.is_for_webhooks(request.path):
                return Response(
                    *webhooks.respond(request.method, request.path, request.query, _body(request))
                )
            return self._route(request, self._senders[caller.account.sid], _body(request))
        except ApiError as error:
            challenge = {"www-authenticate": 'Basic realm="Twilio API"'}
            headers = challenge if error.status == 401 else {}  # noqa: PLR2004 # HTTP's status
            return Response(error.status, error.payload(), headers)

    def _route(self, request: Request, senders: Senders, raw: bytes) -> Response:
        now = self._clock()
        one = _ONE_SENDER.fullmatch(request.path)
        if one is None and request.path != SENDERS:
            raise not_found(request.path)
        sid = one[1] if one else None
        match request.method, sid:
            case "GET", None:
                return Response(200, senders.page(request.query, request.origin, now))
            case "GET", str(sid):
                return Response(200, senders.fetch(sid, request.origin, now))
            case "POST", None:
                return Response(202, senders.create(read_body(raw, request.type), now))
            case "POST", str(sid):
                return Response(202, senders.update(sid, read_body(raw, request.type), now))
            case "DELETE", str(sid):
                senders.delete(sid, now)
                return Response(204, b"")
            case _:
                raise ApiError(405, METHOD_NOT_ALLOWED, f"Method {request.method} is not allowed")

    def _control(self, request: Request) -> Response:
        match request.method, request.path.removeprefix(_CONTROL):
            case "POST", "faults":
                try:
                    self.inject(read_fault(request.body or b""))
                except FaultError as error:
                    return Response(400, {"error": str(error)}, _PLAIN)
                return Response(201, {}, _PLAIN)
            case "DELETE", "faults":
                self.clear_faults()
                return Response(204, b"")
            case "GET", "requests":
                return Response(200, {"requests": [r.as_json() for r in self.requests]}, _PLAIN)
            case _:
                return Response(404, {"error": "no such control"}, _PLAIN)


_NO_FAULT = Fault()
_PLAIN = {"content-type": "application/json"}


def _is_for_senders(path: str) -> bool:
    """Tell whether ``path`` belongs to the Senders API, whether or not it has an operation."""
    return path == SENDERS or path.startswith(f"{SENDERS}/")


def _body(request: Request) -> bytes:
    if request.body is None:
        raise ApiError(413, BAD_PARAMETER, "The request body is too large")
    return request.body


def _account_sid(request: Request) -> str | None:
    """Return the account whose credentials a request carries, None if they are not accepted."""
    try:
        return authenticate(request.headers.get("authorization")).account.sid
    except ApiError:
        return None


async def _serve_lifespan(receive: Receive, send: Send) -> None:
    """Acknowledge the server's startup and shutdown; there is nothing to set up or tear down."""
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})
