"""How Twilio delivers webhooks: which rule applies to a URL, and which alerts are about it.

Sources: Twilio's page "Configure webhook rules" (exact rules first, then prefixes, the longest
first, then the default rule) and its page "Monitor REST API: Alerts".

An alert tells that one request failed. Twilio does not tell how many succeeded, so no number of
alerts proves that the webhook fails now, and an alert is a warning, however recent it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final
from urllib.parse import urlsplit

from twilio_senders_mcp.twilio.errors import advice_for
from twilio_senders_mcp.twilio.monitor import Alerts
from twilio_senders_mcp.twilio.webhooks import Rule

from .finding import Finding

RECENT: Final = timedelta(hours=1)
"""Errors that are newer come before other warnings."""

_Address = tuple[str, str, int | None, str]
_LEVELS: Final = ("error", "warning")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def rule_for(url: str, rules: Iterable[Rule]) -> Rule | None:
    """Return the rule that applies to a URL, None if no rule does."""
    known = sorted(rules, key=lambda rule: len(rule.url), reverse=True)
    for match in ("EXACT_MATCH", "PREFIX_MATCH", "DEFAULT"):
        for rule in known:
            if rule.match == match and _matches(url, rule):
                return rule
    return None


def _matches(url: str, rule: Rule) -> bool:
    if rule.match == "EXACT_MATCH":
        return rule.url == url
    return rule.match == "DEFAULT" or (bool(rule.url) and url.startswith(rule.url))


def alert_findings(alerts: Alerts, urls: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Yield the errors that Twilio had with ``urls``, by code and URL, the most recent first.

    ``urls`` are by the names of their fields. A query and a fragment do not count: Twilio may add a
    query, and never sends the fragment.
    """
    fields: dict[_Address, list[str]] = {}
    for name, url in urls.items():
        fields.setdefault(_address(url), []).append(f"webhook.{name}")
    about = [
        (alert.code, ", ".join(fields[address]), alert.at)
        for alert in alerts.items
        if alert.level in _LEVELS and (address := _address(alert.url)) in fields
    ]
    groups = [
        (code, names, sorted(at for _, _, at in group))
        for (code, names), group in groupby(sorted(about), key=lambda entry: entry[:2])
    ]
    for code, names, times in sorted(groups, key=lambda entry: entry[2][-1], reverse=True):
        yield _of_code(code, names, times, now)
    if not alerts.complete:
        found = "Twilio has more alerts of the last 24 hours than can be read."
    elif not groups:
        found = "Twilio had no errors with these webhook URLs in the last 24 hours."
    else:
        return
    yield Finding(
        check="alerts",
        state="pass" if alerts.complete else "unknown",
        found=found,
        page="topics/webhooks",
    )


def _of_code(code: str, names: str, times: list[str], now: datetime) -> Finding:
    advice = advice_for(code)
    newest = _time(times[-1])
    count = f"{len(times)} error{'' if len(times) == 1 else 's'}"
    return Finding(
        check="alerts",
        state="warn",
        first=newest is not None and now - newest <= RECENT,
        found=f"Twilio logged {count} {{}} with {names} in the last 24 hours, the newest at {{}}."
        + (f" {advice.meaning}" if advice else ""),
        cure=advice.cure if advice else "Look the code up in Twilio's error dictionary.",
        page=f"errors/{code}" if advice else "topics/webhooks",
        outside=(code, times[-1]),
    )


def _address(url: str) -> _Address:
    """Return what identifies the address that a URL names."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return "", url, None, ""
    return parts.scheme, parts.hostname or "", port, parts.path or "/"


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
