"""Requests to Twilio over HTTP, with limits on time, size and connections, and typed failures.

This is the only module that imports the HTTP library. When an exchange fails, what matters is
whether any part of the request was sent. The transport observes that in httpx's trace; it does not
infer it from the type of the failure.
"""

import email.utils
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import anyio
import httpx2 as httpx

from twilio_senders_mcp import __version__

from .credentials import Credentials
from .errors import NotSent, NotSentReason, OutcomeUnknown, UnknownReason
from .writes import WritesInFlight

if TYPE_CHECKING:
    from starlette.types import ASGIApp

MAX_CONNECTIONS: Final = 20
"""At once, unless the transport is made with another number."""

WAIT_MAX: Final = 20.0
"""Longest wait for a free connection, in seconds."""

# One connection in this many is kept for reads.
_READ_SHARE: Final = 4

CONNECT_TIMEOUT_MAX: Final = 10.0
ATTEMPT_MIN: Final = 0.5
"""Minimum time left to start an exchange, in seconds; with less, its outcome might stay unknown."""

CONTENT_MAX: Final = 8 << 20
"""Maximum size of a decoded response, in bytes; a page of 1,000 senders has about 2 MiB."""

_REQUEST_ID: Final = re.compile(r"[\w-]{1,100}", re.ASCII)
_SECONDS_DIGITS_MAX: Final = 9
_HEADERS: Final = {
    "Accept": "application/json",
    # Responses are small; without compression, their size is known before they are decoded.
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
    "User-Agent": f"twilio-senders-mcp/{__version__}",
}


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response. Its content is empty if it was larger than `CONTENT_MAX`."""

    status: int
    content: bytes
    request_id: str | None
    retry_after: float | None


class Transport:
    """Sends requests to one base URL with one set of credentials.

    ``app`` is an ASGI app in this process that replaces Twilio. ``timeout`` bounds one exchange,
    in seconds; ``connections`` is the maximum number of connections.

    Raises:
        NotSent: if the address, or the proxy or certificate settings, cannot be used.

    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        base_url: str,
        timeout: float,
        connections: int,
        app: "ASGIApp | None",
    ) -> None:
        self._timeout = timeout
        self._in_process = app is not None
        self._free = anyio.Semaphore(connections)
        # Writes that hang must not keep reads waiting.
        self._free_for_writes = anyio.Semaphore(connections - connections // _READ_SHARE)
        self._writes = WritesInFlight()
        try:
            self._http = httpx.AsyncClient(
                base_url=base_url,
                auth=(credentials.username, credentials.password),
                headers=_HEADERS,
                # `send` bounds the whole exchange; httpx only needs to bound the connection phase.
                timeout=httpx.Timeout(None, connect=min(CONNECT_TIMEOUT_MAX, timeout)),
                limits=httpx.Limits(
                    max_connections=connections, max_keepalive_connections=connections
                ),
                # A proxy from the environment could read the credentials of a plain http request.
                trust_env=base_url.startswith("https://"),
                transport=httpx.ASGITransport(app=cast("Any", app)) if app else None,
            )
        except (ImportError, ValueError, OSError, httpx.InvalidURL):
            raise NotSent("configuration") from None

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None,
        body: bytes | None,
        deadline: float,
    ) -> Response:
        """Send one request and return the response, whatever its status.

        ``deadline`` is a time of `anyio.current_time`.

        Raises:
            NotSent: if no request left this process.
            OutcomeUnknown: if the request left, but no response came.

        """
        request = self._http.build_request(method, path, params=query, content=body)
        await self._wait_for_connection(method, deadline)
        departure = _Departure(left=self._in_process)
        request.extensions["trace"] = departure.trace
        sending = self._send(request, departure, deadline)
        if only_reads(method):
            return await sending
        return await self._writes.finish(
            sending, name=f"{method} {path}", has_left=lambda: departure.left
        )

    async def aclose(self) -> None:
        """Let the writes in progress finish, then close the connections."""
        await self._writes.aclose()
        await self._http.aclose()

    async def _wait_for_connection(self, method: str, deadline: float) -> None:
        """Wait until one of the connections is free.

        Raises:
            NotSent: if none became free in time.

        """
        pools = [self._free] if only_reads(method) else [self._free_for_writes, self._free]
        if all(pool.value for pool in pools):
            for pool in pools:
                pool.acquire_nowait()
            return
        remaining = deadline - ATTEMPT_MIN - anyio.current_time()
        with ExitStack() as acquired:
            try:
                with anyio.fail_after(min(WAIT_MAX, remaining)):
                    for pool in pools:
                        await pool.acquire()
                        acquired.callback(pool.release)
            except TimeoutError:
                raise NotSent("busy") from None
            acquired.pop_all()

    def _release_connection(self, method: str) -> None:
        self._free.release()
        if not only_reads(method):
            self._free_for_writes.release()

    async def _send(
        self, request: httpx.Request, departure: "_Departure", deadline: float
    ) -> Response:
        try:
            with anyio.fail_after(min(self._timeout, deadline - anyio.current_time())):
                return await self._receive(request)
        except (httpx.RequestError, OSError) as error:  # OSError: a timeout, or one of an ASGI app
            if not departure.left:
                raise NotSent(_not_sent_reason(error)) from None
            reading = only_reads(request.method)
            raise OutcomeUnknown(_unknown_reason(error), reading=reading) from None
        finally:
            self._release_connection(request.method)

    async def _receive(self, request: httpx.Request) -> Response:
        response = await self._http.send(request, stream=True)
        try:
            content = await _bounded_content(response)
        finally:
            await response.aclose()
        headers = response.headers
        return Response(
            response.status_code,
            content,
            _request_id(headers),
            _retry_after(headers.get("Retry-After")),
        )


def _request_id(headers: Mapping[str, str]) -> str | None:
    """Return Twilio's id of the request, None for a text that is no identifier."""
    request_id = headers.get("T-Request-Id") or headers.get("Twilio-Request-Id") or ""
    return request_id if _REQUEST_ID.fullmatch(request_id) else None


def only_reads(method: str) -> bool:
    """Tell whether a request with this method changes nothing at Twilio."""
    return method == "GET"


class _Departure:
    """Detects in httpx's trace whether sending the request has begun."""

    def __init__(self, *, left: bool) -> None:
        self.left = left

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        # A CONNECT to a proxy does not carry the request itself.
        if event.endswith("send_request_headers.started"):
            self.left = self.left or info["request"].method != b"CONNECT"


async def _bounded_content(response: httpx.Response) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > CONTENT_MAX:
            return b""
        chunks.append(chunk)
    return b"".join(chunks)


def _retry_after(value: str | None) -> float | None:
    """Return ``Retry-After`` (RFC 9110: seconds or a date) in seconds, or None if unusable."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value) if len(value) <= _SECONDS_DIGITS_MAX else None
    try:
        time_to_retry = email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, time_to_retry - time.time())


def _unknown_reason(error: Exception) -> UnknownReason:
    if isinstance(error, TimeoutError):
        return "timeout"
    return "unreadable" if isinstance(error, httpx.DecodingError) else "connection_lost"


def _not_sent_reason(error: BaseException) -> NotSentReason:
    if isinstance(error, (TimeoutError, httpx.TimeoutException)):
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
