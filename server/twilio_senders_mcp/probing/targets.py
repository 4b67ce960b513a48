"""What a URL names: its host, port and path, if it may be opened at all."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote, urlsplit

import idna

from .addresses import IPAddress, is_loopback, is_public

Problem = Literal[
    "not_absolute",
    "user_info",
    "odd_host",
    "local_name",
    "reserved_name",
    "private_address",
    "port",
]
"""``odd_host``: no name or address in its usual form. ``local_name``: a name without a meaning in
the public DNS. ``reserved_name``: a name for documentation and tests (RFC 2606, RFC 6761)."""

_URL_MAX: Final = 4096
_UNSAFE: Final = re.compile(r"[\s\\\x00-\x20\x7f]")
_NUMERIC: Final = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_PORTS: Final = {"http": 80, "https": 443}
_USER_PORTS: Final = 1024
_LOCAL: Final = (
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "home.arpa",
    "onion",
)
_RESERVED: Final = ("test", "invalid", "example", "example.com", "example.net", "example.org")


class Unprobeable(Exception):  # noqa: N818 - a property of the URL
    """The URL cannot be opened, or must not be."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem


@dataclass(frozen=True, slots=True)
class Target:
    """What a URL names.

    ``literal`` is its host if that is an IP address. ``path`` includes the query.
    """

    scheme: str
    host: str
    port: int
    path: str
    literal: IPAddress | None

    @property
    def is_encrypted(self) -> bool:
        """Whether TLS is used."""
        return self.scheme == "https"


def read_target(url: str, *, allow_loopback: bool = False) -> Target:
    """Return what ``url`` names.

    With ``allow_loopback``, this machine may be named, too.

    Raises:
        Unprobeable: if it must not be opened.

    """
    if len(url) > _URL_MAX or _UNSAFE.search(url):
        raise Unprobeable("not_absolute")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unprobeable("odd_host") from None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not parts.netloc:
        raise Unprobeable("not_absolute")
    if "@" in parts.netloc:
        raise Unprobeable("user_info")
    literal = _literal(parts.hostname or "")
    host = str(literal) if literal else _name(parts.hostname or "")
    loopback = is_loopback(literal) if literal else _is_below(host, ("localhost",))
    number = port if port is not None else _PORTS[scheme]
    if not (allow_loopback and loopback):
        _require_public(host, literal)
        if number not in _PORTS.values() and number < _USER_PORTS:
            raise Unprobeable("port")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/?%:@!$&()*+,;=~-._')}" if parts.query else ""
    return Target(scheme, host, number, path + query, literal)


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _name(host: str) -> str:
    """Return a host name in the form of the DNS, in lower case and without a final dot."""
    try:
        name = idna.encode(host.removesuffix("."), uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        name = host.removesuffix(".").lower()
    # Browsers and libraries read a name that ends with a number as an IPv4 address.
    if not _NAME.fullmatch(name) or _NUMERIC.fullmatch(name.rpartition(".")[2]):
        raise Unprobeable("odd_host")
    return name


def _require_public(host: str, literal: IPAddress | None) -> None:
    if literal is not None:
        if not is_public(literal):
            raise Unprobeable("private_address")
    elif _is_below(host, _RESERVED):
        raise Unprobeable("reserved_name")
    elif "." not in host or _is_below(host, _LOCAL):
        raise Unprobeable("local_name")


def _is_below(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)
