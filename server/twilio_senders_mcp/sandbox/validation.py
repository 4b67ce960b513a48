"""What Twilio refuses in a body, written from its documentation and not from our client.

Twilio names the field in the message of a 63100. Keys it does not know are ignored in silence,
and so are profile keys of the other channel. Null is taken everywhere but for a WhatsApp
sender's name. Twilio documents no lengths but the name's, and the sandbox sets none.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import get_args

from pydantic import JsonValue

from twilio_senders_mcp.sandbox.errors import VALIDATION, ApiError, invalid
from twilio_senders_mcp.sandbox.sender import Channel, JsonObject, channel_of
from twilio_senders_mcp.twilio.requests import (
    AccountType,
    UseCase,
    VerificationMethod,
    Vertical,
    WebhookMethod,
)

_SENDER_ID = re.compile(r"whatsapp:\+[1-9][0-9]{6,14}|rcs:[A-Za-z0-9_.\-]{1,255}")
_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_APPLICATION_SID = re.compile(r"AP[0-9a-fA-F]{32}")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_LONGEST_NAME = 255
_ENTRY_KEYS = frozenset({"website", "email", "phone_number", "label"})


def read_body(raw: bytes, content_type: str) -> JsonObject:
    """Return the JSON object that a create or an update carries."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise ApiError(400, VALIDATION, "The request body must be sent as application/json")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise ApiError(400, VALIDATION, "The request body is empty or not valid JSON") from None
    if not isinstance(body, dict):
        raise ApiError(400, VALIDATION, "The request body must be a JSON object")
    return body  # pyright: ignore[reportUnknownVariableType] # json.loads is untyped


def check_create(body: JsonObject) -> JsonObject:
    """Return the fields of a create that Twilio takes."""
    sender_id = body.get("sender_id")
    if not isinstance(sender_id, str) or not _SENDER_ID.fullmatch(sender_id):
        raise invalid("sender_id", "must be whatsapp:+<E.164 number> or rcs:<agent>")
    channel = channel_of(sender_id)
    fields = check_update(body, channel)
    profile = fields.get("profile")
    if channel == "whatsapp" and not (isinstance(profile, dict) and "name" in profile):
        raise invalid("profile.name", "is required for a WhatsApp sender")
    return {"sender_id": sender_id, **fields}


def check_update(body: JsonObject, channel: Channel) -> JsonObject:
    """Return the fields of an update that Twilio takes; what was omitted stays omitted."""
    fields: JsonObject = {}
    if "friendly_name" in body:
        _check("friendly_name", body["friendly_name"], _is_text)
        fields["friendly_name"] = body["friendly_name"]
    for section, checks in _SECTIONS[channel].items():
        if section in body:
            fields[section] = _check_section(section, body[section], checks)
    profile = fields.get("profile")
    if channel == "whatsapp" and isinstance(profile, dict) and "name" in profile:
        _check("profile.name", profile["name"] or "", _is_name)
    return fields


Check = Callable[[JsonValue], str | None]
"""Returns what is wrong with a value, or None."""


def _check_section(section: str, value: JsonValue, checks: Mapping[str, Check]) -> JsonValue:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise invalid(section, "must be an object")
    known = {key: entry for key, entry in value.items() if key in checks}
    for key, entry in known.items():
        _check(f"{section}.{key}", entry, checks[key])
    return {key: _without_unknown_keys(entry) for key, entry in known.items()}


def _without_unknown_keys(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_without_unknown_keys(entry) for entry in value]
    if isinstance(value, dict):
        return {key: entry for key, entry in value.items() if key in _ENTRY_KEYS}
    return value


def _check(field: str, value: JsonValue, check: Check) -> None:
    if value is not None and (problem := check(value)) is not None:
        raise invalid(field, problem)


def _is_text(value: JsonValue) -> str | None:
    return None if isinstance(value, str) else "must be a string"


def _is_name(value: JsonValue) -> str | None:
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME:
        return None
    return f"must be a string of 1 to {_LONGEST_NAME} characters"


def _matching(pattern: re.Pattern[str], problem: str) -> Check:
    def check(value: JsonValue) -> str | None:
        return None if isinstance(value, str) and pattern.fullmatch(value) else problem

    return check


def _clearable(check_value: Check) -> Check:
    """Return a check that takes an empty string too."""

    def check(value: JsonValue) -> str | None:
        return None if value == "" else check_value(value)

    return check


def _one_of(allowed: object, *also: str) -> Check:
    values = (*get_args(allowed), *also)

    def check(value: JsonValue) -> str | None:
        return None if value in values else f"must be one of: {', '.join(filter(None, values))}"

    return check


def _entries(key: str, check_entry: Check) -> Check:
    """Return the check of an array of objects, each with ``key`` and perhaps a ``label``."""

    def check(value: JsonValue) -> str | None:
        if not isinstance(value, list):
            return "must be an array of objects"
        for entry in value:
            if not isinstance(entry, dict) or entry.get(key) is None:
                return f"must be an array of objects with {key} and label"
            label = entry.get("label")
            problem = check_entry(entry[key]) or (None if label is None else _is_text(label))
            if problem is not None:
                return f"has an entry that {problem}"
        return None

    return check


_is_url = _clearable(_matching(_URL, "must be an absolute http or https URL"))

_CONFIGURATION: Mapping[str, Check] = {
    "waba_id": _is_text,
    "verification_method": _one_of(VerificationMethod),
    "verification_code": _is_text,
    "voice_application_sid": _clearable(
        _matching(_APPLICATION_SID, "must be an application SID (AP…)")
    ),
    "account_type": _one_of(AccountType),
}
_WEBHOOK: Mapping[str, Check] = {
    "callback_url": _is_url,
    "callback_method": _one_of(WebhookMethod),
    "fallback_url": _is_url,
    "fallback_method": _one_of(WebhookMethod),
    "status_callback_url": _is_url,
    # Twilio documents no enumeration for this one alone.
    "status_callback_method": _is_text,
}
_PROFILE: Mapping[str, Check] = {
    "name": _is_text,
    "description": _is_text,
    "logo_url": _is_url,
    "websites": _entries("website", _matching(_URL, "is no absolute http or https URL")),
    "emails": _entries("email", _matching(_EMAIL, "is no e-mail address")),
}
_WHATSAPP_PROFILE: Mapping[str, Check] = {
    "about": _is_text,
    "address": _is_text,
    "vertical": _one_of(Vertical, ""),
}
_RCS_PROFILE: Mapping[str, Check] = {
    "banner_url": _is_url,
    "privacy_url": _is_url,
    "terms_of_service_url": _is_url,
    "accent_color": _clearable(_matching(_COLOR, "must be a hex color (#RRGGBB)")),
    "phone_numbers": _entries("phone_number", _is_text),
    "use_case": _one_of(UseCase),
}
_SECTIONS: Mapping[Channel, Mapping[str, Mapping[str, Check]]] = {
    "whatsapp": {
        "configuration": _CONFIGURATION,
        "webhook": _WEBHOOK,
        "profile": {**_PROFILE, **_WHATSAPP_PROFILE},
    },
    "rcs": {
        "configuration": _CONFIGURATION,
        "webhook": _WEBHOOK,
        "profile": {**_PROFILE, **_RCS_PROFILE},
    },
}
