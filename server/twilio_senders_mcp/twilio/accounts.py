"""Twilio's Accounts API, as far as it tells which accounts there are.

Facts: Twilio's pages "REST API: Accounts" and "REST API: Subaccounts". A main account sees itself
and its subaccounts, each with its auth token; a standard API key may not call this API.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast
from urllib.parse import parse_qsl, urlsplit

from .api import Success, TwilioApi
from .messages import Request

ACCOUNTS_PATH: Final = "/2010-04-01/Accounts"
PAGE_SIZE: Final = 1000
PAGES_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account as Twilio describes it; a text that is missing is empty."""

    sid: str
    friendly_name: str
    status: str
    auth_token: str = field(repr=False)


class AccountsClient:
    """Reads accounts through ``api``."""

    def __init__(self, api: TwilioApi) -> None:
        self._api = api

    async def active(self) -> list[AccountRecord]:
        """Return the active accounts that the credentials may see: ``GET /Accounts.json``.

        Raises:
            NotSent, Refused, OutcomeUnknown: see `.errors`.

        """
        query: Mapping[str, str] = {"Status": "active", "PageSize": str(PAGE_SIZE)}
        found: list[AccountRecord] = []
        for _ in range(PAGES_MAX):
            request = Request("GET", f"{ACCOUNTS_PATH}.json", query)
            success = await self._api.call(request, keep_secrets=True)
            found += _records(success)
            following = _next_query(success.body.get("next_page_uri"))
            if following in ({}, query):
                break
            query = following
        return [account for account in found if account.status == "active"]

    async def fetch(self, sid: str) -> AccountRecord:
        """Read one account: ``GET /Accounts/{Sid}.json``.

        Raises:
            NotSent, Refused, OutcomeUnknown: see `.errors`.

        """
        request = Request("GET", f"{ACCOUNTS_PATH}/{sid}.json")
        success = await self._api.call(request, keep_secrets=True)
        record = _record(success.body)
        if record.sid != sid:
            raise success.unreadable(reading=True)
        return record


def _records(success: Success) -> list[AccountRecord]:
    items = success.body.get("accounts")
    if not isinstance(items, list):
        raise success.unreadable(reading=True)
    return [
        _record(cast("dict[str, object]", item))
        for item in cast("list[object]", items)
        if isinstance(item, dict)
    ]


def _record(account: Mapping[str, object]) -> AccountRecord:
    return AccountRecord(
        *(
            value if isinstance(value := account.get(key), str) else ""
            for key in ("sid", "friendly_name", "status", "auth_token")
        )
    )


def _next_query(uri: object) -> dict[str, str]:
    """Return the query of the next page's URI, whatever host it names; empty on the last page."""
    try:
        return dict(parse_qsl(urlsplit(uri if isinstance(uri, str) else "").query))
    except ValueError:
        return {}
