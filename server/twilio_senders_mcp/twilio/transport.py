"""Requests to Twilio over HTTP, with limits on time, size and connections, and typed failures.

The accounts share the connections to a base URL. What belongs to one account, its credentials,
travels with each request; nothing that a response sets, such as a cookie, is kept for another.

This is the only module that imports the HTTP library. When an exchange fails, what matters is
whether any part of the request was sent. The transport observes that in httpx's trace; it does not
infer it from the type of the failure.
"""

import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Final, cast

import anyio
import httpx2 as httpx

from twilio_senders_mcp import __version__

from .credentials import Credentials
from .departure import Departure
from .errors import NotSent, NotSentReason, OutcomeUnknown, UnknownReason
from .messages import Request, Response, request_id, retry_after
from .writes import WritesInFlight

if TYPE_CHECKING:
    from starlette.types import ASGIApp

TIMEOUT: Final = 30.0
"""Of one exchange, in seconds, unless the transport is made with another one."""

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

_HEADERS: Final = {
    "Accept": "application/json",
    # Responses are small; without compression, their size is known before they are decoded.
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
    "User-Agent": f"twilio-senders-mcp/{__version__}",
}


class Transport:
    """Sends requests to one base URL. It is cheap to create: the first request opens it.

    ``app`` is an ASGI app in this process that replaces Twilio. ``timeout`` bounds one exchange,
    in seconds; ``connections`` is the maximum number of connections.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float = TIMEOUT,
        connections: int = MAX_CONNECTIONS,
        app: "ASGIApp | None" = None,
    ) -> None:
        self._base_url = base_url
        self._timeout = timeout
        self._connections = connections
        self._app = app
        self._http: httpx.AsyncClient | None = None
        self._free = anyio.Semaphore(connections)
        # Writes that hang must not keep reads waiting.
        self._free_for_writes = anyio.Semaphore(connections - connections // _READ_SHARE)
        self._writes = WritesInFlight()

    async def send(
        self, request: Request, credentials: Credentials | None, deadline: float
    ) -> Response:
        """Send one request and return the response, whatever its status.

        Without ``credentials`` it is not signed. ``deadline`` is a time of `anyio.current_time`.

        Raises:
            NotSent: if no request left this process.
            OutcomeUnknown: if the request left, but no response came.

        """
        http = self._open()
        await self._wait_for_connection(request, deadline)
        departure = Departure(left=self._app is not None)
        built = http.build_request(
            request.method,
            request.path,
            params=request.query,
            content=request.body,
            extensions={"trace": departure.trace},
        )
        exchange = partial(_exchange, http, built, credentials)
        sending = self._send(request, exchange, departure, deadline)
        if request.only_reads:
            return await sending
        return await self._writes.finish(
            sending, name=f"{request.method} {request.path}", has_left=lambda: departure.left
        )

    async def aclose(self) -> None:
        """Let the writes in progress finish, then close the connections."""
        await self._writes.aclose()
        if self._http is not None:
            await self._http.aclose()

    def _open(self) -> httpx.AsyncClient:
        """Return the HTTP client, created on first use.

        Raises:
            NotSent: if the address, or the proxy or certificate settings, cannot be used.

        """
        if self._http is None:
            try:
                self._http = httpx.AsyncClient(
                    base_url=self._base_url,
                    headers=_HEADERS,
                    # `send` bounds the whole exchange; httpx only bounds the connection phase.
                    timeout=httpx.Timeout(None, connect=min(CONNECT_TIMEOUT_MAX, self._timeout)),
                    limits=httpx.Limits(
                        max_connections=self._connections,
                        max_keepalive_connections=self._connections,
                    ),
                    # A proxy from the environment could read the credentials of a plain request.
                    trust_env=self._base_url.startswith("https://"),
                    # A cookie of one account must not travel with a request of another.
                    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                    transport=httpx.ASGITransport(app=cast("Any", self._app))
                    if self._app
                    else None,
                )
            except (ImportError, ValueError, OSError, httpx.InvalidURL):
                raise NotSent("configuration") from None
        return self._http

    async def _wait_for_connection(self, request: Request, deadline: float) -> None:
        """Wait until one of the connections is free.

        Raises:
            NotSent: if none became free in time.

        """
        pools = [self._free] if request.only_reads else [self._free_for_writes, self._free]
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

    def _release_connection(self, request: Request) -> None:
        self._free.release()
        if not request.only_reads:
            self._free_for_writes.release()

    async def _send(
        self,
        request: Request,
        exchange: Callable[[], Awaitable[Response]],
        departure: Departure,
        deadline: float,
    ) -> Response:
        try:
            with anyio.fail_after(min(self._timeout, deadline - anyio.current_time())):
                return await exchange()
        except (httpx.RequestError, OSError) as error:  # OSError: a timeout, or one of an ASGI app
            if not departure.left:
                raise NotSent(_not_sent_reason(error)) from None
            raise OutcomeUnknown(_unknown_reason(error), reading=request.only_reads) from None
        finally:
            await departure.close_unused()
            self._release_connection(request)


async def _exchange(
    http: httpx.AsyncClient, request: httpx.Request, credentials: Credentials | None
) -> Response:
    auth = httpx.BasicAuth(credentials.username, credentials.password) if credentials else None
    response = await http.send(request, auth=auth, stream=True)
    try:
        content = await _bounded_content(response)
    finally:
        await response.aclose()
    headers = response.headers
    return Response(
        response.status_code,
        content,
        request_id(headers),
        retry_after(headers.get("Retry-After")),
        headers.get("Date"),
    )


async def _bounded_content(response: httpx.Response) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > CONTENT_MAX:
            return b""
        chunks.append(chunk)
    return b"".join(chunks)


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
