"""The parts of a check-up that ask Twilio about webhooks: alerts, rules, and a test delivery."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import anyio

from twilio_senders_mcp.senders.finding import Finding
from twilio_senders_mcp.senders.webhook_delivery import alert_findings, rule_for
from twilio_senders_mcp.twilio.errors import TwilioError
from twilio_senders_mcp.twilio.monitor import MonitorClient
from twilio_senders_mcp.twilio.webhooks import Delivery, Rule, Setting, WebhooksClient

from .twilio_failure import describe_cause

_PAGE: Final = "topics/webhooks"
_SECONDS: Final = 1000
_SUCCESS: Final = range(200, 300)
_DAY: Final = timedelta(hours=24)


async def check_alerts(monitor: MonitorClient, urls: dict[str, str]) -> list[Finding]:
    """Return the errors that Twilio had with these URLs in the last 24 hours."""
    now = datetime.now(UTC)
    return list(alert_findings(await monitor.alerts(now - _DAY), urls, now))


async def check_delivery(
    webhooks: WebhooksClient, urls: dict[str, str], *, test: bool
) -> list[Finding]:
    """Return which rule and setting apply to each URL and, with ``test``, what a delivery gives."""
    rules = await webhooks.rules()
    applying = {name: rule_for(url, rules) for name, url in urls.items()}
    settings: dict[str, Setting] = {}
    tested: dict[str, Finding] = {}

    async def read_setting(setting_id: str) -> None:
        # Which setting applies is known, even if what it contains is not.
        with suppress(TwilioError):
            settings[setting_id] = await webhooks.setting(setting_id)

    async def send_test(name: str) -> None:
        rule = applying[name]
        setting_id = rule.setting_ids[0] if rule and rule.setting_ids else ""
        tested[name] = await _test(webhooks, name, urls[name], setting_id)

    async with anyio.create_task_group() as asking:
        for setting_id in {one for rule in applying.values() if rule for one in rule.setting_ids}:
            asking.start_soon(read_setting, setting_id)
        for name in urls if test else ():
            asking.start_soon(send_test, name)
    return [_of_rule(name, rule, settings) for name, rule in applying.items()] + [
        tested[name] for name in urls if test
    ]


async def _test(webhooks: WebhooksClient, name: str, url: str, setting_id: str) -> Finding:
    if not setting_id:
        return Finding(
            check="delivery_test",
            state="skipped",
            found=f"webhook.{name}: Twilio tests with a setting only, and none applies.",
            page=_PAGE,
        )
    try:
        delivery = await webhooks.test(url, setting_id)
    except TwilioError as error:
        return Finding(
            check="delivery_test",
            state="skipped",
            found=f"webhook.{name}: the test failed: {{}}",
            page=_PAGE,
            outside=(describe_cause(error),),
        )
    return _of_delivery(name, delivery)


def _of_delivery(name: str, delivery: Delivery) -> Finding:
    time = f" in {delivery.total_ms} ms" if delivery.total_ms is not None else ""
    answer = f"responded with HTTP {delivery.status}" if delivery.status else "did not respond"
    good = delivery.status in _SUCCESS
    return Finding(
        check="delivery_test",
        state="pass" if good else "fail",
        found=f"webhook.{name}: the server {answer} to Twilio's test{time}.",
        cure="" if good else "Let it answer Twilio's requests with a 2xx status.",
        page=_PAGE,
    )


def _of_rule(name: str, rule: Rule | None, settings: dict[str, Setting]) -> Finding:
    if rule is None:
        found, outside = f"webhook.{name}: no rule; Twilio applies no setting.", ()
    else:
        shown = [_description(name, settings.get(name)) for name in rule.setting_ids]
        found = f"webhook.{name}: rule {{}} ({rule.match.lower().replace('_', ' ')}) applies {{}}."
        outside = (rule.name or rule.id, "; ".join(shown) or "no setting")
    return Finding(check="delivery_rule", state="pass", found=found, page=_PAGE, outside=outside)


def _description(setting_id: str, setting: Setting | None) -> str:
    if setting is None:
        return setting_id
    facts = [setting.kind.lower()] if setting.kind else []
    if setting.total_timeout_ms is not None:
        facts.append(f"{setting.total_timeout_ms / _SECONDS:g} s in total")
    if setting.retry_count is not None:
        facts.append(f"{setting.retry_count} retries")
    name = setting.name or setting_id
    return f"{name} ({', '.join(facts)})" if facts else name
