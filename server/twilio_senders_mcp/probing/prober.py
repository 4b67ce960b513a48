"""Looks at a URL from this machine.

The URL was written by others. So each host is resolved once, the connection goes to that very
address, and addresses that are not public are refused, also after a redirect. No credentials and
no cookies are sent, and time and size are bounded. Only HEAD and GET are used: a POST to a webhook
would be taken for a message.
"""

import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

import anyio

from .addresses import IPAddress, is_loopback, is_public
from .errors import ProbeFailed
from .pictures import HEAD_MAX, Picture, read_picture
from .targets import Target, Unprobeable, read_target

if TYPE_CHECKING:
    import httpcore2

SECONDS_MAX: Final = 10.0
"""Of one look, redirects included."""

REDIRECTS_MAX: Final = 3
PICTURE_MAX: Final = 6 << 20
"""How much of a picture is counted at most, in bytes."""

CONCURRENCY: Final = 16
"""How many looks there are at once."""

ADDRESSES_MAX: Final = 3
"""How many addresses of a host are tried."""

_Known = dict[str, list[IPAddress]]

_REDIRECTS: Final = (301, 302, 303, 307, 308)
_ERROR: Final = 400

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Returns the IP addresses of a host name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: its status, where it came from, and when the first certificate ends."""

    status: int
    redirects: int
    encrypted: bool
    certificate_end: datetime | None
    picture: Picture | None = None


async def system_addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a host by this machine's resolver."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


class Prober:
    """Looks at URLs. With ``allow_loopback``, this machine may be looked at, too.

    ``trust`` decides which certificates are trusted; None is what this machine trusts.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        resolve: Resolve = system_addresses,
        trust: ssl.SSLContext | None = None,
        seconds: float = SECONDS_MAX,
    ) -> None:
        self.allow_loopback = allow_loopback
        self._resolve = resolve
        self._given_trust = trust
        self._seconds = seconds
        self._free = anyio.Semaphore(CONCURRENCY)

    async def look(self, url: str) -> Answer:
        """Return what ``url`` responds to HEAD, or to GET if it refuses that.

        Raises:
            ProbeFailed: if there is no response.

        """
        known: _Known = {}
        async with self._bounded():
            async with self._following("HEAD", url, known) as (answer, _):
                if answer.status < _ERROR:
                    return answer
            async with self._following("GET", url, known) as (answer, _):
                return answer

    async def look_at_picture(self, url: str) -> Answer:
        """Return the response to GET with what the first bytes tell about the picture in it.

        Raises:
            ProbeFailed: as in `look`.

        """
        async with self._bounded(), self._following("GET", url, {}) as (answer, response):
            picture = await _picture(response)
            return Answer(
                answer.status,
                answer.redirects,
                answer.encrypted,
                answer.certificate_end,
                picture,
            )

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        import httpcore2  # noqa: PLC0415 - loaded by the first look, so that a start is fast

        return self._given_trust or httpcore2.default_ssl_context()

    @asynccontextmanager
    async def _bounded(self) -> AsyncGenerator[None]:
        async with self._free:
            try:
                with anyio.fail_after(self._seconds):
                    yield
            except TimeoutError:
                raise ProbeFailed("timeout") from None

    @asynccontextmanager
    async def _following(
        self, method: str, url: str, known: _Known
    ) -> "AsyncGenerator[tuple[Answer, httpcore2.Response]]":
        """Yield the first response that is no redirect, with the same checks at each step."""
        from .connection import certificate_end, opened  # noqa: PLC0415 - as in `_trust`

        end: datetime | None = None
        for redirects in range(REDIRECTS_MAX + 1):
            try:
                target = read_target(url, allow_loopback=self.allow_loopback)
                addresses = await self._addresses_of(target, known)
                async with opened(method, target, addresses, self._trust) as response:
                    end = end or certificate_end(response)
                    location = _location(response)
                    if location is None:
                        answer = Answer(response.status, redirects, target.is_encrypted, end)
                        yield answer, response
                        return
            except Unprobeable as error:
                raise ProbeFailed(error.problem, redirected=redirects > 0) from None
            except ProbeFailed as error:
                raise ProbeFailed(error.reason, redirected=redirects > 0) from None
            url = _joined(url, location)
        raise ProbeFailed("redirects", redirected=True)

    async def _addresses_of(self, target: Target, known: _Known) -> list[IPAddress]:
        """Return the addresses to connect to. Every address of the host must be public.

        A host is resolved once; ``known`` are those that were.

        Raises:
            ProbeFailed: if there is none, or if one is not public.

        """
        if target.literal is not None:
            return [target.literal]
        if target.host in known:
            return known[target.host]
        try:
            found = [ip_address(text) for text in await self._resolve(target.host, target.port)]
        except (OSError, ValueError, UnicodeError):
            raise ProbeFailed("dns") from None
        if not found:
            raise ProbeFailed("dns")
        for address in found:
            loopback = self.allow_loopback and is_loopback(address)
            if not (is_public(address) or loopback):
                raise ProbeFailed("private_address")
        # Twilio uses IPv4, and not every machine has IPv6.
        known[target.host] = sorted(found, key=lambda address: address.version)[:ADDRESSES_MAX]
        return known[target.host]


def _location(response: "httpcore2.Response") -> str | None:
    """Return where a redirect leads, None if the response is no redirect."""
    if response.status not in _REDIRECTS:
        return None
    return _header(response, b"location")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def _header(response: "httpcore2.Response", wanted: bytes) -> str | None:
    for name, value in response.headers:
        if name.lower() == wanted:
            return value.decode("latin-1")
    return None


async def _picture(response: "httpcore2.Response") -> Picture:
    """Read the head of a picture, and count its bytes if the server does not say how many."""
    length = _header(response, b"content-length") or ""
    known = int(length) if length.isascii() and length.isdigit() and len(length) <= 15 else None  # noqa: PLR2004 - a petabyte
    head, size = bytearray(), 0
    ended = True
    async for chunk in response.aiter_stream():
        head += chunk[: HEAD_MAX - len(head)]
        size += len(chunk)
        if size >= (HEAD_MAX if known is not None else PICTURE_MAX):
            ended = False
            break
    counted = size if ended else None
    return read_picture(
        bytes(head),
        _header(response, b"content-type") or "",
        known if known is not None else counted,
    )
