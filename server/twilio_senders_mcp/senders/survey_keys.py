"""The groups that a sender belongs to in a survey, as keys such as ``status:ONLINE``.

A key contains only characters that are harmless in a sentence and in JSON, whatever Twilio sent.

Sources of what a profile should have: Google's RCS documentation (privacy policy, terms, logo,
banner, one contact); Twilio's error page 63100 (a WhatsApp name); for the logo and the category of
a WhatsApp sender it is our advice.
"""

import re
from typing import Final
from urllib.parse import urlsplit

from twilio_senders_mcp.twilio.responses import Sender

from .fields import channel_of, field, name_field
from .offline import offline_codes
from .status import status_of

KEY_MAX: Final = 60
"""Maximum length of a key, in characters."""

WEBHOOK_URLS: Final = ("callback_url", "fallback_url", "status_callback_url")
"""The URLs that Twilio calls, in the section ``webhook``."""

CONTACTS: Final = ("phone_numbers", "websites", "emails")
"""Profile fields of which an RCS sender needs at least one."""

WANTED: Final[dict[str, tuple[str, ...]]] = {
    "whatsapp": ("name", "logo_url", "vertical"),
    "rcs": ("name", "logo_url", "banner_url", "privacy_url", "terms_of_service_url"),
}
"""Profile fields that a sender of a channel should have."""

_OTHER: Final = re.compile(r"[^A-Za-z0-9 _.:+/@%-]")
_FINISHED: Final = ("COMPLETED", "APPROVED")


def key(dimension: str, value: object) -> str:
    """Return the key of ``value`` in ``dimension``."""
    text = _OTHER.sub("_", str(value)[: 2 * KEY_MAX]).strip() or "none"
    return f"{dimension}:{text}"[:KEY_MAX]


def keys_of(sender: Sender) -> set[str]:
    """Return all keys of a sender."""
    quality = field(sender, "properties", "quality_rating")
    limit = field(sender, "properties", "messaging_limit")
    keys = {
        key("status", status_of(sender)),
        key("quality", quality or "none"),
        key("limit", limit or "none"),
    }
    if status_of(sender) == "OFFLINE":
        keys |= {key("offline", code) for code in offline_codes(sender) or ["no_reason"]}
    review = name_field(sender, "pending_display_name_status")
    if review and review not in _FINISHED:
        keys.add(key("name", review))
    return keys | _webhook_keys(sender) | _profile_keys(sender)


def webhook_urls(sender: Sender) -> dict[str, str]:
    """Return the webhook URLs that are set, by the names of their fields."""
    urls = {name: field(sender, "webhook", name) for name in WEBHOOK_URLS}
    return {name: url for name, url in urls.items() if isinstance(url, str) and url}


def host_of(url: str) -> str:
    """Return the host name in a URL in lower case, empty if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def missing_fields(sender: Sender) -> list[str]:
    """Return what the profile lacks of what its channel wants; ``contact`` stands for any one."""
    channel = channel_of(sender)
    missing = [name for name in WANTED.get(channel, ()) if not field(sender, "profile", name)]
    if channel == "rcs" and not any(field(sender, "profile", name) for name in CONTACTS):
        missing.append("contact")
    return missing


def _webhook_keys(sender: Sender) -> set[str]:
    urls = webhook_urls(sender)
    keys = {key("host", host_of(url) or "none") for url in urls.values()}
    if "callback_url" not in urls:
        keys.add("webhook:none")
    if any(not url.lower().startswith("https://") for url in urls.values()):
        keys.add("webhook:not_https")
    return keys


def _profile_keys(sender: Sender) -> set[str]:
    return {key("profile", name) for name in missing_fields(sender)}
