"""Validation of request bodies, based on Twilio's documentation and not on our client.

The message of a 63100 names the field. Unknown keys and profile keys of the other channel are
silently ignored. Null is accepted everywhere except for a WhatsApp sender's name. Twilio documents
no length but that of the name, so the sandbox checks no other.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import get_args

from pydantic import JsonValue

from twilio_senders_mcp.sandbox.errors import VALIDATION, ApiError, invalid
from twilio_senders_mcp.sandbox.sender import Channel, JsonObject, channel_of
from twilio_senders_mcp.twilio.values import (
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
    """Return the JSON object in the body of a create or an update."""
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
    """Return the valid fields of a create."""
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
    """Return the valid fields of an update; omitted fields remain omitted."""
    fields: JsonObject = {}
    if "friendly_name" in body:
        _check("friendly_name", body["friendly_name"], _text_problem)
        fields["friendly_name"] = body["friendly_name"]
    for section, checks in _SECTIONS[channel].items():
        if section in body:
            fields[section] = _check_section(section, body[section], checks)
    profile = fields.get("profile")
    if channel == "whatsapp" and isinstance(profile, dict) and "name" in profile:
        _check("profile.name", profile["name"] or "", _name_problem)
    return fields


Check = Callable[[JsonValue], str | None]
"""Returns the problem with a value, or None."""


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


def _text_problem(value: JsonValue) -> str | None:
    return None if isinstance(value, str) else "must be a string"


def _name_problem(value: JsonValue) -> str | None:
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME:
        return None
    return f"must be a string of 1 to {_LONGEST_NAME} characters"


def _matching(pattern: re.Pattern[str], problem: str) -> Check:
    def check(value: JsonValue) -> str | None:
        return None if isinstance(value, str) and pattern.fullmatch(value) else problem

    return check


def _clearable(check_value: Check) -> Check:
    """Return a check that also accepts an empty string."""

    def check(value: JsonValue) -> str | None:
        return None if value == "" else check_value(value)

    return check


def _one_of(allowed: object, *also: str) -> Check:
    values = (*get_args(allowed), *also)

    def check(value: JsonValue) -> str | None:
        return None if value in values else f"must be one of: {', '.join(filter(None, values))}"

    return check


def _entries(key: str, check_entry: Check) -> Check:
    """Return a check for an array of objects, each with ``key`` and an optional ``label``."""

    def check(value: JsonValue) -> str | None:
        if not isinstance(value, list):
            return "must be an array of objects"
        for entry in value:
            if not isinstance(entry, dict) or entry.get(key) is None:
                return f"must be an array of objects with {key} and label"
            label = entry.get("label")
            problem = check_entry(entry[key]) or (None if label is None else _text_problem(label))
            if problem is not None:
                return f"has an entry that {problem}"
        return None

    return check


_url_problem = _clearable(_matching(_URL, "must be an absolute http or https URL"))

_CONFIGURATION: Mapping[str, Check] = {
    "waba_id": _text_problem,
    "verification_method": _one_of(VerificationMethod),
    "verification_code": _text_problem,
    "voice_application_sid": _clearable(
        _matching(_APPLICATION_SID, "must be an application SID (AP…)")
    ),
    "account_type": _one_of(AccountType),
}
_WEBHOOK: Mapping[str, Check] = {
    "callback_url": _url_problem,
    "callback_method": _one_of(WebhookMethod),
    "fallback_url": _url_problem,
    "fallback_method": _one_of(WebhookMethod),
    "status_callback_url": _url_problem,
    # Only for this method Twilio documents no enumeration.
    "status_callback_method": _text_problem,
}
_PROFILE: Mapping[str, Check] = {
    "name": _text_problem,
    "description": _text_problem,
    "logo_url": _url_problem,
    "websites": _entries("website", _matching(_URL, "is not an absolute http or https URL")),
    "emails": _entries("email", _matching(_EMAIL, "is not an e-mail address")),
}
_WHATSAPP_PROFILE: Mapping[str, Check] = {
    "about": _text_problem,
    "address": _text_problem,
    "vertical": _one_of(Vertical, ""),
}
_RCS_PROFILE: Mapping[str, Check] = {
    "banner_url": _url_problem,
    "privacy_url": _url_problem,
    "terms_of_service_url": _url_problem,
    "accent_color": _clearable(_matching(_COLOR, "must be a hex color (#RRGGBB)")),
    "phone_numbers": _entries("phone_number", _text_problem),
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
