"""Which IP addresses belong to the public internet."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

IPAddress = IPv4Address | IPv6Address

_NAT64: Final = IPv6Network("64:ff9b::/96")
"""Addresses that lead to the IPv4 address in their last 32 bits (RFC 6052)."""

# Not every supported version of Python knows these as not global (RFC 3879, RFC 9637, RFC 7526;
# RFC 6890, RFC 7526, RFC 2544).
_SPECIAL_IPV6: Final = (
    IPv6Network("fec0::/10"),
    IPv6Network("3fff::/20"),
    IPv6Network("2002::/16"),
)
_SPECIAL: Final = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("198.18.0.0/15"),
)


def is_public(address: IPAddress) -> bool:
    """Tell whether an address, and each one embedded in it, is a public unicast address."""
    return all(_is_public(one) for one in (address, *_embedded(address)))


def is_loopback(address: IPAddress) -> bool:
    """Tell whether an address means this machine."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _is_public(address: IPAddress) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped or address in _NAT64:
            return True  # the embedded address decides
        if address.scope_id or any(address in network for network in _SPECIAL_IPV6):
            return False
    elif any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _embedded(address: IPAddress) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address leads to."""
    if isinstance(address, IPv4Address):
        return
    for inner in (address.ipv4_mapped, *(address.teredo or ())):
        if inner is not None:
            yield inner
    if address in _NAT64:
        yield IPv4Address(address.packed[-4:])
