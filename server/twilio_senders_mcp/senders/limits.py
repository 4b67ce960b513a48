"""Limits of a WhatsApp profile that Meta documents and Twilio does not check.

Sources: Meta's pages on business profiles (``about``, ``description``), Twilio's error page 63124
(``name``), and other providers' public documentation of Meta's fields (the rest).
"""

from collections.abc import Mapping
from typing import Final, NamedTuple, cast

from twilio_senders_mcp.twilio.responses import Sender

from .fields import channel_of

_LENGTHS: Final = {"name": 255, "about": 139, "address": 256, "description": 512}
"""Maximum length of each string, in characters."""

_ENTRIES: Final = {"emails": ("email", 1, 128), "websites": ("website", 2, 256)}
"""For each list: the key of an entry's string, the maximum number of entries, and the maximum
length of the string, in characters."""


_CONFIRMED: Final = ("name", "about", "description")
"""The fields whose limits Twilio or Meta document themselves."""


class Exceeded(NamedTuple):
    """A clause on a limit that is exceeded, and whether Twilio or Meta document it themselves."""

    clause: str
    confirmed: bool


def exceeded_limits(profile: dict[str, object], sender: Sender) -> list[str]:
    """Return a clause for each documented limit that ``profile`` exceeds; none for RCS senders."""
    return [exceeded.clause for exceeded in find_exceeded(profile, sender)]


def find_exceeded(profile: Mapping[str, object], sender: Sender) -> list[Exceeded]:
    """Return each documented limit that ``profile`` exceeds; none for RCS senders."""
    if channel_of(sender) != "whatsapp":
        return []
    found: list[Exceeded] = []
    for name, limit in _LENGTHS.items():
        text = profile.get(name)
        if isinstance(text, str) and len(text) > limit:
            clause = f"profile.{name} has {len(text)} characters (maximum {limit})"
            found.append(Exceeded(clause, name in _CONFIRMED))
    for name, (key, count, limit) in _ENTRIES.items():
        entries = profile.get(name)
        if not isinstance(entries, list):
            continue
        items = [
            cast("dict[str, object]", item)
            for item in cast("list[object]", entries)
            if isinstance(item, dict)
        ]
        clauses = (
            [f"profile.{name} has {len(items)} entries (maximum {count})"]
            if len(items) > count
            else []
        )
        longest = max((len(str(item.get(key))) for item in items), default=0)
        if longest > limit:
            clauses.append(f"profile.{name} has an entry of {longest} characters (maximum {limit})")
        found += [Exceeded(clause, confirmed=False) for clause in clauses]
    return found
