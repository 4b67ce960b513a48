"""HTTP requests and responses, as the rest of the package sees them."""

import email.utils
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_REQUEST_ID: Final = re.compile(r"[\w-]{1,100}", re.ASCII)
_SECONDS_DIGITS_MAX: Final = 9


@dataclass(frozen=True, slots=True)
class Request:
    """A request to an API. ``body`` is JSON; it may contain a secret."""

    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: bytes | None = field(default=None, repr=False)

    @property
    def only_reads(self) -> bool:
        """Whether the request changes nothing at Twilio."""
        return self.method == "GET"


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response. Its content is empty if it was larger than `.transport.CONTENT_MAX`.

    ``date`` is the header ``Date`` as it was received; `http_date` reads it.
    """

    status: int
    content: bytes
    request_id: str | None
    retry_after: float | None
    date: str | None = None


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return Twilio's id of the request, None for a text that is no identifier."""
    request_id = headers.get("T-Request-Id") or headers.get("Twilio-Request-Id") or ""
    return request_id if _REQUEST_ID.fullmatch(request_id) else None


def retry_after(value: str | None) -> float | None:
    """Return ``Retry-After`` (RFC 9110: seconds or a date) in seconds, or None if unusable."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value) if len(value) <= _SECONDS_DIGITS_MAX else None
    time_to_retry = http_date(value)
    return None if time_to_retry is None else max(0.0, time_to_retry - time.time())


def http_date(value: str) -> float | None:
    """Return a date of HTTP in seconds since the epoch, or None if it is none."""
    try:
        return email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None
