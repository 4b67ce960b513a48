"""Limits of a WhatsApp profile that Meta documents and Twilio does not check.

Sources: Meta's pages on business profiles (``about``, ``description``), Twilio's error page 63124
(``name``), and other providers' public documentation of Meta's fields (the rest).
"""

from typing import Final, cast

from twilio_senders_mcp.twilio.responses import Sender

from .fields import channel_of

_LENGTHS: Final = {"name": 255, "about": 139, "address": 256, "description": 512}
"""Maximum length of each string, in characters."""

_ENTRIES: Final = {"emails": ("email", 1, 128), "websites": ("website", 2, 256)}
"""For each list: the key of an entry's string, the maximum number of entries, and the maximum
length of the string, in characters."""


def exceeded_limits(profile: dict[str, object], sender: Sender) -> list[str]:
    """Return a clause for each documented limit that ``profile`` exceeds; none for RCS senders."""
    if channel_of(sender) != "whatsapp":
        return []
    clauses: list[str] = []
    for name, limit in _LENGTHS.items():
        text = profile.get(name)
        if isinstance(text, str) and len(text) > limit:
            clauses.append(f"profile.{name} has {len(text)} characters (maximum {limit})")
    for name, (key, count, limit) in _ENTRIES.items():
        entries = profile.get(name)
        if not isinstance(entries, list):
            continue
        items = cast("list[dict[str, object]]", entries)
        if len(items) > count:
            clauses.append(f"profile.{name} has {len(items)} entries (maximum {count})")
        longest = max((len(str(item.get(key))) for item in items), default=0)
        if longest > limit:
            clauses.append(f"profile.{name} has an entry of {longest} characters (maximum {limit})")
    return clauses
