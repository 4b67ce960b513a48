"""The part of Twilio's Webhooks configuration API that shows rules and settings and sends tests.

Facts: Twilio's pages "Webhooks configuration API", "Configure webhook rules" and "Test webhook
delivery" (public beta, 2026-09-07). Every account has the same rules here: the default one with a
system setting, and one for URLs below a prefix. A test sends nothing: the sandbox answers that
https URLs responded with 200, and others with 502 (sandbox's choice).
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, cast

from pydantic import JsonValue

from twilio_senders_mcp.sandbox.errors import (
    BAD_PARAMETER,
    METHOD_NOT_ALLOWED,
    ApiError,
    not_found,
)
from twilio_senders_mcp.sandbox.sender import JsonObject

WEBHOOKS_PATH: Final = "/v1/Webhooks"
SYSTEM_SETTING: Final = "webhooks_setting_00000000000000000000000001"
OWN_SETTING: Final = "webhooks_setting_00000000000000000000000002"

_RULES: Final = f"{WEBHOOKS_PATH}/Rules"
_TESTS: Final = f"{WEBHOOKS_PATH}/Tests"
_SETTING: Final = re.compile(re.escape(f"{WEBHOOKS_PATH}/Settings/") + r"(\w+)")
_DATE: Final = "2026-09-07T12:00:00Z"
_DEFAULT_PAGE_SIZE: Final = 50

_RULE_LIST: Final[tuple[JsonObject, ...]] = (
    {
        "id": "webhooks_rule_00000000000000000000000001",
        "friendlyName": "Default",
        "description": None,
        "matchType": "DEFAULT",
        "settings": [{"settingId": SYSTEM_SETTING, "percentage": 100}],
        "createdAt": _DATE,
        "updatedAt": _DATE,
    },
    {
        "id": "webhooks_rule_00000000000000000000000002",
        "friendlyName": "Bakery hooks",
        "description": "Retries twice",
        "matchType": "PREFIX_MATCH",
        "prefix": "https://hooks.example.com/",
        "settings": [{"settingId": OWN_SETTING, "percentage": 100}],
        "createdAt": _DATE,
        "updatedAt": _DATE,
    },
)
_SETTINGS: Final[dict[str, JsonObject]] = {
    SYSTEM_SETTING: {
        "id": SYSTEM_SETTING,
        "type": "SYSTEM",
        "friendlyName": "Twilio default",
        "description": None,
        "auth": None,
        "signature": None,
        "connection": {
            "connectTimeoutMs": 5000,
            "readTimeoutMs": 15000,
            "totalTimeoutMs": 15000,
            "retryPolicy": {"retryCount": 1, "retryOn": ["ct"]},
        },
        "edgeZones": None,
        "createdAt": _DATE,
        "updatedAt": _DATE,
    },
    OWN_SETTING: {
        "id": OWN_SETTING,
        "type": "CUSTOMER",
        "friendlyName": "Two retries",
        "description": None,
        "auth": None,
        "signature": None,
        "connection": {
            "connectTimeoutMs": 3000,
            "readTimeoutMs": 10000,
            "totalTimeoutMs": 10000,
            "retryPolicy": {"retryCount": 2, "retryOn": ["ct", "rt", "5xx"]},
        },
        "edgeZones": None,
        "createdAt": _DATE,
        "updatedAt": _DATE,
    },
}


def is_for_webhooks(path: str) -> bool:
    """Tell whether ``path`` belongs to the Webhooks configuration API."""
    return path.startswith(f"{WEBHOOKS_PATH}/")


def respond(method: str, path: str, query: Mapping[str, str], raw: bytes) -> tuple[int, JsonObject]:
    """Return the status and the body of a successful response.

    Raises:
        ApiError: if the request is refused.

    """
    setting = _SETTING.fullmatch(path)
    if path == _RULES and method == "GET":
        return 200, _rules(query)
    if path == _TESTS and method == "POST":
        return 201, _test(raw)
    if setting and setting[1] in _SETTINGS and method == "GET":
        return 200, _SETTINGS[setting[1]]
    if path in (_RULES, _TESTS) or (setting and setting[1] in _SETTINGS):
        raise ApiError(405, METHOD_NOT_ALLOWED, f"Method {method} is not allowed")
    raise not_found(path)


def _rules(query: Mapping[str, str]) -> JsonObject:
    size, token = query.get("pageSize", str(_DEFAULT_PAGE_SIZE)), query.get("pageToken", "0")
    if not (
        size.isascii() and size.isdigit() and int(size) and token.isascii() and token.isdigit()
    ):
        raise ApiError(400, BAD_PARAMETER, "pageSize or pageToken is not valid")
    first, end = int(token), int(token) + int(size)
    following = str(end) if end < len(_RULE_LIST) else None
    return {
        "rules": list(_RULE_LIST[first:end]),
        "meta": {
            "key": "rules",
            "pageSize": int(size),
            "nextToken": following,
            "previousToken": str(max(first - int(size), 0)) if first else None,
        },
    }


def _test(raw: bytes) -> JsonObject:
    try:
        value: JsonValue = json.loads(raw)
    except ValueError:
        value = None
    body = cast("dict[str, JsonValue]", value) if isinstance(value, dict) else {}
    url, setting = body.get("url"), body.get("settingId")
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise ApiError(400, BAD_PARAMETER, "url must be an http(s) URL")
    if setting not in _SETTINGS:
        raise ApiError(400, BAD_PARAMETER, "settingId is not a setting of this account")
    if body.get("method", "POST") not in ("GET", "POST"):
        raise ApiError(400, BAD_PARAMETER, "method must be GET or POST")
    status = 200 if url.startswith("https://") else 502
    return {
        "url": url,
        "result": {
            "response": {"statusCode": status, "headers": {"content-type": ["text/xml"]}},
            "timing": {"totalMs": 120},
        },
        "createdAt": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
