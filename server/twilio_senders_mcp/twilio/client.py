"""The only code that calls Twilio: one method per operation of the Senders API.

A call is bounded in every direction: one request by its timeout, all attempts of a call together
by the total timeout, the sockets of the process by `MAX_CONNECTIONS`. Redirects are not followed,
so the credentials go to no other host. Failures are the types of `.errors`.
"""

import email.utils
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

import anyio
import httpx2 as httpx
import pydantic_core
import stamina
from pydantic import SecretStr

from twilio_senders_mcp import __version__

from . import retry
from .errors import (
    MissingCredentials,
    NotSent,
    NotSentReason,
    OutcomeUnknown,
    Problem,
    Refused,
    read_problem,
)
from .models import Configuration, Sender, UpdateSender

if TYPE_CHECKING:
    from starlette.types import ASGIApp

SENDERS_PATH: Final = "/v2/Channels/Senders"
MAX_CONNECTIONS: Final = 20
CONNECT_TIMEOUT_MAX: Final = 10.0
_HEADERS: Final = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "User-Agent": f"twilio-senders-mcp/{__version__}",
}
_REDACTED: Final = "[redacted]"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signs a request: the account's SID and auth token, or an API key and its secret."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SenderAnswer:
    """A sender as Twilio sent it, and Twilio's id of the request (``T-Request-Id``)."""

    sender: Sender
    request_id: str | None


def messaging_url(region: str | None = None, edge: str | None = None) -> str:
    """Return the API's base URL by the host rules of Twilio's own libraries.

    ``{product}.{edge}.{region}.twilio.com``; an edge without a region means region us1.
    """
    if edge and not region:
        region = "us1"
    return "https://" + ".".join(part for part in ("messaging", edge, region, "twilio.com") if part)


class SendersClient:
    """Calls the Senders API; made cheaply, it opens its HTTP client on the first call.

    ``credentials`` may be the name of what is missing instead: every call then raises
    `MissingCredentials`. ``app`` is an ASGI app that answers in Twilio's place, in this process.
    Times are in seconds, the total timeout at least 1.
    """

    def __init__(
        self,
        credentials: Credentials | str,
        *,
        base_url: str,
        timeout: float = 30.0,
        total_timeout: float = 45.0,
        app: "ASGIApp | None" = None,
    ) -> None:
        self._credentials = credentials
        self._base_url = base_url
        self._timeout = timeout
        self._total_timeout = total_timeout
        self._app = app
        self._http: httpx.AsyncClient | None = None
        self._connections = anyio.Semaphore(MAX_CONNECTIONS)

    async def update(self, sid: str, changes: UpdateSender) -> SenderAnswer:
        """Change a sender: ``POST /v2/Channels/Senders/{Sid}``.

        Twilio answers 202: the change is accepted and applied later.

        Raises:
            NotSent, Refused, OutcomeUnknown: see `.errors`.

        """
        body = changes.model_dump_json().encode()
        path = f"{SENDERS_PATH}/{quote(sid, safe='')}"
        return await self._call("POST", path, body, secret=_verification_code(changes))

    async def aclose(self) -> None:
        """Close the connections; the client may not be used afterwards."""
        if self._http is not None:
            await self._http.aclose()

    async def _call(
        self, method: str, path: str, body: bytes, *, secret: str | None
    ) -> SenderAnswer:
        if isinstance(self._credentials, str):
            raise MissingCredentials(self._credentials)
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
                response = await self._send(method, path, body, deadline)
                return _read_answer(response, secret)
        raise AssertionError("stamina raises the last failure")  # pragma: no cover

    async def _send(self, method: str, path: str, body: bytes, deadline: float) -> httpx.Response:
        with anyio.CancelScope(deadline=deadline - retry.ATTEMPT_MIN) as waiting:
            await self._connections.acquire()
        if waiting.cancelled_caught:
            raise NotSent("busy")
        try:
            with anyio.fail_after(min(self._timeout, deadline - anyio.current_time())):
                return await self._open().request(method, path, content=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise NotSent(_connect_failure(error)) from None
        except TimeoutError:
            raise OutcomeUnknown("timeout") from None
        except httpx.DecodingError:
            raise OutcomeUnknown("unreadable") from None
        except (httpx.TransportError, OSError):  # OSError: an ASGI app's failures arrive as raised
            raise OutcomeUnknown("connection_lost") from None
        finally:
            self._connections.release()

    def _open(self) -> httpx.AsyncClient:
        if self._http is None:
            credentials = cast("Credentials", self._credentials)
            self._http = httpx.AsyncClient(
                base_url=self._base_url,
                auth=(credentials.username, credentials.password),
                headers=_HEADERS,
                # `_send` bounds the whole request; httpx need only tell "never connected" apart.
                timeout=httpx.Timeout(None, connect=min(CONNECT_TIMEOUT_MAX, self._timeout / 2)),
                limits=httpx.Limits(
                    max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS
                ),
                # A proxy from the environment would see the credentials of a plain http request.
                trust_env=self._base_url.startswith("https://"),
                transport=httpx.ASGITransport(app=cast("Any", self._app)) if self._app else None,
            )
        return self._http


def _read_answer(response: httpx.Response, secret: str | None) -> SenderAnswer:
    body = _json_object(response.content)
    request_id = response.headers.get("T-Request-Id") or response.headers.get("Twilio-Request-Id")
    if response.is_success:
        if body is None:
            raise OutcomeUnknown(
                "unreadable", Problem(http_status=response.status_code, request_id=request_id)
            )
        return SenderAnswer(_without_code(cast("Sender", body)), request_id)
    problem = read_problem(
        response.status_code,
        _redact(body, secret) if body and secret else body,
        request_id=request_id,
        retry_after=_retry_after(response.headers.get("Retry-After")),
    )
    if response.is_server_error:
        raise OutcomeUnknown("server_error", problem)
    raise Refused(problem)


def _json_object(content: bytes) -> dict[str, object] | None:
    try:
        value = pydantic_core.from_json(content, allow_inf_nan=False)
    except ValueError:
        return None
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _without_code(sender: Sender) -> Sender:
    """Twilio documents ``verification_code`` as null in answers; should it come back, drop it."""
    configuration = sender.get("configuration")
    if isinstance(configuration, dict) and configuration.get("verification_code") is not None:
        configuration["verification_code"] = None
    return sender


def _redact(value: object, secret: str) -> Any:
    """Replace ``secret`` in every text of a JSON value: Twilio may quote what it refuses."""
    if isinstance(value, str):
        return value.replace(secret, _REDACTED)
    if isinstance(value, list):
        return [_redact(item, secret) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {key: _redact(item, secret) for key, item in entries.items()}
    return value


def _verification_code(changes: UpdateSender) -> str | None:
    configuration = changes.configuration
    if isinstance(configuration, Configuration):
        code = configuration.verification_code
        return code.get_secret_value() if isinstance(code, SecretStr) else None
    return None


def _retry_after(value: str | None) -> float | None:
    """Read ``Retry-After`` (RFC 9110: seconds or a date) as seconds; None if unusable."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())


def _connect_failure(error: BaseException) -> NotSentReason:
    if isinstance(error, httpx.ConnectTimeout):
        return "timeout"
    causes = list(_causes(error))
    kinds: Mapping[NotSentReason, type[BaseException]] = {
        "tls": ssl.SSLError,
        "dns": socket.gaierror,
        "refused": ConnectionRefusedError,
    }
    for reason, kind in kinds.items():
        if any(isinstance(cause, kind) for cause in causes):
            return reason
    return "network"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in cast("BaseExceptionGroup[BaseException]", error).exceptions:
                yield from _causes(part)
        error = error.__cause__ or error.__context__
