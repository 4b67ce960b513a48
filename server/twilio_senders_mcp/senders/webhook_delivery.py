"""How Twilio delivers webhooks: which rule applies to a URL, and which alerts are about it.

Sources: Twilio's page "Configure webhook rules" (exact rules first, then prefixes, the longest
first, then the default rule) and its page "Monitor REST API: Alerts".
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final
from urllib.parse import urlsplit

from twilio_senders_mcp.twilio.errors import advice_for
from twilio_senders_mcp.twilio.monitor import Alert
from twilio_senders_mcp.twilio.webhooks import Rule

from .finding import Finding

RECENT: Final = timedelta(hours=1)
"""An error that is newer counts as going on."""

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


def alert_findings(
    alerts: Iterable[Alert], urls: Mapping[str, str], now: datetime
) -> Iterator[Finding]:
    """Yield the errors that Twilio had with ``urls``, by code and field, the most recent first.

    A query and a fragment do not count: Twilio may add a query, and never sends the fragment.
    """
    fields = {_address(url): name for name, url in urls.items()}
    about = [
        (alert.code, fields[address], alert.at)
        for alert in alerts
        if alert.level in _LEVELS and (address := _address(alert.url)) in fields
    ]
    groups = [
        (code, name, sorted(at for _, _, at in group))
        for (code, name), group in groupby(sorted(about), key=lambda entry: entry[:2])
    ]
    for code, name, times in sorted(groups, key=lambda entry: entry[2][-1], reverse=True):
        advice = advice_for(code)
        count = len(times)
        newest = _time(times[-1])
        yield Finding(
            check="alerts",
            state="fail" if newest and now - newest <= RECENT else "warn",
            found=f"Twilio had {count} error{'' if count == 1 else 's'} {{}} with "
            f"webhook.{name} in the last 24 hours, the newest at {{}}."
            + (f" {advice.meaning}" if advice else ""),
            cure=advice.cure if advice else "Look the code up in Twilio's error dictionary.",
            page=f"errors/{code}" if advice else "topics/webhooks",
            outside=(code, times[-1]),
        )
    if not groups:
        yield Finding(
            check="alerts",
            state="pass",
            found="Twilio had no errors with these webhook URLs in the last 24 hours.",
            page="topics/webhooks",
        )


def _address(url: str) -> tuple[str, str, int | None, str]:
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
