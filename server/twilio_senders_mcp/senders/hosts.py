"""The hosts of a sender's webhook URLs."""

import re
from typing import Final

from twilio_senders_mcp.twilio.responses import Sender

from .fields import field

WEBHOOK_URLS: Final = ("callback_url", "fallback_url", "status_callback_url")
_HOST: Final = re.compile(
    r"(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.IGNORECASE
)
_URL: Final = re.compile(r"(https?://(?:[^/?#@]*@)?)([^/?#@]*)(.*)", re.IGNORECASE | re.DOTALL)
_PORT: Final = re.compile(r":[0-9]*$")


def is_host(text: str) -> bool:
    """Tell whether ``text`` is a host name or an address, with a port or without one."""
    return _HOST.fullmatch(text) is not None


def host_of(url: object) -> str | None:
    """Return the host of a URL in lower case, with its port if it names one."""
    parts = _URL.fullmatch(url) if isinstance(url, str) else None
    return parts[2].lower() if parts else None


def replace_host(url: object, old: str, new: str) -> str | None:
    """Return ``url`` with the host ``new`` if its host is ``old``, else None.

    Nothing else of the URL changes. If ``old`` has no port, it is found with any port, which stays
    unless ``new`` brings its own.
    """
    parts = _URL.fullmatch(url) if isinstance(url, str) else None
    if parts is None:
        return None
    before, host, rest = parts.groups()
    if host.lower() == old.lower():
        return f"{before}{new}{rest}"
    port = _PORT.search(host)
    if port is None or host[: port.start()].lower() != old.lower():
        return None
    return f"{before}{new}{'' if _PORT.search(new) else port[0]}{rest}"


def webhook_hosts(sender: Sender) -> set[str]:
    """Return the hosts of the sender's webhook URLs."""
    hosts = (host_of(field(sender, "webhook", name)) for name in WEBHOOK_URLS)
    return {host for host in hosts if host}


def moved_webhooks(sender: Sender, old: str, new: str) -> dict[str, str]:
    """Return the webhook URLs that have the host ``old``, by name, each with the host ``new``."""
    moved = {name: replace_host(field(sender, "webhook", name), old, new) for name in WEBHOOK_URLS}
    return {name: url for name, url in moved.items() if url is not None}
