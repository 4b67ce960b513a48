"""Which fields each response contains.

According to Twilio's own examples, the responses to create and update lack ``url``, ``properties``
and ``offline_reasons``; fetch returns everything; the list omits the ``pending_display_name*``
fields; only the response to an update contains ``display_name_status``. Twilio's documents disagree
about the place of the display-name fields; the sandbox follows the official library: top level.
"""

from collections.abc import Callable

from pydantic import JsonValue

from twilio_senders_mcp.sandbox.lifecycle import REGISTERED
from twilio_senders_mcp.sandbox.sender import JsonObject, Sender

_CONFIGURATION = (
    "waba_id",
    "verification_method",
    "verification_code",
    "voice_application_sid",
    "account_type",
)
_WEBHOOK = (
    "callback_url",
    "callback_method",
    "fallback_url",
    "fallback_method",
    "status_callback_url",
    "status_callback_method",
)
_PROFILE = (
    "about",
    "address",
    "description",
    "emails",
    "name",
    "logo_url",
    "vertical",
    "websites",
    "banner_url",
    "privacy_url",
    "terms_of_service_url",
    "accent_color",
    "phone_numbers",
    "use_case",
)


def accepted(sender: Sender, display_name_status: str | None = None) -> JsonObject:
    """Return the response to a create or an update."""
    response: JsonObject = {
        "sid": sender.sid,
        "status": sender.status,
        "sender_id": sender.sender_id,
        "friendly_name": sender.friendly_name,
        "configuration": _section(sender.configuration, _CONFIGURATION),
        "webhook": _section(sender.webhook, _WEBHOOK),
        "profile": _section(sender.profile, _PROFILE),
        "compliance": sender.compliance,
    }
    if display_name_status is not None:
        response["display_name_status"] = display_name_status
    return response


def listed(sender: Sender, url: str) -> JsonObject:
    """Return the sender as an item of a list."""
    return {
        **accepted(sender),
        # Only a registered number has a quality rating and a limit.
        "properties": sender.properties if sender.status in REGISTERED else None,
        "offline_reasons": sender.offline_reasons,
        "url": url,
    }


def fetched(sender: Sender, url: str, date: Callable[[float], str]) -> JsonObject:
    """Return the whole sender; ``date`` formats a time of the sandbox's clock as ISO 8601."""
    response = listed(sender, url)
    change = sender.name_change
    if change is not None:
        response["pending_display_name"] = change.name
        response["pending_display_name_status"] = change.status
        response["pending_display_name_status_date"] = date(change.changed_at)
    return response


def _section(fields: JsonObject | None, keys: tuple[str, ...]) -> JsonValue:
    return None if fields is None else {key: fields.get(key) for key in keys}
