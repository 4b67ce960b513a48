"""HTTP requests to addresses that were chosen before, whatever the name then resolves to."""

import ssl
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final, cast

import httpcore2

from twilio_senders_mcp import __version__

from .addresses import IPAddress
from .errors import ProbeFailed, Reason
from .targets import Target

NEXT_SECONDS: Final = 3.0
"""How long a connection may take before the host's next address is tried."""

_HEADERS: Final = {
    "User-Agent": f"twilio-senders-mcp/{__version__} (check)",
    "Accept": "*/*",
    # Nothing is decompressed, so that nothing can grow while it is.
    "Accept-Encoding": "identity",
    "Connection": "close",
}

# The numbers are OpenSSL's (X509_V_ERR_…).
_CERTIFICATE_REASONS: Final[dict[int, Reason]] = {
    9: "certificate_expired",
    10: "certificate_expired",
    18: "certificate_self_signed",
    19: "certificate_self_signed",
    62: "certificate_host",
    64: "certificate_host",
}


@asynccontextmanager
async def opened(
    method: str, target: Target, addresses: Sequence[IPAddress], trust: ssl.SSLContext
) -> AsyncGenerator[httpcore2.Response]:
    """Send a request without a body to the first of ``addresses`` that takes a connection.

    The body of the response is unread.

    Raises:
        ProbeFailed: if there is no response.

    """
    url = httpcore2.URL(
        scheme=target.scheme.encode(),
        host=target.host.encode(),
        port=target.port,
        target=target.path.encode(),
    )
    backend = _PinnedBackend(addresses)
    try:
        async with (
            httpcore2.AsyncConnectionPool(
                ssl_context=trust, max_connections=1, network_backend=backend
            ) as pool,
            pool.stream(method, url, headers=list(_HEADERS.items())) as response,
        ):
            yield response
    except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
        raise ProbeFailed(_reason(error)) from None


def certificate_end(response: httpcore2.Response) -> datetime | None:
    """Return when the server's certificate ends, None without TLS."""
    extensions = cast("dict[str, Any]", response.extensions)  # pyright: ignore[reportUnknownMemberType] - httpcore types them in part
    tls = extensions["network_stream"].get_extra_info("ssl_object")
    certificate: dict[str, Any] = (tls.getpeercert() or {}) if tls else {}
    end = cast("str | None", certificate.get("notAfter"))
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC) if end else None


class _PinnedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to given addresses instead of the host of the URL, which TLS still verifies."""

    def __init__(self, addresses: Sequence[IPAddress]) -> None:
        self._addresses = addresses
        self._backend: Any = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - it is not resolved again
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        *others, last = map(str, self._addresses)
        for address in others:
            with suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return await self._backend.connect_tcp(
                    address, port, NEXT_SECONDS, local_address, socket_options
                )
        return await self._backend.connect_tcp(last, port, timeout, local_address, socket_options)


def _reason(error: Exception) -> Reason:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _CERTIFICATE_REASONS.get(cause.verify_code, "certificate_untrusted")
        if isinstance(cause, ssl.SSLError):
            return "tls"
        if isinstance(cause, ConnectionRefusedError):
            return "refused"
    return "protocol" if isinstance(error, httpcore2.ProtocolError) else "network"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
