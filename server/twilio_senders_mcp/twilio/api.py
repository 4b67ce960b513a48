"""What Twilio's APIs have in common: one call with its retries and its typed failures.

The total timeout bounds all attempts of a call together. Redirects are not followed, so that the
credentials are sent to no other host. Failures have the types of `.errors`. Neither a failure nor
a result contains a secret from the request or the credentials.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import anyio
import pydantic_core

from . import retry
from .credentials import Credentials, IncompleteCredentials
from .errors import MissingCredentials, OutcomeUnknown, Problem, Refused, read_problem
from .redaction import Redaction
from .transport import MAX_CONNECTIONS, Response, Transport, only_reads

if TYPE_CHECKING:
    from starlette.types import ASGIApp

NO_CONTENT: Final = 204
_OK: Final = range(200, 300)
_SERVER_ERROR: Final = 500
# A gateway may return this status after it has forwarded the request.
_REQUEST_TIMEOUT: Final = 408


@dataclass(frozen=True, slots=True)
class Success:
    """A successful response: its JSON object, empty if there was none."""

    body: dict[str, object]
    request_id: str | None
    status: int

    def other_sender(self, *, reading: bool) -> OutcomeUnknown:
        """Return the failure of a response that is not about the sender of the request."""
        problem = Problem(http_status=self.status, request_id=self.request_id)
        return OutcomeUnknown("other_sender", problem, reading=reading)

    def unreadable(self, *, reading: bool) -> OutcomeUnknown:
        """Return the failure for a response that lacks what the operation documents."""
        problem = Problem(http_status=self.status, request_id=self.request_id)
        return OutcomeUnknown("unreadable", problem, reading=reading)


class TwilioApi:
    """Calls one of Twilio's APIs. It is cheap to create: the first call opens the HTTP client.

    A call without complete ``credentials`` raises `MissingCredentials`. ``app`` is an ASGI app in
    this process that replaces Twilio. Times are in seconds; the total timeout is at least 1.
    ``connections`` is the maximum number of connections.
    """

    def __init__(
        self,
        credentials: Credentials | IncompleteCredentials,
        *,
        base_url: str,
        timeout: float = 30.0,
        total_timeout: float = 45.0,
        connections: int = MAX_CONNECTIONS,
        app: "ASGIApp | None" = None,
    ) -> None:
        self._credentials = credentials
        self._base_url = base_url
        self._timeout = timeout
        self._total_timeout = total_timeout
        self._connections = connections
        self._app = app
        self._transport: Transport | None = None
        self._secrets: tuple[str, ...] = ()

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        secret: str | None = None,
    ) -> Success:
        """Send one request, and retry it if that is safe. ``secret`` is a secret in the request.

        Raises:
            NotSent, Refused, OutcomeUnknown: see `.errors`.

        """
        import stamina  # noqa: PLC0415 - keeps startup fast

        transport = self._open()
        redaction = Redaction([secret or "", *self._secrets])
        deadline = anyio.current_time() + self._total_timeout
        attempts = stamina.retry_context(
            on=retry.backoff(deadline),
            attempts=retry.ATTEMPTS,
            timeout=None,
            wait_initial=retry.WAIT_INITIAL,
            wait_max=retry.WAIT_MAX,
            wait_jitter=retry.WAIT_INITIAL,
        )
        async for attempt in attempts:
            with attempt:
                response = await transport.send(
                    method, path, query=query, body=body, deadline=deadline
                )
                return _read(response, redaction, reading=only_reads(method))
        raise AssertionError("stamina raises the last failure")  # pragma: no cover

    async def aclose(self) -> None:
        """Close the connections. No other method may be called afterwards."""
        if self._transport is not None:
            await self._transport.aclose()

    def _open(self) -> Transport:
        if self._transport is None:
            credentials = self._credentials
            if isinstance(credentials, IncompleteCredentials):
                raise MissingCredentials(credentials.remedy)
            self._secrets = credentials.secrets
            self._transport = Transport(
                credentials,
                base_url=self._base_url,
                timeout=self._timeout,
                connections=self._connections,
                app=self._app,
            )
        return self._transport


def _read(response: Response, redaction: Redaction, *, reading: bool) -> Success:
    body, request_id = _json_object(response.content), response.request_id
    if redaction.is_needed(response.content + (request_id or "").encode()):
        body, request_id = redaction.apply(body), redaction.apply(request_id)
    if response.status in _OK:
        success = Success(body or {}, request_id, response.status)
        if (body is None and response.status != NO_CONTENT) or _is_error(body):
            raise success.unreadable(reading=reading)
        return success
    problem = read_problem(
        response.status, body, request_id=request_id, retry_after=response.retry_after
    )
    if response.status >= _SERVER_ERROR or response.status == _REQUEST_TIMEOUT:
        raise OutcomeUnknown("server_error", problem, reading=reading)
    raise Refused(problem)


def _json_object(content: bytes) -> dict[str, object] | None:
    try:
        value = pydantic_core.from_json(content, allow_inf_nan=False)
    except ValueError:
        return None
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _is_error(body: dict[str, object] | None) -> bool:
    """Tell whether a successful response contains a classic error instead of a sender."""
    return body is not None and {"code", "message"} <= body.keys() and "sid" not in body
