"""Texts into the values of settings, or an error that says what was expected.

No error repeats the text: it may be a secret that landed in the wrong variable.
"""

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from .problems import UnusableValueError

TextT = TypeVar("TextT", bound=str)

_SID: Final = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
_HOST_LABEL: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ADDRESS: Final = re.compile(r"[!-~]+")
_PLACEHOLDER: Final = re.compile(r"\s*\$\{[^}]*\}\s*")
_BOOLEANS: Final = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}


def account_sid(text: str) -> str:
    """Read an account SID."""
    if _SID.fullmatch(text) and text.startswith("AC"):
        return text
    if text.startswith("SK"):
        raise UnusableValueError(
            "this is an API key (SK…); put it into TWILIO_API_KEY, and the account SID here"
        )
    raise UnusableValueError("expected an account SID: AC and 32 hexadecimal digits")


def api_key(text: str) -> str:
    """Read the SID of an API key."""
    if _SID.fullmatch(text) and text.startswith("SK"):
        return text
    if text.startswith("AC"):
        raise UnusableValueError("this is an account SID (AC…); an API key begins with SK")
    raise UnusableValueError("expected an API key: SK and 32 hexadecimal digits")


def secret_in_file(path: str) -> str:
    """Read the secret that is the whole content of a file."""
    try:
        content = Path(path).read_text("utf-8").strip()
    except (OSError, ValueError):  # ValueError: no UTF-8, or a path with a null character
        raise UnusableValueError("the file cannot be read") from None
    if not content:
        raise UnusableValueError("the file is empty")
    return content


def host_label(text: str) -> str:
    """Read one label of a host name."""
    if _HOST_LABEL.fullmatch(text):
        return text
    raise UnusableValueError("expected a name such as ie1 or dublin")


def base_url(text: str) -> str:
    """Read an address to which credentials may be sent; without a trailing slash."""
    try:
        url = urlsplit(text)
        host = url.hostname
        _ = url.port
    except ValueError:
        host, url = None, urlsplit("")
    odd = "@" in url.netloc or url.query or url.fragment or not _ADDRESS.fullmatch(text)
    if not host or odd:
        raise UnusableValueError("expected an address such as https://host.example")
    if url.scheme == "https" or (url.scheme == "http" and is_loopback(host)):
        return text.rstrip("/")
    raise UnusableValueError(
        "expected https; http only to this machine, since credentials travel with it"
    )


def state_place(text: str) -> str:
    """Read where plans and runs are kept: an absolute folder, or the URL of a database."""
    if text.startswith(("postgresql://", "postgres://", "~/")) or Path(text).is_absolute():
        return text
    raise UnusableValueError("expected the absolute path of a folder, or a postgresql:// URL")


def boolean(text: str) -> bool:
    """Read a truth value."""
    try:
        return _BOOLEANS[text.lower()]
    except KeyError:
        raise UnusableValueError("expected true or false") from None


def names(text: str) -> tuple[str, ...]:
    """Read names that are separated by commas."""
    return tuple(name.strip() for name in text.split(","))


def seconds(*, at_least: float = 0, at_most: float) -> Callable[[str], float]:
    """Return a parser of seconds, above 0 and within these bounds."""
    lowest = f"from {at_least}" if at_least else "above 0"

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = 0
        if value > 0 and at_least <= value <= at_most:
            return value
        raise UnusableValueError(f"expected a number of seconds, {lowest} to {at_most}")

    return parse


def count(lowest: int, highest: int) -> Callable[[str], int]:
    """Return a parser of whole numbers within these bounds, which are positive."""
    digits = len(str(highest))

    def parse(text: str) -> int:
        short = text.isascii() and text.isdigit() and len(text) <= digits
        if short and lowest <= int(text) <= highest:
            return int(text)
        raise UnusableValueError(f"expected a whole number from {lowest} to {highest}")

    return parse


def one_of(*choices: TextT) -> Callable[[str], TextT]:
    """Return a parser of one of at least two words, in capitals or not."""
    *others, last = [f"'{choice}'" for choice in choices]

    def parse(text: str) -> TextT:
        for choice in choices:
            if text.lower() == choice:
                return choice
        raise UnusableValueError(f"expected one of {', '.join(others)} or {last}")

    return parse


def is_placeholder(text: str) -> bool:
    """Tell whether ``text`` is a ``${…}`` that the client which started the server left as is."""
    return _PLACEHOLDER.fullmatch(text) is not None


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` can only be this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
