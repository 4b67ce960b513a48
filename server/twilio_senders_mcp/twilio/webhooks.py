"""Twilio's Webhooks configuration API: how Twilio delivers a webhook, by its URL.

Facts: Twilio's pages "Webhooks configuration API", "Configure webhook rules" and "Test webhook
delivery" (public beta, 2026-09-07), and the ``twilio`` library 9.13.0.
"""

from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import quote

import pydantic_core

from .api import TwilioApi
from .messages import Request

WEBHOOKS_PATH: Final = "/v1/Webhooks"
PAGE_SIZE: Final = 100
PAGES_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Rule:
    """Which settings apply to which URLs: ``url`` is the exact URL or the prefix."""

    id: str
    name: str
    match: str
    url: str
    setting_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """How Twilio delivers a webhook; what is not configured is None."""

    id: str
    name: str
    kind: str
    total_timeout_ms: int | None
    retry_count: int | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of a test: the HTTP status of the webhook's server, None if there was none."""

    status: int | None
    total_ms: int | None


class WebhooksClient:
    """Reads the configuration, and sends test webhooks, through ``api``."""

    def __init__(self, api: TwilioApi) -> None:
        self._api = api

    async def rules(self) -> list[Rule]:
        """Return all rules: ``GET /v1/Webhooks/Rules``.

        Raises:
            NotSent, Refused, OutcomeUnknown: see `.errors`. The methods below raise the same.

        """
        query, found = {"pageSize": str(PAGE_SIZE)}, list[Rule]()
        for _ in range(PAGES_MAX):
            success = await self._api.call(Request("GET", f"{WEBHOOKS_PATH}/Rules", query))
            meta = _object(success.body.get("meta"))
            items = success.body.get(str(meta.get("key") or "rules"))
            if not isinstance(items, list):
                raise success.unreadable(reading=True)
            found += [_rule(_object(item)) for item in cast("list[object]", items)]
            token = meta.get("nextToken")
            if not isinstance(token, str) or query.get("pageToken") == token:
                break
            query = {**query, "pageToken": token}
        return found

    async def setting(self, setting_id: str) -> Setting:
        """Return a setting: ``GET /v1/Webhooks/Settings/{id}``."""
        path = f"{WEBHOOKS_PATH}/Settings/{quote(setting_id, safe='')}"
        body = (await self._api.call(Request("GET", path))).body
        connection = _object(body.get("connection"))
        return Setting(
            setting_id,
            _text(body.get("friendlyName")),
            _text(body.get("type")),
            _number(connection.get("totalTimeoutMs")),
            _number(_object(connection.get("retryPolicy")).get("retryCount")),
        )

    async def test(self, url: str, setting_id: str) -> Delivery:
        """Let Twilio send one test webhook to ``url``: ``POST /v1/Webhooks/Tests``."""
        body = pydantic_core.to_json({"url": url, "settingId": setting_id, "method": "POST"})
        success = await self._api.call(Request("POST", f"{WEBHOOKS_PATH}/Tests", body=body))
        result = _object(success.body.get("result"))
        return Delivery(
            _number(_object(result.get("response")).get("statusCode")),
            _number(_object(result.get("timing")).get("totalMs")),
        )


def _rule(body: dict[str, object]) -> Rule:
    settings = body.get("settings")
    ids = [
        _text(_object(setting).get("settingId"))
        for setting in (cast("list[object]", settings) if isinstance(settings, list) else [])
    ]
    return Rule(
        _text(body.get("id")),
        _text(body.get("friendlyName")),
        _text(body.get("matchType")),
        _text(body.get("value")) or _text(body.get("prefix")),
        tuple(name for name in ids if name),
    )


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
