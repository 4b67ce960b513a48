"""The query of a list request, its pages and the ``meta`` object.

``PageToken`` is opaque to callers. It consists of ``PA`` (after) or ``PB`` (before) and a position,
so that no sender is skipped or repeated if one is deleted between two pages. ``Page`` is only
echoed, as Twilio documents.

Twilio documents no error code for a bad query; the sandbox chooses 400 / 20001.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio_senders_mcp.sandbox.errors import BAD_PARAMETER, ApiError
from twilio_senders_mcp.sandbox.sender import JsonObject, Sender

_DEFAULT_PAGE_SIZE = {"whatsapp": 20, "rcs": 50}
_LARGEST_PAGE = 1000
_TOKEN = re.compile(r"P([AB])([0-9a-f]{32})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """The validated query of a list request."""

    channel: str
    page_size: int
    page: int
    token: str | None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "PageQuery":
        """Return the validated query of a list request."""
        channel = query.get("Channel")
        if channel not in _DEFAULT_PAGE_SIZE:
            raise _invalid_query("Channel", "is required: whatsapp or rcs")
        token = query.get("PageToken")
        if token is not None and not _TOKEN.fullmatch(token):
            raise _invalid_query("PageToken", "was not issued by this API")
        size = _integer(query, "PageSize", _DEFAULT_PAGE_SIZE[channel])
        if not 1 <= size <= _LARGEST_PAGE:
            raise _invalid_query("PageSize", f"must be from 1 to {_LARGEST_PAGE}")
        return cls(channel=channel, page_size=size, page=_integer(query, "Page", 0), token=token)

    def url(self, endpoint: str, page: int, token: str | None) -> str:
        """Return the URL of a page of this query."""
        query = {"PageSize": str(self.page_size), "Page": str(page)}
        if token is not None:
            query["PageToken"] = token
        return f"{endpoint}?{urlencode({**query, 'Channel': self.channel})}"


def cut_page(
    senders: Sequence[Sender], query: PageQuery, endpoint: str
) -> tuple[Sequence[Sender], JsonObject]:
    """Return the page's senders and its ``meta``; ``senders`` must be ordered by position."""
    start, end = _bounds([sender.position for sender in senders], query)
    previous_url = next_url = None
    if start > 0:
        before = f"PB{senders[start - 1].position + 1:032x}"
        previous_url = query.url(endpoint, max(query.page - 1, 0), before)
    if end < len(senders):
        after = f"PA{senders[end - 1].position:032x}"
        next_url = query.url(endpoint, query.page + 1, after)
    return senders[start:end], {
        "page": query.page,
        "page_size": query.page_size,
        "first_page_url": query.url(endpoint, 0, None),
        "previous_page_url": previous_url,
        "url": query.url(endpoint, query.page, query.token),
        "next_page_url": next_url,
        "key": "senders",
    }


def _bounds(positions: Sequence[int], query: PageQuery) -> tuple[int, int]:
    token = _TOKEN.fullmatch(query.token or "")
    start = 0
    if token is not None:
        side, position = token[1], int(token[2], 16)
        if side == "B":
            end = bisect_left(positions, position)
            return max(end - query.page_size, 0), end
        start = bisect_right(positions, position)
    return start, min(start + query.page_size, len(positions))


def _integer(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise _invalid_query(name, "must be a whole number")
    return int(text)


def _invalid_query(name: str, problem: str) -> ApiError:
    return ApiError(400, BAD_PARAMETER, f"{name} {problem}")
