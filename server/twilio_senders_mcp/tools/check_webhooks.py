"""The parts of a check-up that ask Twilio about webhooks: alerts, rules, and test deliveries."""

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


async def check_delivery(webhooks: WebhooksClient, urls: dict[str, str]) -> list[Finding]:
    """Return which rule and setting apply to each URL."""
    rules = await webhooks.rules()
    applying = {name: rule_for(url, rules) for name, url in urls.items()}
    settings: dict[str, Setting] = {}

    async def read_setting(setting_id: str) -> None:
        # Which setting applies is known, even if what it contains is not.
        with suppress(TwilioError):
            settings[setting_id] = await webhooks.setting(setting_id)

    async with anyio.create_task_group() as reading:
        for setting_id in {one for rule in applying.values() if rule for one in rule.setting_ids}:
            reading.start_soon(read_setting, setting_id)
    return [_of_rule(name, rule, settings) for name, rule in applying.items()]


async def check_test_delivery(webhooks: WebhooksClient, urls: dict[str, str]) -> list[Finding]:
    """Let Twilio send one test request to each URL, and return the outcomes."""
    rules = await webhooks.rules()
    fields: dict[str, list[str]] = {}
    for name, url in urls.items():
        fields.setdefault(url, []).append(f"webhook.{name}")
    tested: dict[str, Finding] = {}

    async def send(url: str) -> None:
        tested[url] = await _test(webhooks, ", ".join(fields[url]), url, rule_for(url, rules))

    async with anyio.create_task_group() as sending:
        for url in fields:
            sending.start_soon(send, url)
    return [tested[url] for url in fields]


async def _test(webhooks: WebhooksClient, names: str, url: str, rule: Rule | None) -> Finding:
    if rule is None or not rule.setting_ids:
        return Finding(
            check="delivery_test",
            state="skipped",
            found=f"{names}: Twilio tests only with a setting, and no setting applies.",
            page=_PAGE,
        )
    try:
        delivery = await webhooks.test(url, rule.setting_ids[0])
    except TwilioError as error:
        return Finding(
            check="delivery_test",
            state="skipped",
            found=f"{names}: Twilio reported no outcome of the test: {{}}",
            page=_PAGE,
            outside=(describe_cause(error),),
        )
    return _of_delivery(names, delivery)


def _of_delivery(names: str, delivery: Delivery) -> Finding:
    time = f" in {delivery.total_ms} ms" if delivery.total_ms is not None else ""
    outcome = f"responded with HTTP {delivery.status}" if delivery.status else "did not respond"
    good = delivery.status in _SUCCESS
    return Finding(
        check="delivery_test",
        state="pass" if good else "fail",
        found=f"{names}: the server {outcome} to Twilio's test{time}.",
        cure="" if good else "Make the server respond to Twilio's requests with a 2xx status.",
        page=_PAGE,
    )


def _of_rule(name: str, rule: Rule | None, settings: dict[str, Setting]) -> Finding:
    if rule is None:
        found, outside = f"webhook.{name}: no rule applies, so Twilio uses no setting.", ()
    else:
        shown = [_description(name, settings.get(name)) for name in rule.setting_ids]
        kind = rule.match.lower().replace("_", " ")
        found = f"webhook.{name}: the rule {{}} ({kind}) applies, with the setting {{}}."
        outside = (rule.name or rule.id, "; ".join(shown) or "none")
    return Finding(check="delivery_rule", state="pass", found=found, page=_PAGE, outside=outside)


def _description(setting_id: str, setting: Setting | None) -> str:
    if setting is None:
        return setting_id
    facts = [setting.kind.lower()] if setting.kind else []
    if setting.total_timeout_ms is not None:
        facts.append(f"{setting.total_timeout_ms / _SECONDS:g} s in total")
    if setting.retry_count is not None:
        retries = "retry" if setting.retry_count == 1 else "retries"
        facts.append(f"{setting.retry_count} {retries}")
    name = setting.name or setting_id
    return f"{name} ({', '.join(facts)})" if facts else name
