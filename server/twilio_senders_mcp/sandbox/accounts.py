"""The part of Twilio's Accounts API that tells which accounts there are.

Facts: Twilio's page "REST API: Accounts". A main account sees itself and its subaccounts with their
auth tokens; a subaccount sees itself. A standard API key may not call this API, for which Twilio
documents no status; the sandbox chooses 401 / 20003.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from pydantic import JsonValue

from twilio_senders_mcp.sandbox.credentials import ACCOUNTS, Caller, SandboxAccount
from twilio_senders_mcp.sandbox.errors import (
    AUTHENTICATION,
    BAD_PARAMETER,
    METHOD_NOT_ALLOWED,
    ApiError,
    not_found,
)
from twilio_senders_mcp.sandbox.sender import JsonObject

ACCOUNTS_PATH = "/2010-04-01/Accounts"
_ONE_ACCOUNT = re.compile(re.escape(ACCOUNTS_PATH) + r"/(AC[0-9a-fA-F]{32})\.json")
_LIST = f"{ACCOUNTS_PATH}.json"
_DEFAULT_PAGE_SIZE = 50
_LARGEST_PAGE = 1000
_NUMBER = re.compile(r"[0-9]{1,6}")
_DATE = "Mon, 05 May 2025 08:00:00 +0000"
_SUBRESOURCES = ("Calls", "IncomingPhoneNumbers", "Messages", "Notifications", "Recordings")


def is_for_accounts(path: str) -> bool:
    """Tell whether ``path`` belongs to the Accounts API."""
    return path.startswith("/2010-04-01/")


def respond(caller: Caller, method: str, path: str, query: Mapping[str, str]) -> JsonObject:
    """Return the body of a successful response.

    Raises:
        ApiError: if the request is refused.

    """
    if caller.by_key:
        raise ApiError(401, AUTHENTICATION, "Authenticate")
    one = _ONE_ACCOUNT.fullmatch(path)
    if one is None and path != _LIST:
        raise not_found(path)
    if method != "GET":
        raise ApiError(405, METHOD_NOT_ALLOWED, f"Method {method} is not allowed")
    seen = [
        account for account in ACCOUNTS if caller.account.sid in (account.sid, account.owner_sid)
    ]
    if one is None:
        return _page(seen, query)
    for account in seen:
        if account.sid == one[1]:
            return _account(account)
    raise not_found(path)


def _page(accounts: list[SandboxAccount], query: Mapping[str, str]) -> JsonObject:
    wanted = [
        account
        for account in accounts
        if query.get("FriendlyName", account.friendly_name) == account.friendly_name
        and query.get("Status", account.status) == account.status
    ]
    size, page = _number(query, "PageSize", _DEFAULT_PAGE_SIZE), _number(query, "Page", 0)
    if not 1 <= size <= _LARGEST_PAGE:
        raise ApiError(400, BAD_PARAMETER, f"PageSize must be from 1 to {_LARGEST_PAGE}")
    start = page * size
    items = wanted[start : start + size]
    last = start + size >= len(wanted)

    def uri(number: int, after: SandboxAccount | None = None) -> str:
        token = {"PageToken": f"PA{after.sid}"} if after else {}
        return f"{_LIST}?{urlencode({**query, 'PageSize': size, 'Page': number, **token})}"

    return {
        "accounts": [_account(account) for account in items],
        "page": page,
        "page_size": size,
        "start": start,
        "end": start + len(items) - 1,
        "uri": uri(page),
        "first_page_uri": uri(0),
        "next_page_uri": None if last else uri(page + 1, items[-1]),
        "previous_page_uri": uri(page - 1) if page else None,
    }


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not _NUMBER.fullmatch(text):
        raise ApiError(400, BAD_PARAMETER, f"{name} must be a whole number")
    return int(text)


def _account(account: SandboxAccount) -> JsonObject:
    base = f"{ACCOUNTS_PATH}/{account.sid}"
    subresources: dict[str, JsonValue] = {
        re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): f"{base}/{name}.json"
        for name in _SUBRESOURCES
    }
    return {
        "sid": account.sid,
        "friendly_name": account.friendly_name,
        "status": account.status,
        "type": "Full",
        "owner_account_sid": account.owner_sid,
        "auth_token": account.auth_token,
        "date_created": _DATE,
        "date_updated": _DATE,
        "uri": f"{base}.json",
        "subresource_uris": subresources,
    }
