"""The part of Twilio's Monitor API that lists alerts.

Facts: Twilio's page "Monitor REST API: Alerts". The sandbox has alerts for the webhooks of one
seeded sender, generated shortly before each request. Twilio documents no error code for a bad
query; the sandbox chooses 400 / 20001.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from twilio_senders_mcp.sandbox.credentials import ACCOUNT_SID
from twilio_senders_mcp.sandbox.errors import (
    BAD_PARAMETER,
    METHOD_NOT_ALLOWED,
    ApiError,
    not_found,
)
from twilio_senders_mcp.sandbox.sender import JsonObject

ALERTS_PATH: Final = "/v1/Alerts"

_LEVELS: Final = ("error", "warning", "notice", "debug")
_NUMBER: Final = re.compile(r"[0-9]{1,6}")
_DEFAULT_PAGE_SIZE: Final = 50
_LARGEST_PAGE: Final = 1000
_FORMATS: Final = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d")
_KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Seed:
    """An alert of the main account, and how long before the request it was generated."""

    number: int
    age: timedelta
    code: str
    level: str
    url: str


_SEEDS: Final = (
    _Seed(1, timedelta(minutes=7), "11200", "error", "http://10.0.0.5/inbound"),
    _Seed(2, timedelta(minutes=52), "11200", "error", "http://10.0.0.5/inbound"),
    _Seed(3, timedelta(hours=3), "11237", "error", "https://localhost:8443/status?kind=sms"),
    _Seed(4, timedelta(hours=5), "12300", "warning", "https://elsewhere.example.com/voice"),
    _Seed(5, timedelta(days=3), "11210", "error", "http://10.0.0.5/inbound"),
)


def is_for_monitor(path: str) -> bool:
    """Tell whether ``path`` belongs to the Monitor API."""
    return path.startswith(ALERTS_PATH)


def respond(
    account_sid: str, method: str, path: str, query: Mapping[str, str], origin: str
) -> JsonObject:
    """Return the body of a successful response.

    Raises:
        ApiError: if the request is refused.

    """
    if path != ALERTS_PATH:
        raise not_found(path)
    if method != "GET":
        raise ApiError(405, METHOD_NOT_ALLOWED, f"Method {method} is not allowed")
    now = datetime.now(UTC)
    start, end = _date(query, "StartDate") or now - _KEPT, _date(query, "EndDate") or now
    level = query.get("LogLevel")
    if level is not None and level not in _LEVELS:
        raise ApiError(400, BAD_PARAMETER, "LogLevel is not valid")
    wanted = [
        seed
        for seed in _SEEDS
        if account_sid == ACCOUNT_SID
        and max(start, now - _KEPT) <= now - seed.age <= end
        and level in (None, seed.level)
    ]
    size, page = _number(query, "PageSize", _DEFAULT_PAGE_SIZE), _number(query, "Page", 0)
    if not 1 <= size <= _LARGEST_PAGE:
        raise ApiError(400, BAD_PARAMETER, f"PageSize must be from 1 to {_LARGEST_PAGE}")
    first = page * size
    url = f"{origin}{ALERTS_PATH}"

    def page_url(number: int) -> str:
        return f"{url}?{urlencode({**query, 'PageSize': size, 'Page': number})}"

    return {
        "alerts": [_alert(seed, account_sid, now, url) for seed in wanted[first : first + size]],
        "meta": {
            "page": page,
            "page_size": size,
            "first_page_url": page_url(0),
            "previous_page_url": page_url(page - 1) if page else None,
            "url": page_url(page),
            "next_page_url": page_url(page + 1) if first + size < len(wanted) else None,
            "key": "alerts",
        },
    }


def _alert(seed: _Seed, account_sid: str, now: datetime, url: str) -> JsonObject:
    sid = f"NO{seed.number:032x}"
    date = f"{now - seed.age:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "sid": sid,
        "account_sid": account_sid,
        "error_code": seed.code,
        "log_level": seed.level,
        "alert_text": f"sourceComponent=14100&ErrorCode={seed.code}",
        "api_version": None,
        "request_method": "POST",
        "request_url": seed.url,
        "request_variables": None,
        "resource_sid": f"SM{seed.number:032x}",
        "service_sid": None,
        "more_info": f"https://www.twilio.com/docs/errors/{seed.code}",
        "date_generated": date,
        "date_created": date,
        "date_updated": date,
        "url": f"{url}/{sid}",
    }


def _date(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ApiError(400, BAD_PARAMETER, f"{name} must be a date")


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not _NUMBER.fullmatch(text):
        raise ApiError(400, BAD_PARAMETER, f"{name} must be a whole number")
    return int(text)
