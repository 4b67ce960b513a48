"""Twilio's Monitor API, as far as it tells what went wrong when Twilio called a webhook.

Facts: Twilio's page "Monitor REST API: Alerts" and its OpenAPI file ``twilio_monitor_v1``. There is
no filter by URL; alerts are kept for 30 days, and one query returns at most 10,000.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from urllib.parse import parse_qsl, urlsplit

from .api import TwilioApi
from .messages import Request

ALERTS_PATH: Final = "/v1/Alerts"
PAGE_SIZE: Final = 1000
PAGES_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. ``url`` is the URL that Twilio called, ``at`` when, as Twilio wrote it."""

    code: str
    level: str
    url: str
    at: str


@dataclass(frozen=True, slots=True)
class Alerts:
    """The alerts of a time that name a URL. ``complete`` is false if Twilio has more of them."""

    items: list[Alert]
    complete: bool


class MonitorClient:
    """Reads alerts through ``api``."""

    def __init__(self, api: TwilioApi) -> None:
        self._api = api

    async def alerts(self, since: datetime) -> Alerts:
        """Return the alerts since a time in UTC that name a URL: ``GET /v1/Alerts``.

        At most `PAGES_MAX` pages are read.

        Raises:
            NotSent, Refused, OutcomeUnknown: see `.errors`.

        """
        first = {"StartDate": f"{since:%Y-%m-%dT%H:%M:%SZ}", "PageSize": str(PAGE_SIZE)}
        query, found = first, list[Alert]()
        for _ in range(PAGES_MAX):
            success = await self._api.call(Request("GET", ALERTS_PATH, query))
            items = success.body.get("alerts")
            if not isinstance(items, list):
                raise success.unreadable(reading=True)
            found += _alerts(cast("list[object]", items))
            following = _next_query(success.body.get("meta"))
            if not following or following == query:
                return Alerts(found, complete=True)
            query = following
        return Alerts(found, complete=False)


def _alerts(items: list[object]) -> Iterator[Alert]:
    for item in items:
        if isinstance(item, dict):
            alert = cast("dict[str, object]", item)
            code, level, url = (
                str(alert.get(name) or "") for name in ("error_code", "log_level", "request_url")
            )
            at = str(alert.get("date_generated") or alert.get("date_created") or "")
            if url:
                yield Alert(code, level, url, at)


def _next_query(meta: object) -> dict[str, str]:
    """Return the query of the next page's URL; its host is not used."""
    url = cast("dict[str, object]", meta).get("next_page_url") if isinstance(meta, dict) else None
    try:
        return dict(parse_qsl(urlsplit(url if isinstance(url, str) else "").query))
    except ValueError:
        return {}
